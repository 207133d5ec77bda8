import CarpusIO
import CarpusPipeline
public import Foundation

/// The key by which pseudonyms are made, in a file that only its owner may read. Who has it can tell which pseudonym belongs to a known ID.
public struct PseudonymKey: Sendable {
    /// 32 bytes.
    public let bytes: Data
    /// Whether its file was made now.
    public let isNew: Bool

    /// The key in a file: 64 hexadecimal digits. Where there is no file, a new key is written there.
    ///
    /// - Throws: `IOError` when the file holds no key or cannot be read or written.
    public init(keptIn file: URL) throws {
        let path = file.path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path) {
            guard let data = FileManager.default.contents(atPath: path) else { throw IOError(.unreadable, at: file, "the key cannot be read") }
            (bytes, isNew) = (try Self.read(String(decoding: data, as: UTF8.self), file), false)
        } else {
            (bytes, isNew) = (Digest.newKey(), true)
            try Self.write(bytes, to: file)
        }
    }

    /// A key that nobody keeps.
    public static func passing() -> Data { Digest.newKey() }

    private static func read(_ text: String, _ file: URL) throws -> Data {
        let digits = Array(text.filter { !$0.isWhitespace })
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<min($0 + 2, digits.count)]), radix: 16) }
        guard digits.count == 64, bytes.count == 32 else { throw IOError(.malformed, at: file, "a key is 64 hexadecimal digits; give another file, or one that is not there and will be made") }
        return Data(bytes)
    }

    /// The file is made for its owner alone from the first moment, and never in place of one that came meanwhile.
    private static func write(_ key: Data, to file: URL) throws {
        let path = file.path(percentEncoded: false), text = Digest.spelled(key) + "\n"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw IOError(.cannotWrite, at: file, "the key cannot be written (\(String(cString: strerror(errno)))); check that the folder is there") }
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data(text.utf8))
            try handle.synchronize()
        } catch {
            unlink(path)
            throw IOError(.cannotWrite, at: file, "the key cannot be written; check the space on the disk")
        }
    }
}
