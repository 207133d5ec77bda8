import Dispatch
import Foundation

/// Ctrl-C and a polite kill: the process ends at once. Nothing is half-written, because every result is renamed into place
/// when it is whole; what was left to the side goes now or with the next run.
enum Interruption {
    /// Watches from now on; the sources live as long as the process.
    ///
    /// - Parameters:
    ///   - advice: what to do then.
    ///   - side: a folder of unfinished work to be removed.
    static func watch(advice: String = "run the same command again to carry on", removing side: URL? = nil) {
        for (number, code, words) in [(SIGINT, Int32(130), "interrupted"), (SIGTERM, 75, "stopped")] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                if let side { try? FileManager.default.removeItem(at: side) }   // the process ends either way
                Terminal.write("\ncarpus: \(words); \(advice)\n")
                _exit(code)
            }
            source.resume()
            sources.append(source)
        }
    }

    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []
}
