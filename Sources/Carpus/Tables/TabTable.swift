import CarpusIO
import Foundation

/// A tab-separated table with a first line of names, as BIDS has them: `n/a` and empty cells are missing. Lines are read as they are asked for.
struct TabTable {
    let url: URL
    /// The names of the first line.
    let header: [String]

    /// One line.
    struct Row {
        fileprivate let url: URL
        fileprivate let header: [String]
        fileprivate let cells: [String]
        /// Its number in the file, counted from 1.
        let number: Int
        /// Where it begins in the file, bytes.
        let start: UInt64

        /// A cell; nil where it is missing or there is no such column.
        subscript(column: String) -> String? {
            guard let at = header.firstIndex(of: column) else { return nil }
            return cells[at].isEmpty || cells[at] == "n/a" ? nil : cells[at]
        }

        /// A cell's number; nil where it is missing.
        ///
        /// - Throws: `IOError` when it is no number.
        func number(_ column: String) throws -> Double? {
            try self[column].map { text in
                guard let number = Double(text), number.isFinite else {
                    throw IOError(.malformed, at: url, "line \(self.number) has the \(column) '\(text)', which is no number")
                }
                return number
            }
        }
    }

    /// Lines that follow each other.
    struct Stretch {
        /// Where the first begins in the file, bytes, and its number in the file.
        let start: UInt64, number: Int
        /// How many there are.
        var count: Int
    }

    /// Opens a table and reads its first line.
    ///
    /// - Parameter needs: columns that have to be there.
    /// - Throws: `IOError` when it cannot be read or a column is missing.
    init(_ url: URL, needs: [String] = []) throws {
        var lines = try LineReader(url)
        let header = try lines.next().map { Self.cells($0.text) } ?? []
        if let absent = needs.first(where: { !header.contains($0) }) {
            throw IOError(.malformed, at: url, "the column '\(absent)' is missing; there are \(header.isEmpty ? "none" : header.joined(separator: ", ")), separated by tabs")
        }
        (self.url, self.header) = (url, header)
    }

    /// Calls `body` with each line in turn.
    ///
    /// - Throws: `IOError` when the file cannot be read or a line has other cells than the first; what `body` throws.
    func forEachRow(_ body: (Row) throws -> Void) throws {
        var lines = try LineReader(url), isFirst = true
        while let line = try lines.next() {
            if !isFirst { try body(row(line)) }
            isFirst = false
        }
    }

    /// The lines of a stretch.
    ///
    /// - Throws: `IOError` when the file cannot be read or a line has other cells than the first.
    func rows(of stretch: Stretch) throws -> [Row] {
        var lines = try LineReader(url, from: stretch.start, number: stretch.number), rows: [Row] = []
        while rows.count < stretch.count, let line = try lines.next() { rows.append(try row(line)) }
        return rows
    }

    /// All lines in their order.
    var rows: [Row] {
        get throws {
            var all: [Row] = []
            try forEachRow { all.append($0) }
            return all
        }
    }

    private func row(_ line: LineReader.Line) throws -> Row {
        let cells = Self.cells(line.text)
        guard cells.count == header.count else {
            throw IOError(.malformed, at: url, "line \(line.number) has \(cells.count) cells, and the first line names \(header.count)")
        }
        return Row(url: url, header: header, cells: cells, number: line.number, start: line.start)
    }

    private static func cells(_ line: String) -> [String] { line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
}

extension TabTable {
    /// Lines under a first line of names, as text; without the last line's end.
    static func text(_ columns: [String], _ rows: [[String?]]) -> String {
        ([columns] + rows).map(line).joined(separator: "\n")
    }

    /// One line, without its end.
    static func line(_ cells: [String?]) -> String { cells.map(cell).joined(separator: "\t") }

    /// A cell as it is written: `n/a` for what is missing, no tab and no line's end inside.
    private static func cell(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "n/a" }
        // Hardly any cell has one, and tables have many cells.
        return text.utf8.contains { $0 == 9 || $0 == 10 || $0 == 13 } ? text.replacing(/[\t\r\n]/, with: " ") : text
    }
}
