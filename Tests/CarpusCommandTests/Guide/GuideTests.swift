@testable import Carpus
import CarpusCore
import CarpusPipeline
import Foundation
import Testing

/// Docs/AddingAStage.md, followed to the letter.
@Suite struct GuideTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = folder.appending(path: "../../..").standardizedFileURL

    /// The page's blocks of code of a language.
    private func blocks(_ language: String) throws -> [String] {
        let page = try String(contentsOf: Self.root.appending(path: "Docs/AddingAStage.md"), encoding: .utf8)
        return page.components(separatedBy: "```" + language + "\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    }

    @Test func thePageShowsTheCodeThatIsTestedHere() throws {
        let shown = try blocks("swift")
        try #require(shown.count == 3)
        let stage = try String(contentsOf: Self.folder.appending(path: "MeasureSignal.swift"), encoding: .utf8)
        #expect("public import Carpus\n" + shown[0] + "\n" == stage, "the page's file and the one that is compiled here differ")
        let tests = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let unindented = tests.map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }.joined(separator: "\n")
        #expect(unindented.contains(shown[2]), "the page's test and the one that is compiled here differ")
    }

    @Test func theLineFitsTheCatalogue() throws {
        let line = try blocks("swift")[1].trimmingCharacters(in: .whitespaces)
        let catalogue = try String(contentsOf: Self.root.appending(path: "Sources/Carpus/StageCatalog.swift"), encoding: .utf8)
        #expect(catalogue.contains(line.replacing("MeasureSignal", with: "MeasureVolumes")))
        #expect(!catalogue.contains(line))
    }

    @Test func theMeanOfEachLabel() throws {
        let grid = try Grid(size: Index3(4, 4, 2), spacing: Vector3(1, 1, 3), origin: .zero, direction: .identity)
        let image = Volume(grid: grid, scalars: (0..<32).map(Float.init))
        let labels = LabelMap(grid: grid, labels: (0..<32).map { $0 < 20 ? 1 : 2 }, legend: Legend([
            Label(value: 1, name: "lunate", color: [255, 0, 0]), Label(value: 2, name: "scaphoid", color: [0, 255, 0]),
        ]))
        var parameters = MeasureSignal.Parameters()
        parameters.leastVoxels = 15
        let rows = try MeasureSignal.run(.init(image: image, labels: labels), parameters).means.rows
        #expect(rows[0].value == 9.5)
        #expect(rows[1].status == .notScorable && rows[1].reason == "it has 12 voxels")
    }

    @Test func theProtocolRuns() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: place) }
        let grid = try Grid(size: Index3(24, 24, 4), spacing: Vector3(0.5, 0.5, 3), origin: .zero, direction: .identity)
        let image = Volume(grid: grid, scalars: (0..<grid.count).map { Float($0 % 24 + $0 / 24 % 24) })
        let series = SubjectInput.Series(kind: Volume<Float>.kind, digest: "made here", origin: "made here") { try image.rest(at: $0.appending(path: "series")) }
        let subject = SubjectInput(id: "01", visits: [.init(id: "01", series: ["t1": series], missing: [:])])
        // The catalogue with the page's line in it; marrow is left out, for there is none in this image.
        let yaml = try blocks("yaml")[0].replacing("\n  marrow: {use: segment.marrow, from: {image: t1}}", with: "").replacing(", labels: marrow.labels", with: "")
        let plan = try Plan(AnalysisProtocol(yaml: yaml), stages: StageCatalog.stages + [AnyStage(MeasureSignal.self)], seriesKinds: StageCatalog.seriesKinds)
        let results = await Runner(store: try Store(at: place), engine: "test", threads: 1).run(plan, subject: subject)
        let stem = try #require(results.first { $0.step == "signal" }?.outputs["means"])
        #expect(try Measurements(restingAt: stem).rows.map(\.value) == [23])
        _ = try Plan(AnalysisProtocol(yaml: try blocks("yaml")[0]), stages: StageCatalog.stages + [AnyStage(MeasureSignal.self)], seriesKinds: StageCatalog.seriesKinds)
    }
}
