import CarpusPipeline
import Foundation
import Synchronization

/// What happened in a run, line by line as it happens: `logs/run-TIME.log`. The record tells what ran; the log tells when.
final class RunLog: Sendable {
    private let handle: Mutex<FileHandle>
    private let begin = ContinuousClock.now

    /// Begins a log in the output folder.
    init(in output: URL) throws {
        let folder = output.appending(path: "logs"), now = Date.now.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false).timeSeparator(.omitted))
        let file = folder.appending(path: "run-\(now.replacing("Z", with: "")).log")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if !FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) { try Data().write(to: file) }
            let opened = try FileHandle(forWritingTo: file)
            try opened.seekToEnd()
            handle = Mutex(opened)
        } catch {
            throw RunError(code: .cannotWrite, message: "\(file.path(percentEncoded: false)): the log cannot be written: \(error.localizedDescription)")
        }
    }

    /// Adds what happened. A log that cannot be written any more does not end the run: the results say so themselves.
    func add(_ event: Runner.Event) {
        let seconds = String(format: "%8.2f s  ", (ContinuousClock.now - begin) / .seconds(1))
        let line = Data((seconds + Self.words(event) + "\n").utf8)
        handle.withLock { handle in
            do { try handle.write(contentsOf: line) } catch { /* the disk is full: the next result fails with that reason */ }
        }
    }

    private static func words(_ event: Runner.Event) -> String {
        switch event {
        case .started(let step, let subject, let occasion): return "sub-\(subject) \(occasion) \(step): started"
        case .finished(let result, let subject, let seconds):
            let (status, reason) = result.status
            let how = if case .done(reused: true) = result.outcome { "done before" } else { status }
            return "sub-\(subject) \(result.occasion) \(result.step): \(how) in \(String(format: "%.2f", seconds)) s" + (reason.map { ", because \($0)" } ?? "")
        }
    }
}
