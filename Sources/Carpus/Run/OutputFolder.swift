import CarpusPipeline
import Foundation

/// The run's own folder, held by one run at a time.
struct OutputFolder {
    private let descriptor: Int32

    /// Makes and locks the folder.
    ///
    /// - Throws: `RunError` when it cannot be made, holds something that is not a run's, lies around the input, or another run holds it.
    init(_ folder: URL, input: URL, force: Bool) throws {
        let path = folder.standardizedFileURL.path(percentEncoded: false), files = FileManager.default
        let names: [String] = files.fileExists(atPath: path) ? (try? files.contentsOfDirectory(atPath: path)) ?? ["?"] : []
        if !force, !names.isEmpty, !names.contains(".carpus") {
            throw RunError(code: .exists, message: "\(path): the folder holds files that no run of Carpus left; choose an empty one, or say --force")
        }
        if input.standardizedFileURL.resolvingSymlinksInPath() == folder.standardizedFileURL.resolvingSymlinksInPath() {
            throw RunError(code: .exists, message: "\(path): results would lie among the scans; choose another output folder")
        }
        do {
            try files.createDirectory(at: folder.appending(path: ".carpus"), withIntermediateDirectories: true)
        } catch {
            throw RunError(code: .cannotWrite, message: "\(path): the output folder cannot be made: \(error.localizedDescription)")
        }
        descriptor = open(folder.appending(path: ".carpus/lock").path(percentEncoded: false), O_CREAT | O_RDWR, 0o644)
        guard descriptor >= 0 else { throw RunError(code: .cannotWrite, message: "\(path): the output folder cannot be written: \(String(cString: strerror(errno)))") }
        // The lock ends with the process, however that ends.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw RunError(code: .busy, message: "\(path): another run is writing here; wait for it, or choose another folder")
        }
    }

    func release() { close(descriptor) }
}
