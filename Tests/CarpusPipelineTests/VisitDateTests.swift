import CarpusPipeline
import Foundation
import Testing

@Suite struct VisitDateTests {
    @Test func daysAreReadFromDICOMAndISO() throws {
        let day = try #require(VisitDate("20240304"))
        #expect((day.year, day.month, day.day) == (2024, 3, 4))
        for text in ["2024-03-04", "2024-03-04T10:15:00", "20240304101500.5"] { #expect(VisitDate(text) == day, "\(text)") }
        for text in ["", "n/a", "2024", "2024-3-4", "20241304", "20240230", "2023-02-29", "202403", "2024/03/04", "00000304"] { #expect(VisitDate(text) == nil, "\(text)") }
    }

    @Test func daysBetween() throws {
        func days(_ a: String, _ b: String) throws -> Int { try #require(VisitDate(a)).days(to: #require(VisitDate(b))) }
        #expect(try days("2024-02-28", "2024-03-01") == 2 && days("2023-02-28", "2023-03-01") == 1 && days("2100-02-28", "2100-03-01") == 1 && days("2000-02-28", "2000-03-01") == 2)
        #expect(try days("2023-12-31", "2024-01-01") == 1 && days("2024-01-01", "2023-12-31") == -1)
        // The calendar repeats after 400 years, which have 146097 days.
        #expect(try days("1624-05-17", "2024-05-17") == 146_097 && days("2024-05-17", "2024-05-17") == 0)
    }

    @Test func aDayRestsInAFile() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let day = try #require(VisitDate("19991231"))
        try day.rest(at: folder.appending(path: "d"))
        #expect(try VisitDate(restingAt: folder.appending(path: "d")) == day)
    }

    private let yaml = """
        carpus: 1
        protocol: test
        series: {x: {kind: number, file: x}}
        steps:
          gap: {use: toy.gap, each: visit-pair, from: {old: baseline.date, new: followup.date, value: followup.x}}
        """

    private func visit(_ id: String, _ date: String?) -> SubjectInput.Visit {
        let one = subject([(id, ["x": 1])]).visits[0]
        return SubjectInput.Visit(id: id, series: one.series, missing: [:], date: date.flatMap { VisitDate($0) })
    }

    private func gap(_ dates: [String?]) async throws -> Double? {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = SubjectInput(id: "01", visits: dates.enumerated().map { visit("0\($0 + 1)", $1) })
        let results = await Runner(store: try Store(at: folder), engine: "test", threads: 2).run(try plan(yaml), subject: input)
        let stem = try #require(results.first { $0.step == "gap" }?.outputs["days"])
        return try Number(restingAt: stem).content
    }

    @Test func aStepOverPairsReadsBothDays() async throws {
        #expect(try await gap(["2024-03-04", "2024-09-04"]) == 184)
        #expect(try await gap(["2024-03-04", nil]) == -1, "an optional input stays empty where the day is not known")
    }

    @Test func aDayBelongsToAVisit() throws {
        #expect(throws: ProtocolError.self) { try plan(yaml.replacing("baseline.date", with: "date")) }
        #expect(throws: ProtocolError.self) { try plan(yaml.replacing("baseline.date", with: "baseline.x")) }
    }
}
