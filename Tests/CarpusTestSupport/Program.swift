public import Foundation

/// Programs of other people that tests hold Carpus against, where they are installed.
public enum Program {
    /// Where a program lies; nil when it is not on the PATH.
    public static func find(_ name: String) -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin"]
        return folders.map { URL(filePath: "\($0)/\(name)") }.first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    }

    /// Runs a program to its end: its status, and what it said on both streams.
    public static func run(_ program: URL, _ arguments: [String]) throws -> (status: Int32, said: String) {
        let process = Process(), output = Pipe()
        (process.executableURL, process.arguments) = (program, arguments)
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said)
    }
}
