import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation

/// Reference cases beside the test data: published curves with their truth.
enum Reference {
    static let folder = TestData.folder.deletingLastPathComponent().appending(path: "bench/perfusion/dev", directoryHint: .isDirectory)
    static var available: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "osipi/tofts.csv").path(percentEncoded: false)) }

    /// Rows of a table as dictionaries.
    static func table(_ name: String) throws -> [[String: String]] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) } }
        return lines.dropFirst().map { Dictionary(zip(lines[0], $0), uniquingKeysWith: { a, _ in a }) }
    }

    /// A set of simulated voxels.
    struct Voxels {
        let times: [Double], plasma: [Double], fine: (times: [Double], plasma: [Double])?
        let meta: [String: Any]
        let folder: URL

        init(_ name: String) throws {
            folder = Reference.folder.appending(path: name)
            let rows = try Reference.table(name + "/aif.csv")
            times = rows.map { Double($0["time_s"]!)! }
            plasma = rows.map { Double($0["Cp_mM"]!)! }
            fine = (try? Reference.table(name + "/aif_highres.csv")).map { r in (r.map { Double($0["time_s"]!)! }, r.map { Double($0["Cp_mM"]!)! }) }
            meta = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "meta.json"))) as! [String: Any]
        }

        func number(_ key: String) -> Double { (meta[key] as! NSNumber).doubleValue }
        func volume(_ name: String) throws -> [Float] { try NIfTI.readVolume(folder.appending(path: name + ".nii.gz")).scalars }
        func frames(_ name: String) throws -> [Float] {
            guard case .series(let s) = try NIfTI.read(folder.appending(path: name + ".nii.gz")).content else { return [] }
            return s.scalars
        }
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name + ".nii.gz").path(percentEncoded: false)) }
    }
}

extension String {
    /// Numbers between spaces.
    var numbers: [Double] { split(whereSeparator: { $0 == " " || $0 == "[" || $0 == "]" }).compactMap { Double($0) } }
}

/// Root mean square.
func rms(_ x: [Double]) -> Double { x.isEmpty ? .nan : (x.reduce(0) { $0 + $1 * $1 } / Double(x.count)).squareRoot() }
/// The middle value.
func median(_ x: [Double]) -> Double { x.isEmpty ? .nan : x.sorted()[x.count / 2] }
