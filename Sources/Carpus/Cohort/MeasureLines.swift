import CarpusCore
import CarpusIO
import Foundation

/// The lines of a run's `measures.tsv`, participant by participant, read in pieces: memory holds one participant at a time.
struct MeasureLines {
    let file: URL

    /// One line.
    struct Line {
        let session: String
        let side: Laterality?
        let region, measure, unit, method: String
        let value: Double?
        let status: CarpusCore.Measurement.Status
        let reason: String?
    }

    /// Hands over each participant's lines, in the order of the file.
    ///
    /// - Throws: `IOError` when the file cannot be read or a line is not one of a run; what `body` throws.
    func forEachParticipant(_ body: (_ participant: String, _ lines: [Line]) throws -> Void) throws {
        var participant: String?, lines: [Line] = [], number = 0
        try forEachLine { text in
            number += 1
            guard number > 1 else { return }
            let cells = text.split(separator: "\t", omittingEmptySubsequences: false).map { $0 == "n/a" ? "" : String($0) }
            guard cells.count == MeasureTable.columns.count, let status = CarpusCore.Measurement.Status(rawValue: cells[7]) else {
                throw IOError(.malformed, at: file, "line \(number) is no measurement")
            }
            if let known = participant, known != cells[0] {
                try body(known, lines)
                lines = []
            }
            participant = cells[0]
            lines.append(Line(
                session: cells[1], side: Laterality(rawValue: cells[2]), region: cells[3], measure: cells[4], unit: cells[6], method: cells[9], value: Double(cells[5]), status: status,
                reason: cells[8].isEmpty ? nil : cells[8]))
        }
        if let participant { try body(participant, lines) }
    }

    private func forEachLine(_ body: (String) throws -> Void) throws {
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: file) } catch { throw IOError(.unreadable, at: file, "the table cannot be read: \(error.localizedDescription)") }
        defer { try? handle.close() }   // nothing was written: a failing close loses nothing
        var rest = Data()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            rest.append(piece)
            while let end = rest.firstIndex(of: 10) {
                try body(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = rest[(end + 1)...]
            }
            rest = Data(rest)
        }
        if !rest.isEmpty { try body(String(decoding: rest, as: UTF8.self)) }
    }
}
