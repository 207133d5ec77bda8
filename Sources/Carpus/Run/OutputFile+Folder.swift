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
    /// - Parameter replacing: whether a folder that is there may be replaced; it goes only when the new one is complete.
    /// - Throws: `IOError` when something other than an empty folder is there and may not be replaced, or the folder cannot be made.
    static func writeFolder(to folder: URL, replacing: Bool = false, _ fill: (URL) throws -> Void) throws {
        let files = FileManager.default, path = folder.standardizedFileURL.path(percentEncoded: false)
        let side = FolderOutput.side(of: folder)
        do {
            try files.createDirectory(at: side, withIntermediateDirectories: true)
            try fill(side)
            if replacing, files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
            // An empty folder gives way to a rename; anything else does not.
            guard rename(side.path(percentEncoded: false), path) == 0 else {
                throw IOError(.cannotWrite, at: folder, "the folder cannot be put in place: \(String(cString: strerror(errno)))")
            }
        } catch {
            // What could not be finished is of no use; the first error is the one to tell.
            try? files.removeItem(at: side)
            if let error = error as? IOError { throw error }
            throw IOError(.cannotWrite, at: folder, "the folder cannot be written (\(error.localizedDescription)); check space and permissions")
        }
    }
}
