import CarpusIO
public import Foundation

/// Folders that are whole or absent.
public enum FolderOutput {
    /// Where a folder is filled before it is renamed; an interrupted process leaves it.
    public static func side(of folder: URL) -> URL {
        folder.deletingLastPathComponent().appending(path: ".part-\(folder.lastPathComponent)-\(ProcessInfo.processInfo.processIdentifier)", directoryHint: .isDirectory)
    }
}

extension OutputFile {
    /// Fills a folder to the side and renames it; nothing is left when the filling fails.
    ///
    /// - Parameter replacing: whether a folder that is there may be replaced; it goes only when the new one is in place.
    /// - Throws: `IOError` when something other than an empty folder is there and may not be replaced, or the folder cannot be made.
    static func writeFolder(to folder: URL, replacing: Bool = false, _ fill: (URL) throws -> Void) throws {
        let files = FileManager.default, path = folder.standardizedFileURL.path(percentEncoded: false)
        let side = FolderOutput.side(of: folder)
        do {
            try files.createDirectory(at: side, withIntermediateDirectories: true)
            try fill(side)
            // The old folder steps aside, and goes when the new one is in place.
            let old = replacing && files.fileExists(atPath: path) ? side.appendingPathExtension("old") : nil
            if let old { try files.moveItem(atPath: path, toPath: old.path(percentEncoded: false)) }
            // An empty folder gives way to a rename; anything else does not.
            guard rename(side.path(percentEncoded: false), path) == 0 else {
                let reason = String(cString: strerror(errno))
                if let old { try files.moveItem(atPath: old.path(percentEncoded: false), toPath: path) }
                throw IOError(.cannotWrite, at: folder, "the folder cannot be put in place: \(reason)")
            }
            if let old { try files.removeItem(at: old) }
        } catch {
            // What could not be finished is of no use; the first error is the one to tell.
            try? files.removeItem(at: side)
            if let error = error as? IOError { throw error }
            throw IOError(.cannotWrite, at: folder, "the folder cannot be written (\(error.localizedDescription)); check space and permissions")
        }
    }
}
