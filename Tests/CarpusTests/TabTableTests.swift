import CarpusIO
import Foundation
import Testing

@testable import Carpus

@Suite struct TabTableTests {
    private func withTable(_ bytes: [UInt8], _ body: (URL) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "carpus-table-\(UUID().uuidString).tsv")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file)
    }

    private func lines(_ file: URL) throws -> [LineReader.Line] {
        var reader = try LineReader(file), all: [LineReader.Line] = []
        while let line = try reader.next() { all.append(line) }
        return all
    }

    /// Lines end in three ways, and a piece of the file may end anywhere: between the two bytes of one end, too.
    @Test func linesOfAnyLengthAndEndAreFound() throws {
        for length in [1, 65533, 65534, 65535, 65536, 65537, 200_000] {
            let long = String(repeating: "x", count: length)
            try withTable(Array("\(long)\r\n\rsecond\r\n\n\u{e4}\u{f6}\nlast".utf8)) { file in
                let found = try lines(file)
                #expect(found.map(\.text) == [long, "second", "\u{e4}\u{f6}", "last"] && found.map(\.number) == [1, 3, 5, 6], "\(length)")
                #expect(found.map(\.start) == [0, UInt64(length) + 3, UInt64(length) + 12, UInt64(length) + 17], "\(length)")
            }
        }
        let small: [(bytes: [UInt8], texts: [String])] = [([], []), ([10, 13, 10], []), ([0xef, 0xbb, 0xbf, 97], ["a"]), ([97, 13], ["a"])]
        for (bytes, texts) in small {
            try withTable(bytes) { file in
                let found = try lines(file).map(\.text)
                #expect(found == texts)
            }
        }
    }

    @Test func aStretchIsReadWithoutTheRest() throws {
        let text = "\u{feff}name\tvalue\na\t1\n\nb\t2\r\nc\tn/a\nd\t4"
        try withTable(Array(text.utf8)) { file in
            let table = try TabTable(file, needs: ["value"]), all = try table.rows
            #expect(all.map { $0["name"] } == ["a", "b", "c", "d"] && all.map(\.number) == [2, 4, 5, 6])
            #expect(try all.map { try $0.number("value") } == [1, 2, nil, 4])
            let part = try table.rows(of: .init(start: all[1].start, number: all[1].number, count: 2))
            #expect(part.map { $0["name"] } == ["b", "c"] && part.map(\.number) == [4, 5])
        }
    }

    @Test func whatIsWrongIsToldWithItsLine() throws {
        try withTable(Array("name\tvalue\na\t1\nb\n".utf8)) { file in
            #expect { try TabTable(file).rows } throws: { "\($0)".contains("line 3 has 1 cells") }
            #expect { try TabTable(file, needs: ["unit"]) } throws: { "\($0)".contains("'unit' is missing") }
        }
        #expect(throws: IOError.self) { try TabTable(URL(filePath: "/nowhere/at-all.tsv")) }
    }

    /// Rows of two visits by turns, as a table sorted by region has them.
    @Test func measuresAreFoundByVisitWhereverTheyStand() throws {
        let head = ["participant_id", "session_id", "side", "region", "measure", "value", "unit", "status", "reason", "method"].joined(separator: "\t")
        let rows = (0..<9).map { "sub-01\tses-0\($0 % 3 == 2 ? 2 : 1)\tL\tregion-\($0)\tvolume\t\($0)\tmL\tok\tn/a\tm/1" }
        try withTable(Array(([head] + rows).joined(separator: "\n").utf8)) { file in
            let table = try MeasuredTable(file)
            #expect(table.occasions.map(\.session).compactMap { $0 }.sorted() == ["ses-01", "ses-02"])
            #expect(try table.rows(of: .init(participant: "sub-01", session: "ses-01")).map(\.value) == [0, 1, 3, 4, 6, 7])
            #expect(try table.rows(of: .init(participant: "sub-01", session: "ses-02")).map(\.value) == [2, 5, 8])
            #expect(try table.rows(of: .init(participant: "sub-02", session: "ses-01")).isEmpty)
        }
    }
}
