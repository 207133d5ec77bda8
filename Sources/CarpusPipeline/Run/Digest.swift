import Crypto
public import Foundation

/// SHA-256 of texts, files and folders, as lower-case hexadecimal.
public enum Digest {
    /// The digest of a text.
    public static func hex(of text: String) -> String { spelled(SHA256.hash(data: Data(text.utf8))) }

    /// The digest of a file's bytes, read in pieces.
    public static func hex(of file: URL) throws -> String {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }   // nothing was written: a failing close loses nothing
        var hash = SHA256()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return spelled(hash.finalize())
    }

    /// The digest of several files in the order given: contents only, since a copied scan is the same scan.
    public static func hex(of files: [URL]) throws -> String {
        hex(of: try files.map { try hex(of: $0) }.joined(separator: "\n"))
    }

    /// HMAC-SHA256 of a text: 32 bytes that nobody can compute who has not the key.
    public static func keyed(_ text: String, key: Data) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    /// A new key of 32 bytes from the system's source of chance.
    public static func newKey() -> Data { SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) } }

    /// Bytes as lower-case hexadecimal.
    public static func spelled(_ bytes: some Sequence<UInt8>) -> String {
        bytes.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}
