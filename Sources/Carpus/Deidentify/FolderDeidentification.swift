public import CarpusIO
import CarpusPipeline
public import Foundation

/// A folder of DICOM images without the identity of the patients: `carpus deidentify`.
public struct FolderDeidentification: Sendable {
    /// What became of the files.
    public struct Outcome: Sendable {
        /// Images that were written.
        public internal(set) var written = 0
        /// Patients, by their pseudonyms.
        public internal(set) var patients: Set<String> = []
        /// Files that are no DICOM images and were left out, and why.
        public internal(set) var leftOut: [(path: String, reason: String)] = []
        /// Images that were refused or could not be read, and why.
        public internal(set) var refused: [(path: String, reason: String)] = []
    }

    private let deidentifier: DICOMDeidentifier

    /// - Parameter key: 32 bytes; the same key gives the same UIDs, pseudonyms and shifts of dates.
    public init(options: DICOMDeidentifier.Options, key: Data) {
        deidentifier = DICOMDeidentifier(options: options) { Digest.keyed($0, key: key) }
    }

    /// Writes all images below a folder into another, which appears whole or not at all. Names of files and folders are new ones.
    ///
    /// - Throws: `IOError`: `.missing` where there is no such folder, `.exists` where something lies at the output or the output lies in the
    ///   input, `.notRecognised` where there is no image at all, `.cannotWrite`.
    public func run(input: URL, output: URL) throws -> Outcome {
        let root = input.standardizedFileURL.resolvingSymlinksInPath(), target = output.standardizedFileURL.resolvingSymlinksInPath()
        let base = root.path(percentEncoded: false), place = target.path(percentEncoded: false)
        guard !(place.hasSuffix("/") ? place : place + "/").hasPrefix(base.hasSuffix("/") ? base : base + "/") else {
            throw IOError(.exists, at: output, "it lies in the folder that is read; choose another place")
        }
        if FileManager.default.fileExists(atPath: place), try !FileManager.default.contentsOfDirectory(atPath: place).isEmpty {
            throw IOError(.exists, at: output, "the folder is not empty; choose another, or remove it")
        }
        let files = try Self.files(below: root)
        var outcome = Outcome()
        try OutputFile.writeFolder(to: output) { side in
            for file in files { try write(file, below: side, path: String(file.path(percentEncoded: false).dropFirst(base.count).drop { $0 == "/" }), &outcome) }
            guard outcome.written > 0 else {
                let first = outcome.refused.first.map { "; \($0.path): \($0.reason)" } ?? ""
                throw IOError(.notRecognised, at: input, "none of the \(files.count) files is a DICOM image that can be copied\(first)")
            }
        }
        return outcome
    }

    private func write(_ file: URL, below folder: URL, path: String, _ outcome: inout Outcome) throws {
        do {
            let written = try deidentifier.write(file, below: folder)
            outcome.written += 1
            outcome.patients.insert(String(written.prefix { $0 != "/" }))
        } catch let error as IOError where error.code == .notRecognised {
            outcome.leftOut.append((path, error.message))
        } catch let error as IOError where error.code != .cannotWrite {
            outcome.refused.append((path, error.message))
        }
    }

    /// All files, hidden ones too, by path.
    private static func files(below root: URL) throws -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder), isFolder.boolValue else {
            throw IOError(.missing, at: root, "there is no such folder; give the folder that holds the DICOM files")
        }
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey]) else {
            throw IOError(.unreadable, at: root, "the folder cannot be listed")
        }
        var files: [URL] = []
        for case let file as URL in walk where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { files.append(file) }
        return files.sorted { $0.path(percentEncoded: false) < $1.path(percentEncoded: false) }
    }
}

/// The key by which pseudonyms are made, in a file that only its owner may read. Who has it can tell which pseudonym belongs to a known ID.
public enum PseudonymKey {
    /// The key in a file: 64 hexadecimal digits. Where there is no file, a new key is written there.
    ///
    /// - Throws: `IOError` when the file holds no key or cannot be read or written.
    public static func kept(in file: URL) throws -> Data {
        let path = file.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else {
            let key = Digest.newKey(), text = key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
                throw IOError(.cannotWrite, at: file, "the key cannot be written; check that the folder is there")
            }
            return key
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw IOError(.unreadable, at: file, "the key cannot be read") }
        let digits = Array(String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace })
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<min($0 + 2, digits.count)]), radix: 16) }
        guard digits.count == 64, bytes.count == 32 else { throw IOError(.malformed, at: file, "a key is 64 hexadecimal digits; give another file, or one that is not there and will be made") }
        return Data(bytes)
    }

    /// A key that nobody keeps.
    public static func passing() -> Data { Digest.newKey() }
}
