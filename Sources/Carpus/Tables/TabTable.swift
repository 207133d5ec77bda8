import CarpusIO
import Foundation

/// A tab-separated table with a first line of names, as BIDS has them: `n/a` and empty cells are missing.
struct TabTable {
    let url: URL
    /// The names of the first line.
    let header: [String]
    /// The other lines' cells, and the number of each line in the file.
    private let lines: [(number: Int, cells: [String])]

    /// One line.
    struct Row {
        fileprivate let table: TabTable
        fileprivate let cells: [String]
        /// Its number in the file, counted from 1.
        let number: Int

        /// A cell; nil where it is missing or there is no such column.
        subscript(column: String) -> String? {
            guard let at = table.header.firstIndex(of: column) else { return nil }
            return cells[at].isEmpty || cells[at] == "n/a" ? nil : cells[at]
        }

        /// A cell's number; nil where it is missing.
        ///
        /// - Throws: `IOError` when it is no number.
        func number(_ column: String) throws -> Double? {
            try self[column].map { text in
                guard let number = Double(text), number.isFinite else {
                    throw IOError(.malformed, at: table.url, "line \(self.number) has the \(column) '\(text)', which is no number")
                }
                return number
            }
        }
    }

    /// Reads a table.
    ///
    /// - Parameter needs: columns that have to be there.
    /// - Throws: `IOError` when it cannot be read, a column is missing or a line has other cells than the first.
    init(_ url: URL, needs: [String] = []) throws {
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { throw IOError(.missing, at: url, "there is no such file") }
        guard let data = FileManager.default.contents(atPath: url.path(percentEncoded: false)) else { throw IOError(.unreadable, at: url, "the table cannot be read") }
        var text = String(decoding: data, as: UTF8.self)
        if text.hasPrefix("\u{feff}") { text.removeFirst() }   // spreadsheets put it there
        let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .filter { !$1.isEmpty }
            .map { (number: $0 + 1, cells: $1.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)) }
        let header = all.first?.cells ?? []
        if let absent = needs.first(where: { !header.contains($0) }) {
            throw IOError(.malformed, at: url, "the column '\(absent)' is missing; there are \(header.isEmpty ? "none" : header.joined(separator: ", ")), separated by tabs")
        }
        if let odd = all.dropFirst().first(where: { $0.cells.count != header.count }) {
            throw IOError(.malformed, at: url, "line \(odd.number) has \(odd.cells.count) cells, and the first line names \(header.count)")
        }
        (self.url, self.header, lines) = (url, header, Array(all.dropFirst()))
    }

    /// The lines in their order.
    var rows: [Row] { lines.map { Row(table: self, cells: $0.cells, number: $0.number) } }
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
