import CarpusCore
@testable import CarpusSegmentation
import CarpusTestSupport
import Testing

@Suite("Generic helpers") struct HelperTests {
    @Test func otsuPartsTwoClasses() throws {
        let values = [Float](repeating: 10, count: 700) + [Float](repeating: 50, count: 300)
        let threshold = try #require(Otsu.threshold(values))
        #expect(abs(threshold - 30) < 0.2)
        #expect(Otsu.threshold([]) == nil)
        #expect(Otsu.threshold([7, 7]) == 7)
    }

    @Test func twoBasinsMeetAtTheRidge() {
        let height: [Float] = [0, 1, 2, 5, 2, 1, 0]
        let row = Watershed.flood(height, from: [1, 0, 0, 0, 0, 0, 2], inside: [Bool](repeating: true, count: 7), width: 7, step: 1)
        #expect(Array(row[0..<3]) == [1, 1, 1])
        #expect(Array(row[4...]) == [2, 2, 2])
    }

    @Test func peaksStandOut() {
        let markers = Watershed.peaks(of: [0, 3, 2.8, 2.9, 1, 2, 0, 0.5], width: 8, prominence: 0.5, above: 0.8)
        #expect(markers == [0, 1, 0, 0, 0, 2, 0, 0])
    }

    @Test func componentsJoinAtCorners() {
        let inside: Set<Int> = [0, 13, 26]   // along the diagonal of 3 x 3 x 3
        let parts = Components(size: [3, 3, 3]) { inside.contains($0) }
        #expect(parts.sizes == [3])
        #expect(Components(size: [5, 1, 1]) { $0 != 2 }.sizes == [2, 2])
    }

    @Test func aDiscIsSolidAndAnLIsNot() {
        let square = Patch((0..<100).map { $0 % 10 + $0 / 10 * 20 }, planeWidth: 20, margin: 2)
        #expect(square.solidity == 1)
        let l = Patch((0..<10).map { $0 * 20 } + (1..<10).map { $0 }, planeWidth: 20, margin: 2)
        #expect(l.solidity < 0.4)
    }
}

@Suite("segment.threshold") struct ThresholdTests {
    private func image(_ size: Index3, lesion: Bool, seed: UInt64 = 1) throws -> Volume<Float> {
        var dice = Dice(seed: seed)
        var image = Volume<Float>(grid: try Grid(size: size, spacing: [0.5, 0.5, 2]), repeating: 0)
        for i in image.scalars.indices { image.scalars[i] = dice.normal() }
        if lesion { for z in 2..<5 { for y in 10..<16 { for x in 10..<16 { image[x, y, z] += 30 } } } }
        return image
    }

    @Test func findsALesionAndNothingElse() throws {
        let result = try ThresholdSegmentation.segment(image([40, 40, 8], lesion: true))
        #expect(result.labels.counts == [1: 108])
        #expect(result.labels.legend["lesion"]?.value == 1)
    }

    @Test(arguments: 1...5) func noiseHasNoLesion(seed: UInt64) throws {
        let result = try ThresholdSegmentation.segment(image([40, 40, 8], lesion: false, seed: seed))
        #expect(result.labels.counts.isEmpty)
        #expect(result.findings.map(\.code) == ["segment.threshold.noise-limit", "segment.threshold.nothing-found"])
    }

    /// Otsu's method parts the noise here, because the lesion is so small a share of the image; it is found all the same.
    @Test func findsALesionThatOtsuMisses() throws {
        var image = try image([40, 40, 8], lesion: false)
        for z in 2..<5 { for y in 10..<16 { for x in 10..<16 { image[x, y, z] += 9 } } }
        let result = try ThresholdSegmentation.segment(image)
        #expect(result.labels.counts[1] == 108)
        #expect(result.findings.map(\.code) == ["segment.threshold.noise-limit"])
    }

    @Test func smallPiecesAndNaNAreLeftOut() throws {
        var image = try image([40, 40, 8], lesion: true)
        image[30, 30, 4] = 40
        image[12, 12, 3] = .nan
        var parameters = ThresholdSegmentation.Parameters()
        parameters.threshold = 15
        #expect(try ThresholdSegmentation.segment(image, parameters: parameters).labels.counts == [1: 107])
        parameters.minimumVolume = 0.5
        #expect(try ThresholdSegmentation.segment(image, parameters: parameters).labels.counts == [1: 108])
    }

    @Test func refusesAForeignMask() throws {
        let image = try image([40, 40, 8], lesion: true)
        let other = LabelMap(grid: try Grid(size: [40, 40, 8], spacing: [1, 1, 2]), labels: [UInt16](repeating: 1, count: 12800), legend: Legend([]))
        #expect(throws: SegmentationError.self) { try ThresholdSegmentation.segment(image, inside: other) }
        #expect(throws: SegmentationError.self) { try MarrowSegmentation.segment(image, inside: other) }
        let empty = LabelMap(grid: image.grid, labels: [UInt16](repeating: 0, count: 12800), legend: Legend([]))
        #expect(throws: SegmentationError.self) { try ThresholdSegmentation.segment(image, inside: empty) }
    }
}
