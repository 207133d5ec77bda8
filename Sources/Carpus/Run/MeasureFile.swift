import CarpusCore
import CarpusIO
import Foundation

/// A table of measurements that grows subject by subject on disk, so that memory does not grow with the study: written to the side,
/// put in place when it is finished.
final class MeasureFile {
    private let file, side: URL
    private let handle: FileHandle

    /// Begins `measures.tsv` in a folder that is there.
    init(in folder: URL) throws {
        file = folder.appending(path: "measures.tsv")
        side = folder.appending(path: ".part-measures.tsv")
        do {
            try Data((MeasureTable.head + "\n").utf8).write(to: side)
            handle = try FileHandle(forWritingTo: side)
            try handle.seekToEnd()
        } catch {
            throw Self.fault(file, error)
        }
    }

    /// Adds a subject's measurements.
    func add(_ measurements: [CarpusCore.Measurement], of subject: String) throws {
        do {
            try handle.write(contentsOf: Data(measurements.map { MeasureTable.line($0, of: subject) + "\n" }.joined().utf8))
        } catch {
            throw Self.fault(file, error)
        }
    }

    /// Puts the table in place.
    func finish() throws {
        do {
            try handle.close()
        } catch {
            throw Self.fault(file, error)
        }
        guard rename(side.path(percentEncoded: false), file.path(percentEncoded: false)) == 0 else {
            throw IOError(.cannotWrite, at: file, "the table cannot be put in place: \(String(cString: strerror(errno)))")
        }
    }

    private static func fault(_ file: URL, _ error: any Error) -> IOError {
        IOError(.cannotWrite, at: file, "the table cannot be written (\(error.localizedDescription)); check space and permissions")
    }
}
