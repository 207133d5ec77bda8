import CarpusCore
import CarpusIO
import CarpusQuantification
import CarpusTestSupport
import Foundation

/// A patient with multiple sclerosis seen twice, with the expert's mask of changed lesions (Lesjak et al. 2016).
struct LongitudinalPair {
    let baseline, followup: Volume<Float>
    /// Where, in a visit's world, a point of the common space lies.
    let baselineFromCommon, followupFromCommon: Affine
    /// The expert's change, in the common space.
    let change: LabelMap

    init() throws {
        let folder = "longitudinal_ms/raw/patient01/"
        baseline = try NIfTI.readVolume(TestData.folder.appending(path: folder + "study1_FLAIR.nii.gz"))
        followup = try NIfTI.readVolume(TestData.folder.appending(path: folder + "study2_FLAIR.nii.gz"))
        change = try NIfTI.readLabels(TestData.folder.appending(path: folder + "gt.nii.gz"))
        baselineFromCommon = try Self.affine(TestData.folder.appending(path: folder + "study1_FLAIR_to_common_space.txt"))
        followupFromCommon = try Self.affine(TestData.folder.appending(path: folder + "study2_FLAIR_to_common_space.txt"))
    }

    /// The follow-up's world from the baseline's, by the reference registration.
    var followupFromBaseline: Affine { followupFromCommon * baselineFromCommon.inverse! }

    /// The affine map of an ITK text file: `M (p - c) + c + t`, parameters M by rows then t, fixed parameters c.
    static func affine(_ url: URL) throws -> Affine {
        let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
        func numbers(_ name: String) -> [Double] {
            lines.first { $0.hasPrefix(name + ":") }.map { $0.split(separator: " ").dropFirst().compactMap { Double($0) } } ?? []
        }
        let p = numbers("Parameters"), c = numbers("FixedParameters")
        let m = Matrix3(rows: Vector3(p[0], p[1], p[2]), Vector3(p[3], p[4], p[5]), Vector3(p[6], p[7], p[8]))
        let centre = Vector3(c[0], c[1], c[2])
        return Affine(linear: m, translation: centre + Vector3(p[9], p[10], p[11]) - m * centre)
    }

    /// Pearson's correlation of the visits, the follow-up brought to the baseline's grid.
    func correlation(_ followupFromBaseline: Affine) -> Double {
        let moved = followup.resampled(onto: baseline.grid, through: .affine(followupFromBaseline))
        return Statistics.correlation(baseline.scalars, moved.scalars)
    }

    /// The expert's mask on the grid of a map.
    func change(on result: ProgressionMap.Result) throws -> [UInt16] {
        let baselineFromHalfway = try result.halfwayFromBaseline.inverted()
        return change.resampled(onto: result.z.grid, through: .affine(baselineFromCommon.inverse!) * baselineFromHalfway).labels
    }
}

enum Statistics {
    /// The area under the ROC curve: the chance that a value from where `truth` is not 0 exceeds one from elsewhere, ties half.
    static func auc(_ values: [Float], truth: [UInt16], inside: [UInt16]) -> Double {
        let order = values.indices.filter { inside[$0] != 0 && !values[$0].isNaN }.sorted { values[$0] < values[$1] }
        var ranks = 0.0, positives = 0.0, i = 0
        while i < order.count {
            var j = i
            while j < order.count && values[order[j]] == values[order[i]] { j += 1 }
            for k in i..<j where truth[order[k]] != 0 { ranks += Double(i + j + 1) / 2; positives += 1 }
            i = j
        }
        return (ranks - positives * (positives + 1) / 2) / (positives * (Double(order.count) - positives))
    }

    static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let pairs = zip(a, b).filter { !$0.isNaN && !$1.isNaN }.map { (Double($0), Double($1)) }, n = Double(pairs.count)
        let mx = pairs.reduce(0) { $0 + $1.0 } / n, my = pairs.reduce(0) { $0 + $1.1 } / n
        var xx = 0.0, yy = 0.0, xy = 0.0
        for (x, y) in pairs { xx += (x - mx) * (x - mx); yy += (y - my) * (y - my); xy += (x - mx) * (y - my) }
        return xy / (xx * yy).squareRoot()
    }
}
