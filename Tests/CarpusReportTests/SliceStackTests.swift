import CarpusCore
import Foundation
import Testing

@testable import CarpusReport

@Suite struct SliceStackTests {
    @Test func exactPicturesAreExactAndPhotographsNearlySo() throws {
        func packed(_ red: Int, _ green: Int, _ blue: Int) -> UInt32 { 0xFF00_0000 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }
        let pixels: [UInt32] = (0..<64 * 48).map { i in packed(i * 37 % 256, i % 256, i / 64) }
        #expect(try DecodedWebP(WebP.data(pixels, width: 64, height: 48, .exact)).pixels == pixels)
        let grey: [UInt32] = (0..<64 * 48).map { i in
            let shade = 2 * (i % 64) + i / 64
            return packed(shade, shade, shade)
        }
        let seen = try DecodedWebP(WebP.data(grey, width: 64, height: 48, .photograph(quality: 80)))
        #expect(zip(seen.pixels, grey).allSatisfy { abs(Int($0 & 255) - Int($1 & 255)) <= 6 })
        #expect(throws: ReportError.self) { try WebP.data([UInt32](repeating: 0, count: 20000), width: 20000, height: 1, .exact) }
    }

    /// Where the bright corner lies in the first slice, as shares of width and height, whatever the order and direction of the axes.
    @Test(arguments: [("LPS", "LA", 0.8, 0.2), ("RAI", "LA", 0.8, 0.2), ("PLS", "RP", 0.2, 0.8), ("LSP", "LS", 0.8, 0.2), ("IRA", "RS", 0.2, 0.2), ("PSL", "AS", 0.2, 0.2), ("IAL", "PS", 0.8, 0.2)])
    func slicesHangInRadiologicalConvention(letters: String, corner: String, fx: Double, fy: Double) throws {
        let stack = try BrowseStack.make(bright(try grid(letters), towards: corner)), sheet = try DecodedWebP(stack.layers[0].sheet)
        #expect(sheet.width == stack.perRow * stack.width && stack.count == 3)
        for (x, y) in [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)] {
            let red = sheet.red(Int(x * Double(stack.width)), Int(y * Double(stack.height)))
            #expect((x == fx && y == fy) ? red > 240 : red < 15, "\(letters) at \(x), \(y)")
        }
    }

    @Test func labelsBeyondWhatASheetTellsApartAreOne() throws {
        let g = try Grid(size: Index3(20, 20, 2), spacing: Vector3(1, 1, 4)), labels = (0..<g.count).map { UInt16(min($0, 300)) }
        let stack = try BrowseStack.make(Volume(grid: g, repeating: 1), anatomy: LabelMap(grid: g, labels: labels, legend: Legend([]))), layer = stack.layers[1]
        #expect(layer.legend.count == 255 && layer.legend[253].name == "label 254" && layer.legend[254].name == "46 other labels")
        let sheet = try DecodedWebP(layer.sheet)
        #expect(sheet.red(254 % 20, 254 / 20) == 254 && sheet.red(270 % 20, 270 / 20) == 255 && sheet.red(0, 0) == 0)
    }

    @Test func slicesStandInStoredOrderAtTheirPlacesInThePatient() throws {
        let g = try Grid(size: Index3(20, 20, 5), spacing: Vector3(1, 1, 4), origin: Vector3(10, 20, 30))
        let volume = Volume<Float>(grid: g, scalars: (0..<g.count).map { Float(g.index(at: $0).z) * 100 })
        let stack = try BrowseStack.make(volume), sheet = try DecodedWebP(stack.layers[0].sheet)
        #expect(stack.first == [19.5, 29.5, 30] && stack.step == [0, 0, 4] && stack.plane == "axial" && stack.pixelSize == 1)
        for slice in 0..<5 {
            let red = sheet.red(slice % stack.perRow * stack.width + 10, slice / stack.perRow * stack.height + 10)
            #expect(abs(red - slice * 255 / 4) <= 3, "slice \(slice)")
        }
        let layer = stack.layers[0]
        #expect(layer.low == 0 && layer.high == 400, "8 bits span the image's own values")
    }

    @Test func noDataIsTransparentAndLargeSlicesAreAveraged() throws {
        let g = try grid("LPS", size: Index3(200, 100, 2), spacing: Vector3(0.5, 0.5, 4))
        var volume = Volume<Float>(grid: g, scalars: (0..<g.count).map { $0 % 2 == 0 ? 0 : 100 })
        for o in 0..<g.count where g.index(at: o).x < 50 { volume.scalars[o] = .nan }
        var p = SliceStack.Parameters()
        p.pixels = 50
        let stack = try BrowseStack.make(volume, parameters: p), sheet = try DecodedWebP(stack.layers[0].sheet)
        #expect(stack.width == 50 && stack.height == 25 && stack.pixelSize == 2)
        #expect(sheet[5, 10] >> 24 == 0 && sheet[40, 10] >> 24 == 255)
        #expect(abs(sheet.red(40, 10) - 127) <= 12, "the mean of black and white")
        p.pixels = 5
        #expect(throws: ReportError.self) { try BrowseStack.make(volume, parameters: p) }
    }

    @Test func labelsAreExactOnAnyGridAndTheFullestSliceComesFirst() throws {
        let g = try grid("LPS", size: Index3(20, 24, 6))
        var map = LabelMap(grid: g, labels: [UInt16](repeating: 0, count: g.count), legend: Legend([Label(value: 7, name: "hamate", color: [9, 8, 7]), Label(value: 300, name: "lunate", color: [1, 2, 3])]))
        for x in 4..<8 { for y in 4..<8 { map.labels[g.offset(x, y, 4)] = 300 } }
        map.labels[g.offset(15, 20, 1)] = 7
        let stack = try BrowseStack.make(Volume(grid: g, repeating: 1), anatomy: map), layer = stack.layers[1], sheet = try DecodedWebP(layer.sheet)
        #expect(stack.start == 4 && layer.legend == [.init(value: 1, colour: [9, 8, 7], name: "hamate"), .init(value: 2, colour: [1, 2, 3], name: "lunate")])
        func value(_ x: Int, _ y: Int, _ slice: Int) -> Int { sheet.red(slice % stack.perRow * stack.width + x, slice / stack.perRow * stack.height + y) }
        #expect(value(5, 5, 4) == 2 && value(15, 20, 1) == 1 && value(5, 5, 1) == 0)
        #expect((0..<sheet.pixels.count).count { sheet.pixels[$0] >> 16 & 255 == 2 } == 16)
        let fine = LabelMap(grid: try grid("LPS", size: Index3(40, 48, 12), spacing: Vector3(0.5, 0.5, 2)), labels: [UInt16](repeating: 1, count: 40 * 48 * 12), legend: Legend([Label(value: 1, name: "all", color: [1, 1, 1])]))
        #expect(try BrowseStack.make(Volume(grid: g, repeating: 1), lesions: fine).layers[1].legend.map(\.name) == ["all"])
    }

    @Test func flickerShowsTheMovingImageWhereItLayAndWhereItWasLaid() throws {
        let g = try grid("LPS"), fixed = bright(g, towards: "LA"), moved = try Grid(size: g.size, spacing: g.spacing, origin: Vector3(-14, 0, 0))
        let moving = Volume<Float>(grid: moved, scalars: fixed.scalars), stack = try FlickerStack.make(fixed: fixed, moving: moving, aligned: fixed)
        #expect(stack.kind == .flicker && stack.layers.map(\.name) == ["fixed", "moving, before", "moving, aligned"])
        let before = try DecodedWebP(stack.layers[1].sheet), after = try DecodedWebP(stack.layers[2].sheet)
        // The bright corner begins at 13 of 20 columns; 14 mm to the right of the patient it would lie at −1.
        #expect(after.red(16, 5) > 240 && before.red(3, 5) > 240 && before[16, 5] >> 24 == 0)
        #expect(throws: ReportError.self) { try FlickerStack.make(fixed: fixed, moving: moving, aligned: moving) }
    }

    @Test(arguments: [(nil, true), (ChangeFigure.Parameters.Meaning.worse, false), (.better, true)])
    func theMapOfChangeGetsOpaqueAwayFromZero(meaning: ChangeFigure.Parameters.Meaning?, lessIsRedder: Bool) throws {
        let g = try grid("LPS"), image = Volume<Float>(grid: g, repeating: 5)
        var z = Volume<Float>(grid: g, repeating: 0)
        for y in 0..<24 { (z[2, y, 0], z[6, y, 0], z[10, y, 0], z[14, y, 0]) = (-3, -9, 1, 9) }
        let none = LabelMap(grid: g, labels: [UInt16](repeating: 0, count: g.count), legend: Legend([]))
        var p = ChangeFigure.Parameters()
        p.increaseIs = meaning
        let stack = try WipeStack.make(baseline: image, followup: image, z: z, significant: none, scale: p), map = try DecodedWebP(stack.layers[2].sheet)
        func alpha(_ x: Int) -> Int { Int(map[x, 10] >> 24) }
        #expect(alpha(10) == 0 && alpha(2) > 60 && alpha(6) > alpha(2) && alpha(14) == alpha(6) && alpha(0) == 0)
        #expect((map.red(6, 10) > map.red(14, 10)) == lessIsRedder, "orange or vermilion against blue")
        #expect(stack.layers.map(\.name) == ["baseline", "follow-up", "change (z)", "significant"] && stack.section == .progression)
        #expect(stack.layers[2].legend.map(\.name).joined().contains("worse") == (meaning != nil))
    }

    @Test func equalImagesMakeEqualBytes() throws {
        let volume = bright(try grid("LPS"), towards: "LA")
        #expect(try BrowseStack.make(volume) == BrowseStack.make(volume))
    }
}
