import Testing

@testable import CarpusReport

@Suite struct InputFigureTests {
    @Test func theInputIsDrawnWithItsPeakAndWhereItComesFrom() throws {
        let times = (0..<20).map { Double($0) * 5 }, plasma = times.map { $0 == 40 ? 8.25 : $0 > 40 ? 1 : 0 }
        let figure = try InputFigure.draw(times: times, plasma: plasma, isSampled: true, origin: "measured in 4 voxels found by themselves")
        #expect(figure.caption.contains("It is measured in 4 voxels") && figure.caption.contains("peaks at 8.25 mM after 40.0 s and ends at 1.00 mM") && figure.altText.hasPrefix("Arterial input:"))
        #expect(try figure == InputFigure.draw(times: times, plasma: plasma, isSampled: true, origin: "measured in 4 voxels found by themselves"))
        #expect(try InputFigure.draw(times: [], plasma: [], isSampled: false, origin: "").caption == "There is no input.")
    }
}
