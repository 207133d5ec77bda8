public import CarpusCore
public import Foundation

/// Points as a table of comma-separated values: a first line that names the columns x, y and z among others, or three numbers a line.
/// World coordinates, LPS, mm, as antsApplyTransformsToPoints takes them.
public struct PointTable: Sendable {
    /// The points, in the order of the lines.
    public let points: [Vector3]
    private let header: [String]?
    private let rows: [[String]]
    private let columns: [Int]

    /// Reads a table.
    ///
    /// - Throws: `IOError` when the file is missing, a column is, or a coordinate is no number.
    public init(_ url: URL) throws {
        let lines = try TransformText.read(url).split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
        var cells = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) } }
        guard let first = cells.first else { throw IOError(.malformed, at: url, "the table holds no point") }
        if first.contains(where: { Double($0) == nil }) {
            header = cells.removeFirst()
            columns = try ["x", "y", "z"].map { name in
                guard let column = first.firstIndex(where: { $0.lowercased() == name }) else { throw IOError(.malformed, at: url, "the first line names no column '\(name)'; x, y and z are needed (LPS, mm)") }
                return column
            }
        } else {
            (header, columns) = (nil, [0, 1, 2])
        }
        let places = columns
        points = try cells.enumerated().map { n, row in
            let numbers = places.compactMap { $0 < row.count ? Double(row[$0]) : nil }
            guard numbers.count == 3, numbers.allSatisfy({ abs($0) < 1e12 }) else { throw IOError(.malformed, at: url, "point \(n + 1) has no three coordinates in mm") }
            return Vector3(numbers[0], numbers[1], numbers[2])
        }
        rows = cells
    }

    /// The same table with other points; what else it held stays.
    public func text(with points: [Vector3]) -> String {
        precondition(points.count == rows.count, "each line has its point")
        let lines = zip(rows, points).map { row, p -> String in
            var row = row
            for (axis, column) in columns.enumerated() { row[column] = "\(p[axis])" }
            return row.joined(separator: ",")
        }
        return ((header.map { [$0.joined(separator: ",")] } ?? []) + lines).joined(separator: "\n") + "\n"
    }
}
