import CarpusCore
import Foundation
import Testing

@testable import CarpusReport

@Suite struct MontageTests {
    /// Grid axes, the corner that is bright, and where it must appear as shares of width and height.
    @Test(arguments: [
        ("LPS", "LA", 0.8, 0.2), ("RPS", "LA", 0.8, 0.2), ("LAI", "RP", 0.2, 0.8), ("PLS", "LA", 0.8, 0.2), ("ARI", "RP", 0.2, 0.8),
        ("LSP", "LS", 0.8, 0.2), ("LIA", "LS", 0.8, 0.2), ("RSA", "RI", 0.2, 0.8), ("SLP", "LS", 0.8, 0.2), ("IRA", "RS", 0.2, 0.2),
        ("PSL", "AS", 0.2, 0.2), ("AIR", "PI", 0.8, 0.8), ("SPR", "AS", 0.2, 0.2), ("IAL", "PS", 0.8, 0.2),
    ])
    func brightCornerAppearsInRadiologicalConvention(letters: String, corner: String, fx: Double, fy: Double) throws {
        let figure = try Montage.draw(bright(try grid(letters), towards: corner))
        let picture = try DecodedPicture(figure.png), panel = try #require(figure.panels.first)
        for (x, y) in [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)] {
            #expect(picture.pixel(in: panel, x, y).red == (x == fx && y == fy ? 255 : 0), "\(letters) at \(x), \(y)")
        }
    }

    @Test func lettersNameTheEdges() throws {
        let axial = SliceView(of: try grid("LPS")), coronal = SliceView(of: try grid("LSP")), sagittal = SliceView(of: try grid("PSL"))
        #expect([axial.left, axial.right, axial.top, axial.bottom] == ["R", "L", "A", "P"])
        #expect([coronal.left, coronal.right, coronal.top, coronal.bottom] == ["R", "L", "S", "I"])
        #expect([sagittal.left, sagittal.right, sagittal.top, sagittal.bottom] == ["A", "P", "S", "I"])
        #expect([axial.plane, coronal.plane, sagittal.plane] == [.axial, .coronal, .sagittal])
    }

    @Test func pictureIsPNGOfTheToldSizeAndDeterministic() throws {
        let volume = bright(try grid("LPS"), towards: "LA")
        let a = try Montage.draw(volume), b = try Montage.draw(volume)
        #expect(Array(a.png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(a == b)
        let size = Figure.size(ofPNG: a.png)
        #expect(size.width == a.width && size.height == a.height)
    }

    @Test func anisotropicVoxelsKeepTheirShape() throws {
        let volume = Volume<Float>(grid: try grid("LPS", size: Index3(40, 20, 2), spacing: Vector3(0.5, 2, 5)), repeating: 1)
        let panel = try #require(try Montage.draw(volume).panels.first)
        // 20 mm wide, 40 mm high.
        #expect(panel.height == 280 && panel.width == 140)
    }

    @Test func noDataIsNeitherBlackNorGrey() throws {
        var volume = bright(try grid("LPS"), towards: "LA")
        for o in 0..<volume.grid.count where volume.grid.index(at: o).x < 10 { volume.scalars[o] = .nan }
        let figure = try Montage.draw(volume), c = try DecodedPicture(figure.png).pixel(in: figure.panels[0], 0.2, 0.5)
        #expect(c.blue > c.red && c.red > 20)
        #expect(figure.caption.contains("Hatched"))
    }

    @Test func labelsAreOutlinedNotFilledAndOnlyTheirSlicesShown() throws {
        let g = try grid("LPS", size: Index3(20, 20, 5))
        var labels = LabelMap(grid: g, labels: [UInt16](repeating: 0, count: g.count), legend: Legend([Label(value: 3, name: "lunate", color: [255, 0, 0])]))
        for y in 5..<15 { for x in 5..<15 { labels.labels[g.offset(x, y, 3)] = 3 } }
        let figure = try Montage.draw(Volume(grid: g, repeating: 0), labels: labels)
        #expect(figure.panels.map(\.slice) == [4])
        let picture = try DecodedPicture(figure.png), panel = figure.panels[0]
        #expect(picture.pixel(in: panel, 0.5, 0.5).red == 0)
        let edge = (-2...2).map { picture[panel.x + panel.width / 4 + $0, panel.y + panel.height / 2].red }.max() ?? 0
        #expect(edge > 180)
        #expect(figure.altText.contains("lunate 0.400 mL"))
    }

    @Test func unusualInputsStillDraw() throws {
        let single = Volume<Float>(grid: try grid("LPS", size: Index3(1, 1, 1)), repeating: 5)
        #expect(try Montage.draw(single).panels.count == 1)
        #expect(try Montage.draw(Volume(grid: single.grid, repeating: .nan)).panels.count == 1)
        let many = LabelMap(grid: try grid("LPS", size: Index3(20, 20, 1)), labels: (0..<400).map { UInt16($0) }, legend: .components("component-with-a-long-name", count: 300))
        #expect(try Montage.draw(Volume(grid: many.grid, repeating: 1), labels: many).altText.contains("and 387 more"))
        var wrong = Montage.Parameters()
        wrong.slices = 0
        #expect(throws: ReportError.self) { try Montage.draw(single, parameters: wrong) }
    }

    @Test(arguments: [(0.0, "0"), (1234.5, "1230"), (9.996, "10.0"), (0.012345, "0.0123"), (-1.5, "−1.50"), (1e-7, "1.00e-07"), (123456, "123000")])
    func numbersHaveThreeDigits(value: Double, text: String) { #expect(Numbers.short(value) == text) }
}
