public import Foundation
import Synchronization

/// Results under the hash of what made them. An entry is whole or absent: it is written to the side and renamed.
public struct Store: Sendable {
    /// The folder that holds it.
    public let root: URL
    private var entries: URL { root.appending(path: "store") }
    private var scratch: URL { root.appending(path: "scratch") }

    /// A store in a folder; scratch left behind by a run that was killed is cleared.
    ///
    /// - Parameter forgetting: whether what is stored is thrown away.
    /// - Throws: `RunError` when the folder cannot be made.
    public init(at root: URL, forgetting: Bool = false) throws {
        self.root = root
        do {
            if forgetting, FileManager.default.fileExists(atPath: entries.path(percentEncoded: false)) { try FileManager.default.removeItem(at: entries) }
            if FileManager.default.fileExists(atPath: scratch.path(percentEncoded: false)) { try FileManager.default.removeItem(at: scratch) }
            try FileManager.default.createDirectory(at: entries, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        } catch {
            throw RunError(code: .cannotWrite, message: "\(root.path(percentEncoded: false)): the folder cannot be made: \(error.localizedDescription)")
        }
    }

    /// What an earlier run left in a folder, only to be looked at.
    public init(lookingAt root: URL) { self.root = root }

    /// The entry of a key, nil when there is none or it is damaged.
    func entry(_ key: String) -> (record: StepRecord, folder: URL)? {
        let folder = entries.appending(path: key)
        guard let data = FileManager.default.contents(atPath: folder.appending(path: "record.json").path(percentEncoded: false)) else { return nil }
        do {
            return (try JSONDecoder().decode(StepRecord.self, from: data), folder)
        } catch {
            return nil   // a damaged entry is made again
        }
    }

    /// Makes an entry: `work` fills a scratch folder and returns the record, which is written last, then the folder is renamed.
    func make(_ key: String, work: (_ folder: URL) async throws -> StepRecord) async throws -> (record: StepRecord, folder: URL) {
        let folder = scratch.appending(path: UUID().uuidString)
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            let record = try await work(folder)
            try JSONEncoder.readable.encode(record).write(to: folder.appending(path: "record.json"))
            return try Self.settling.withLock { _ in try settle(folder, as: key, record) }
        } catch {
            do { try files.removeItem(at: folder) } catch { /* cleared at the next start */ }
            throw error
        }
    }

    /// One entry finds its place at a time, so that looking and putting are one act.
    private static let settling = Mutex(())

    /// Gives a finished folder its place. Where equal inputs made the same entry at the same time, the first one stays: others
    /// may be reading it.
    private func settle(_ folder: URL, as key: String, _ record: StepRecord) throws -> (record: StepRecord, folder: URL) {
        let home = entries.appending(path: key), files = FileManager.default
        if entry(key) == nil, files.fileExists(atPath: home.path(percentEncoded: false)) { try files.removeItem(at: home) }   // damaged
        if rename(folder.path(percentEncoded: false), home.path(percentEncoded: false)) == 0 { return (record, home) }
        let reason = String(cString: strerror(errno))
        guard let there = entry(key) else {
            throw RunError(code: .cannotWrite, message: "\(home.path(percentEncoded: false)): the result cannot be put in place: \(reason)")
        }
        try files.removeItem(at: folder)
        return there
    }

    /// A folder for what is cheap to make and need not be kept.
    public func sideFolder(_ key: String) throws -> URL {
        let folder = scratch.appending(path: key)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// SHA-256 over the files of one artifact: those whose name is the port's and an extension.
    static func digest(of port: String, in folder: URL) throws -> String? {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        let own = names.filter { $0.hasPrefix(port + ".") }.sorted()
        guard !own.isEmpty else { return nil }
        return Digest.hex(of: try own.map { "\($0) \(try Digest.hex(of: folder.appending(path: $0)))" }.joined(separator: "\n"))
    }
}

/// A run that cannot go on: what, where, and what to do.
public struct RunError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let cannotWrite = Code(raw: "cannot write"), busy = Code(raw: "busy"), noInput = Code(raw: "no input")
        public static let exists = Code(raw: "exists")
    }
    public let code: Code
    public let message: String
    public init(code: Code, message: String) { (self.code, self.message) = (code, message) }
    public var description: String { message }
}
