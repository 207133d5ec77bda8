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

    private static func spelled(_ digest: SHA256.Digest) -> String {
        digest.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}
