public import Foundation

/// The Python that runs other programs beside Carpus: `CARPUS_TEST_PYTHON`, or `python3`.
public enum Python {
    /// What it writes to stdout.
    ///
    /// - Throws: when it cannot be started, or ends with another status than 0.
    public static func run(_ arguments: [String]) throws -> Data {
        let process = Process(), out = Pipe()
        let named = ProcessInfo.processInfo.environment["CARPUS_TEST_PYTHON"] ?? "", python = named.isEmpty ? "python3" : named
        (process.executableURL, process.arguments) = (URL(filePath: "/usr/bin/env"), [python] + arguments)
        (process.standardOutput, process.standardError) = (out, FileHandle.nullDevice)
        try process.run()
        let data = out.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return data
    }
}
