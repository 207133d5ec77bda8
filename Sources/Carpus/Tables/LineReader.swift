import CarpusIO
import Foundation

/// A text file line by line, read piece by piece: the memory it takes is that of the longest line.
struct LineReader {
    /// One line, without its end.
    struct Line {
        /// Counted from the line the reader began at.
        let number: Int
        /// Where it begins in the file, bytes.
        let start: UInt64
        let text: String
    }
    private let url: URL, handle: FileHandle
    /// What was read, where the next line begins in it, and where the first byte of it stands in the file.
    private var buffer: [UInt8] = [], at = 0, place: UInt64
    private var number: Int, isAtEnd = false

    private static let piece = 1 << 16

    /// - Parameters:
    ///   - place: where to begin, bytes; the beginning of a line.
    ///   - number: that line's number.
    /// - Throws: `IOError` when the file is not there or cannot be read.
    init(_ url: URL, from place: UInt64 = 0, number: Int = 1) throws {
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { throw IOError(.missing, at: url, "there is no such file") }
        do {
            handle = try FileHandle(forReadingFrom: url)
            try handle.seek(toOffset: place)
        } catch {
            throw IOError(.unreadable, at: url, "the table cannot be read")
        }
        (self.url, self.place, self.number) = (url, place, number)
    }

    /// The next line that is not empty; nil at the file's end.
    ///
    /// - Throws: `IOError` when the file cannot be read.
    mutating func next() throws -> Line? {
        while let (bytes, start) = try nextBytes() {
            number += 1
            var text = String(decoding: bytes, as: UTF8.self)
            if start == 0, text.hasPrefix("\u{feff}") { text.removeFirst() }   // spreadsheets put it there
            if !text.isEmpty { return Line(number: number - 1, start: start, text: text) }
        }
        return nil
    }

    /// The bytes of the next line, which ends with a line feed, a carriage return or both.
    private mutating func nextBytes() throws -> (ArraySlice<UInt8>, UInt64)? {
        var end = at
        while true {
            while end < buffer.count, buffer[end] != 10, buffer[end] != 13 { end += 1 }
            // A carriage return at the end of a piece may have its line feed in the next.
            if isAtEnd || end + 1 < buffer.count || end < buffer.count && buffer[end] == 10 { break }
            end -= at
            try fill()
        }
        guard at < buffer.count else { return nil }
        let line = buffer[at..<end], start = place + UInt64(at)
        at = min(end + (end + 1 < buffer.count && buffer[end] == 13 && buffer[end + 1] == 10 ? 2 : 1), buffer.count)
        return (line, start)
    }

    /// Reads another piece and forgets what was taken.
    private mutating func fill() throws {
        do {
            let more = try handle.read(upToCount: Self.piece) ?? Data()
            (buffer, place, at) = (Array(buffer[at...] + more), place + UInt64(at), 0)
            isAtEnd = more.isEmpty
        } catch {
            throw IOError(.unreadable, at: url, "the table cannot be read")
        }
    }
}
