import CarpusCore
import Testing

@testable import CarpusReport

@Suite struct ChangeFigureTests {
    let legend = Legend([Label(value: 1, name: "decrease", color: Palette.decrease), Label(value: 2, name: "increase", color: Palette.increase)])

    /// More change in the slices named, by how many rows of voxels.
    private func change(_ rows: [Int: Int]) throws -> (Volume<Float>, Volume<Float>, LabelMap) {
        let g = try grid("LPS", size: Index3(20, 20, 8))
        var z = Volume<Float>(grid: g, repeating: 0), labels = LabelMap(grid: g, labels: [UInt16](repeating: 0, count: g.count), legend: legend)
        for (slice, n) in rows {
            for y in 0..<n {
                for x in 0..<20 {
                    z[x, y, slice] = x < 10 ? -8 : 8
                    labels.labels[g.offset(x, y, slice)] = x < 10 ? 1 : 2
                }
            }
        }
        return (Volume(grid: g, repeating: 1), z, labels)
    }

    @Test func slicesWithMostChangeStandInOrder() throws {
        let (image, z, labels) = try change([1: 2, 3: 10, 5: 4, 6: 8])
        var p = ChangeFigure.Parameters()
        p.slices = 3
        let figure = try ChangeFigure.draw(baseline: image, followup: image, z: z, significant: labels, parameters: p)
        #expect(figure.panels.map(\.slice) == [4, 4, 4, 6, 6, 6, 7, 7, 7])
        #expect(figure.altText.contains("increased in 0.960 mL and decreased in 0.960 mL") && figure.altText.contains("−8.00 to +8.00"))
    }

    @Test func lessIsOrangeMoreIsBlue() throws {
        let (image, z, labels) = try change([3: 20])
        let figure = try ChangeFigure.draw(baseline: image, followup: image, z: z, significant: labels)
        let picture = try DecodedPicture(figure.png), less = picture.pixel(in: figure.panels[2], 0.25, 0.5), more = picture.pixel(in: figure.panels[2], 0.75, 0.5)
        #expect(less.red > less.blue && more.blue > more.red)
    }

    @Test func nothingChangedIsSaid() throws {
        let (image, z, labels) = try change([:])
        let figure = try ChangeFigure.draw(baseline: image, followup: image, z: z, significant: labels)
        #expect(figure.caption.hasPrefix("No change beyond the threshold.") && figure.altText.contains("no change beyond the threshold"))
        #expect(figure == (try ChangeFigure.draw(baseline: image, followup: image, z: z, significant: labels)))
    }

    @Test func imagesOfDifferentGridsAreRefused() throws {
        let (image, z, labels) = try change([:])
        let other = Volume<Float>(grid: try grid("LPS"), repeating: 0)
        #expect(throws: ReportError.self) { try ChangeFigure.draw(baseline: image, followup: other, z: z, significant: labels) }
    }
}
