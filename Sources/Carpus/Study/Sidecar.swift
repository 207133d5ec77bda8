public import CarpusCore
import CarpusIO
import CarpusPipeline
public import Foundation

/// Which wrist images show.
public enum WristSide {
    /// The side by `ImageLaterality` or `Laterality` in the JSON files beside images; nil where none tells.
    ///
    /// - Throws: `IOError` when such a file is no JSON, or when they name both sides.
    public static func told(beside images: [URL]) throws -> Laterality? {
        var side: Laterality?
        for image in images {
            guard let told = try Sidecar(beside: image)?.laterality else { continue }
            if let side, side != told { throw IOError(.malformed, at: image, "the JSON files beside the images name both sides; say which wrist it is") }
            side = told
        }
        return side
    }
}

/// The JSON file that BIDS puts beside an image: `X.json` for `X.nii.gz`.
struct Sidecar {
    let file: URL
    /// Tags as text, lists joined as DICOM does.
    let attributes: [String: String]

    /// The sidecar of an image, nil when there is none.
    ///
    /// - Throws: `IOError` when it is no JSON: a protocol may depend on what it says.
    init?(beside image: URL) throws {
        let stem = image.lastPathComponent.replacing(/\.(nii|hdr)(\.gz)?$/.ignoresCase(), with: "")
        file = image.deletingLastPathComponent().appending(path: stem + ".json")
        guard let data = FileManager.default.contents(atPath: file.path(percentEncoded: false)) else { return nil }
        do {
            guard case .object(let members) = try JSONDecoder().decode(JSON.self, from: data) else {
                throw IOError(.malformed, at: file, "the sidecar is no JSON object; correct it, or remove it")
            }
            attributes = members.compactMapValues(Self.text)
        } catch let error as IOError {
            throw error
        } catch {
            throw IOError(.malformed, at: file, "the sidecar is no JSON (\(error.localizedDescription)); correct it, or remove it")
        }
    }

    /// The side of the wrist, where the tags tell.
    var laterality: Laterality? {
        (attributes["ImageLaterality"] ?? attributes["Laterality"]).flatMap { Laterality(rawValue: String($0.prefix(1)).uppercased()) }
    }

    private static func text(_ value: JSON) -> String? {
        switch value {
        case .string(let s): s
        case .integer, .number, .bool: value.canonical
        case .array(let all): all.compactMap(text).joined(separator: "\\")
        case .null, .object: nil
        }
    }
}
