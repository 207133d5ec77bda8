import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@testable import CarpusPerfusion

@Suite("Doubts about measured inputs")
struct MeasuredInputTests {
    private func codes(_ input: ArterialInputFunction) -> [String] { MeasuredInput.doubts(input, count: 20).map(\.code) }

    @Test("populations' inputs are sharp at any sampling and dose; mixed with a tissue's curve, or dispersed on the way, they are not", arguments: [1, 2.5, 5, 10], [0, 0.3, 0.6, 0.9])
    func dispersed(step: Double, phase: Double) throws {
        let times = (0..<Int(360 / step)).map { Double($0) * step }
        for kind in [PopulationInput.parker, .georgiou] {
            let whole = try kind.function(arrival: 40 + phase * step, haematocrit: 0.42, until: 370)
            for dose in [0.5, 1, 2] {
                #expect(codes(try ArterialInputFunction(times: times, plasma: times.map { dose * whole.value(at: $0) })).filter { $0 == "perfusion.input-dispersed" }.isEmpty, "\(kind), dose \(dose)")
            }
        }
        let parker = try PopulationInput.parker.function(arrival: 40 + phase * step, haematocrit: 0.42, until: 370)
        // A mean passage of 15 s; and half a kidney's, which keeps what it takes up.
        let passed = try ArterialInputFunction(times: times, plasma: parker.convolved(rate: 1 / 15, at: times).map { $0 / 15 })
        let kept = parker.convolved(rate: 1 / 300, at: times).map { $0 / 60 }
        let mixed = try ArterialInputFunction(times: times, plasma: zip(times, kept).map { 0.5 * parker.value(at: $0) + 0.5 * $1 })
        #expect(!Set(codes(mixed)).isDisjoint(with: ["perfusion.input-dispersed", "perfusion.input-without-peak"]), "\(codes(mixed))")
        // Frames 10 s apart may cut a sharp peak as low as that.
        if step <= 5 { #expect(codes(passed).contains("perfusion.input-dispersed"), "\(codes(passed))") }
    }
}

@Suite("The automatic input of a real series", .enabled(if: TestData.available, "needs the reference data"))
struct RealInputTests {
    @Test("of the abdomen it is the aorta's, as sharp as a bolus, and not doubted")
    func abdomen() throws {
        let folder = TestData.url("dce_abdomen_madym/derived"), told = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "dce_4d.json"))) as? [String: Any]
        let times = try #require(told?["times_s_from_first"] as? [Double])
        guard case .series(let read) = try NIfTI.read(folder.appending(path: "dce_4d.nii.gz")).content else { Issue.record("no series"); return }
        let series = TimeSeries(grid: read.grid, times: times, scalars: read.scalars), tumour = try NIfTI.readLabels(folder.appending(path: "tumour_roi.nii.gz"))
        var p = KineticAnalysis.Parameters()
        (p.repetitionTime, p.flipAngle, p.tissueT1, p.relaxivity, p.input) = (0.004, 20, 0.925, 3.4, .automatic)
        let found = try KineticAnalysis.compute(series, region: tumour, parameters: p, method: "t")
        let atFrames = times.map(found.input.value(at:)), ratio = (atFrames.max() ?? 0) / (atFrames.suffix(15).reduce(0, +) / 15)
        // The aorta runs through all slices near here; the kidneys lie beyond column 60 and below 40.
        let voxels = try #require(found.inputRecord.voxels)
        #expect(voxels.count >= 3 && voxels.allSatisfy { (46...56).contains($0[0]) && (29...37).contains($0[1]) }, "\(voxels)")
        #expect(ratio >= 8 && !found.findings.contains { $0.code.hasPrefix("perfusion.input") }, "\(ratio), \(found.findings.map(\.code))")
    }
}
