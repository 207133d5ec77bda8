import Dispatch
import Foundation

/// Ctrl-C and a polite kill: the process ends at once. Nothing is half-written, because every result is renamed into place
/// when it is whole, and the next run clears what was left to the side.
enum Interruption {
    /// Watches from now on; the sources live as long as the process.
    static func watch() {
        for (number, code, words) in [(SIGINT, Int32(130), "interrupted"), (SIGTERM, 75, "stopped")] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                Terminal.write("\ncarpus: \(words); run the same command again to carry on\n")
                _exit(code)
            }
            source.resume()
            sources.append(source)
        }
    }

    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []
}
