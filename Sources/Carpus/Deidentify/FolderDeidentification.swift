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
        /// Files that are no DICOM images or copies of others, links and folders that cannot be read: left out, and why.
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
        func relative(_ file: URL) -> String { String(file.path(percentEncoded: false).dropFirst(base.count).drop { $0 == "/" }) }
        let (files, others) = try Self.files(below: root)
        var outcome = Outcome(), sources: [String: URL] = [:]
        outcome.leftOut = others.map { (relative($0.file), $0.reason) }
        try OutputFile.writeFolder(to: output) { side in
            for file in files { try write(file, below: side, path: relative(file), &outcome, &sources) }
            guard outcome.written > 0 else {
                let first = outcome.refused.first.map { "; \($0.path): \($0.reason)" } ?? ""
                throw IOError(.notRecognised, at: input, "none of the \(files.count) files is a DICOM image that can be copied\(first)")
            }
        }
        return outcome
    }

    /// - Parameter sources: the file that became each file of the output, by path.
    /// - Throws: only where the disk takes no more: a file that is at fault itself does not end the work on others.
    private func write(_ file: URL, below folder: URL, path: String, _ outcome: inout Outcome, _ sources: inout [String: URL]) throws {
        do {
            let written = try deidentifier.write(file, below: folder)
            outcome.written += 1
            outcome.patients.insert(String(written.prefix { $0 != "/" }))
            sources[folder.appending(path: written).path(percentEncoded: false)] = file
        } catch let error as IOError where error.code == .cannotWrite {
            throw error
        } catch let error as IOError where error.code == .notRecognised {
            outcome.leftOut.append((path, error.message))
        } catch let error as IOError where error.code == .exists {
            let twin = sources[error.place.path(percentEncoded: false)]
            if let twin, FileManager.default.contentsEqual(atPath: twin.path(percentEncoded: false), andPath: file.path(percentEncoded: false)) {
                outcome.leftOut.append((path, "the file is a copy of another, byte for byte"))
            } else {
                outcome.refused.append((path, error.message))
            }
        } catch let error as IOError {
            outcome.refused.append((path, error.message))
        } catch {
            outcome.refused.append((path, "the file cannot be read; check that it is there and may be read"))
        }
    }

    /// All files by path, hidden ones too, and what is no file or cannot be looked into.
    private static func files(below root: URL) throws -> (files: [URL], others: [(file: URL, reason: String)]) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder), isFolder.boolValue else {
            throw IOError(.missing, at: root, "there is no such folder; give the folder that holds the DICOM files")
        }
        var files: [URL] = [], others: [(file: URL, reason: String)] = [], waiting = [root]
        while let folder = waiting.popLast() {
            guard let children = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isRegularFileKey, .isDirectoryKey, .isSymbolicLinkKey]) else {
                others.append((folder, "the folder cannot be read; check that it may be"))
                continue
            }
            for child in children {
                let kind = try? child.resourceValues(forKeys: [.isRegularFileKey, .isDirectoryKey, .isSymbolicLinkKey])   // what tells nothing of itself is listed
                if kind?.isSymbolicLink == true {
                    others.append((child, "the file is a link; give the folder it points to"))
                } else if kind?.isDirectory == true {
                    waiting.append(child)
                } else if kind?.isRegularFile == true {
                    files.append(child)
                } else {
                    others.append((child, "it is neither a file nor a folder"))
                }
            }
        }
        func path(_ url: URL) -> String { url.path(percentEncoded: false) }
        return (files.sorted { path($0) < path($1) }, others.sorted { path($0.file) < path($1.file) })
    }
}
