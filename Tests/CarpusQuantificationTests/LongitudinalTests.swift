import CarpusCore
import CarpusIO
import CarpusQuantification
import CarpusTestSupport
import Foundation
import Testing

/// Against an expert's mask of changed lesions, with the reference registration of the data set.
@Suite(.enabled(if: TestData.available)) struct LongitudinalTests {
    @Test func theReferenceTransformAlignsTheVisits() throws {
        let pair = try LongitudinalPair()
        #expect(pair.correlation(pair.followupFromBaseline) > 0.98)
        #expect(pair.correlation(.identity) < 0.9)
        // The other reading of the files would move the visits apart.
        #expect(pair.correlation(pair.followupFromBaseline.inverse!) < pair.correlation(.identity))
    }

    /// Measured with the defaults: |z| 0.911, z 0.875, difference 0.914. Without the share that interpolation between slices leaves
    /// |z| is 0.930, and a wrist that lay otherwise shows four times as much change that is none.
    @Test func theMapRanksTheExpertsChangeAboveTheRest() throws {
        let pair = try LongitudinalPair()
        let result = try ProgressionMap.compute(
            baseline: pair.baseline, followup: pair.followup, followupFromBaseline: .affine(pair.followupFromBaseline), method: "test/1")
        let truth = try pair.change(on: result), head = result.assessed.labels
        #expect(Statistics.auc(result.z.scalars.map(abs), truth: truth, inside: head) > 0.9)
        #expect(Statistics.auc(result.z.scalars, truth: truth, inside: head) > 0.86)
        // The expert marked new and grown lesions, which are bright: the map says increase there, and finds most of it.
        let labels = result.significant.labels, expert = truth.indices.filter { truth[$0] != 0 }
        #expect(Double(expert.filter { labels[$0] == 2 }.count) > 0.6 * Double(expert.count))
        #expect(Double(expert.filter { labels[$0] == 1 }.count) < 0.01 * Double(expert.count))
        #expect(result.findings.map(\.code) == ["progression.spacing", "progression.slices"])
    }
}
