import CarpusTestSupport
import Foundation
import Testing

/// An Orthanc of its own on the loopback, with nothing in it.
final class Archive {
    private let folder: URL
    private let process = Process()
    private let port: Int, moved: Int

    /// Starts it, and waits until it answers.
    init() throws {
        folder = try temporaryFolder()
        let free = try Self.freePorts(3)
        (port, moved) = (free[0], free[1])
        let settings: [String: Any] = [
            "Name": "Carpus", "StorageDirectory": folder.appending(path: "storage").path, "IndexDirectory": folder.appending(path: "storage").path, "DicomPort": port, "HttpPort": free[2],
            "DicomAet": "ARCHIVE", "DicomCheckCalledAet": false, "RemoteAccessAllowed": false, "Plugins": [String](), "DicomModalities": ["carpus": ["CARPUS", "127.0.0.1", moved]],
            "UnknownSopClassAccepted": false, "StorageCompression": false,
        ]
        let file = folder.appending(path: "orthanc.json")
        try JSONSerialization.data(withJSONObject: settings).write(to: file)
        (process.executableURL, process.arguments) = (try #require(Program.find("Orthanc")), [file.path])
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        let echo = try #require(Program.find("echoscu"))
        for _ in 0..<120 {
            if try Program.run(echo, ["-aec", "ARCHIVE", "127.0.0.1", "\(port)"]).status == 0 { return }
            Thread.sleep(forTimeInterval: 0.5)
        }
        stop()
        throw CocoaError(.executableLoad)
    }

    func stop() {
        Self.end(process)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Sends files by C-STORE.
    func store(_ files: [URL]) throws {
        let (status, said) = try Program.run(try #require(Program.find("storescu")), ["-R", "-aet", "CARPUS", "-aec", "ARCHIVE", "127.0.0.1", "\(port)"] + files.map(\.path))
        #expect(status == 0, "\(said)")
    }

    /// Asks for a study by C-MOVE.
    func fetch(study: String) throws -> [DataSet] {
        let place = folder.appending(path: "moved"), receiver = Process()
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        (receiver.executableURL, receiver.arguments) = (try #require(Program.find("storescp")), ["-aet", "CARPUS", "-od", place.path, "+xa", "-pm", "\(moved)"])
        (receiver.standardOutput, receiver.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try receiver.run()
        defer { Self.end(receiver) }
        Thread.sleep(forTimeInterval: 1)
        let arguments = ["-aet", "CARPUS", "-aec", "ARCHIVE", "-aem", "CARPUS", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=\(study)", "127.0.0.1", "\(port)"]
        let (status, said) = try Program.run(try #require(Program.find("movescu")), arguments)
        #expect(status == 0, "\(said)")
        return try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil).map { try DataSet($0) }
    }

    /// Children of a thread of tests inherit that SIGTERM is blocked.
    private static func end(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ports nobody listens on, as the system gives them.
    private static func freePorts(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = [], ports: [Int] = []
        defer { for s in sockets { close(s) } }
        for _ in 0..<count {
            let s = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            sockets.append(s)
            var address = sockaddr_in()
            (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), UInt32(0x7F00_0001).bigEndian)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(s, $0, length) == 0 && getsockname(s, $0, &length) == 0 }
            }
            guard bound else { throw CocoaError(.executableLoad) }
            ports.append(Int(UInt16(bigEndian: address.sin_port)))
        }
        return ports
    }
}
