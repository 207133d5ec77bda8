import CarpusCore
import Foundation
import Testing

@testable import CarpusReport

@Suite struct PerfusionFigureTests {
    private let legend = Legend([Label(value: 1, name: "persistent", color: [0, 114, 178]), Label(value: 3, name: "washout", color: [213, 94, 0])])

    /// Left half persistent with little enhancement, right half washout with much, in slice 3 of 5; the rest does not enhance.
    private func maps() throws -> (Volume<Float>, LabelMap, Volume<Float>) {
        let g = try grid("LPS", size: Index3(20, 20, 5))
        var classes = LabelMap(grid: g, labels: [UInt16](repeating: 0, count: g.count), legend: legend), me = Volume<Float>(grid: g, repeating: 0)
        for y in 5..<20 { for x in 0..<20 {
            classes.labels[g.offset(x, y, 2)] = x < 10 ? 1 : 3
            me[x, y, 2] = x < 10 ? 0.3 : 1.5
        } }
        return (Volume(grid: g, repeating: 50), classes, me)
    }

    @Test func onlyWhatEnhancesIsColouredByItsClassAndItsValue() throws {
        let (anatomy, classes, me) = try maps(), figure = try PerfusionFigure.draw(anatomy: anatomy, classes: classes, maps: [.init("ME", unit: "1", me)])
        #expect(figure.panels.map(\.slice) == [3, 3])
        let picture = try DecodedPicture(figure.png), blue = picture.pixel(in: figure.panels[0], 0.25, 0.6), red = picture.pixel(in: figure.panels[0], 0.75, 0.6)
        #expect(blue.blue > blue.red + 60 && red.red > red.blue + 60)
        let little = picture.pixel(in: figure.panels[1], 0.25, 0.6), much = picture.pixel(in: figure.panels[1], 0.75, 0.6), none = picture.pixel(in: figure.panels[1], 0.5, 0.1)
        #expect(much.green > little.green + 60 && none.red == none.green && none.green == none.blue)
        #expect(figure.altText.contains("persistent 150, washout 150") && figure.altText.contains("ME 150 %"))
        #expect(try figure == PerfusionFigure.draw(anatomy: anatomy, classes: classes, maps: [.init("ME", unit: "1", me)]))
    }

    @Test func colourStaysWithinTheRegion() throws {
        let (anatomy, classes, me) = try maps()
        let region = LabelMap(grid: classes.grid, labels: classes.labels.map { $0 == 1 ? 1 : 0 }, legend: Legend([Label(value: 1, name: "body", color: [1, 2, 3])]))
        let figure = try PerfusionFigure.draw(anatomy: anatomy, classes: classes, maps: [.init("ME", unit: "1", me)], region: region), picture = try DecodedPicture(figure.png)
        let out = picture.pixel(in: figure.panels[0], 0.75, 0.6)
        #expect(out.red == out.blue && figure.altText.contains("washout 0"))
    }

    @Test func nothingThatEnhancesAndOddInputsStillDraw() throws {
        var (anatomy, classes, me) = try maps()
        for i in classes.labels.indices { classes.labels[i] = 0 }
        for i in me.scalars.indices { me.scalars[i] = .nan }
        let figure = try PerfusionFigure.draw(anatomy: anatomy, classes: classes, maps: [.init("T_onset", unit: "s", me, fromZero: false)])
        #expect(figure.caption.hasPrefix("Nothing enhances.") && figure.panels.count == 8)
        let other = Volume<Float>(grid: try grid("LPS"), repeating: 0)
        #expect(throws: ReportError.self) { try PerfusionFigure.draw(anatomy: anatomy, classes: classes, maps: [.init("ME", unit: "1", other)]) }
    }

    @Test func lightnessRisesAlongTheScale() {
        let scale = SequentialScale([0, 1], fromZero: true)
        func lightness(_ c: Colour) -> Double { 0.2126 * pow(c.red, 2.2) + 0.7152 * pow(c.green, 2.2) + 0.0722 * pow(c.blue, 2.2) }
        let steps = (0...50).map { lightness(scale.colour(Double($0) / 50)) }
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 } && scale.low == 0 && scale.high == 1)
        #expect(scale.colour(-5) == scale.colour(0) && scale.colour(9) == scale.colour(1))
    }

    @Test(arguments: [(0.0...97, 4, [0, 20, 40, 60, 80]), (-0.3...0.25, 4, [-0.3, -0.2, -0.1, 0, 0.1, 0.2]), (0...0.0031, 3, [0, 0.001, 0.002, 0.003])] as [(ClosedRange<Double>, Int, [Double])])
    func ticksAreRound(range: ClosedRange<Double>, count: Int, ticks: [Double]) {
        let found = Ticks.within(range, count: count), wide = Ticks.widened(range, count: count)
        #expect(found.count == ticks.count && zip(found, ticks).allSatisfy { abs($0 - $1) < 1e-9 }, "\(found)")
        #expect(wide.lowerBound <= range.lowerBound && wide.upperBound >= range.upperBound)
    }
}

@Suite struct PlotTests {
    @Test func curvesShareTheirAxesAndTheSpreadIsShown() throws {
        let times = (0..<20).map { Double($0) * 6 }, flat = times.map { _ in 0.0 }
        func curve(_ name: String, _ voxels: Int, _ height: Double) -> CurveFigure.Curve {
            let median = times.map { $0 < 30 ? 0 : height }
            return .init(name, voxels: voxels, colour: [0, 158, 115], times: times, median: median, lower: median.map { 0.8 * $0 }, upper: median.map { 1.2 * $0 })
        }
        let figure = try CurveFigure.draw([curve("radiocarpal", 40, 1.5), curve("extensor-6", 900, 0.5)])
        #expect(figure.altText.contains("radiocarpal (40 voxels) peaks at 150 % after 30.0 s") && figure.altText.contains("extensor-6 (900 voxels)"))
        // Both plots run to 200 %: the tops of the higher band and of the lower one lie at 1.8 / 2 and 0.6 / 2 of the same height.
        let picture = try DecodedPicture(figure.png)
        func top(_ column: Int) -> Int? { (100..<256).first { let p = picture[column, $0]; return p.green > p.red + 25 } }
        let high = try #require(top(16 + 50 + 200)), low = try #require(top(16 + 350 + 50 + 200)), height = 250.0 - 84
        #expect(abs(Double(low - high) / height - 0.6) < 0.03)
        var p = CurveFigure.Parameters()
        p.regions = 1
        #expect(try CurveFigure.draw([curve("radiocarpal", 40, 1.5), curve("extensor-6", 900, 0.5)], parameters: p).caption.contains("1 largest of 2"))
        #expect(try CurveFigure.draw([]).caption.contains("No region"))
        _ = try CurveFigure.draw([.init("gap", voxels: 1, colour: [], times: times, median: flat.map { _ in .nan }, lower: flat, upper: flat)])
    }

    @Test func rejectedFramesAreMarkedAndNamed() throws {
        var frames = (0..<10).map { (i: Int) in MotionFigure.Frame(time: Double(i) * 5, displacement: 0.1 * Double(i), standardError: 0.02, isRejected: i == 6 || i == 8) }
        (frames[6].displacement, frames[8].standardError) = (4, .infinity)
        let figure = try MotionFigure.draw(frames, reference: 0, limit: 3)
        #expect(figure.caption.contains("Left out: 6, 8") && figure.altText.contains("at most 4.00 mm in frame 6") && figure.altText.contains("6, 8 left out"))
        let picture = try DecodedPicture(figure.png)
        // The cross of frame 6 is orange and stands above the blue disc of frame 5.
        func orange(_ column: Int) -> Int? { (60..<252).first { let p = picture[column, $0]; return p.red > 180 && p.blue < 80 && p.green > 100 } }
        let x = 66 + Int(810.0 * 6.5 / 10)
        #expect(try #require(orange(x)) < 110)
        #expect(try MotionFigure.draw(frames.map { var f = $0; f.isRejected = false; return f }, reference: 0, limit: 10).caption.contains("None was left out"))
        _ = try MotionFigure.draw([], reference: 0, limit: 10)
    }
}
