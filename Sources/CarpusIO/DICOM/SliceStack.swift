import CarpusCore
import Foundation

/// Slices that fill a box of space: sorted along their normal, evenly spaced, none missing, none twice.
struct SliceStack {
    let grid: Grid
    let findings: [Finding]

    /// The grid of one frame's slices, sorted by rising depth.
    ///
    /// - Throws: `IOError` when they fill no box, with the reason.
    init(_ slices: [DICOMFrame], at place: URL) throws {
        let first = slices[0]
        let (step, findings) = try slices.count == 1 ? Self.single(first, at: place) : Self.step(slices, at: place)
        self.findings = findings
        let linear = Matrix3(columns: first.alongRow * first.columnSpacing, first.alongColumn * first.rowSpacing, step)
        do {
            grid = try Grid(size: Index3(first.columns, first.rows, slices.count), worldFromVoxel: Affine(linear: linear, translation: first.position))
        } catch let error as GeometryError {
            throw IOError(.badGeometry, at: place, "the slices fill no box: \(error.message)")
        }
    }

    private static func single(_ slice: DICOMFrame, at place: URL) throws -> (Vector3, [Finding]) {
        guard let spacing = slice.namedSpacing ?? slice.thickness else {
            throw IOError(.badGeometry, at: place, "there is a single slice, and it does not tell its thickness; export all slices of the series")
        }
        let finding = Finding(.warning, "dicom.single-slice", "The image is a single slice; its thickness is what the header says.", evidence: ["thickness": "\(spacing) mm"])
        return (slice.normal * spacing, [finding])
    }

    private static func step(_ slices: [DICOMFrame], at place: URL) throws -> (Vector3, [Finding]) {
        let depths = slices.map(\.depth), gaps = zip(depths.dropFirst(), depths).map { $0 - $1 }
        let usual = gaps.sorted()[gaps.count / 2 - (gaps.count % 2 == 0 ? 1 : 0)]
        try checkEven(gaps, usual: usual, depths: depths, at: place)
        let n = Double(slices.count - 1), travel = slices[slices.count - 1].position - slices[0].position
        let step = travel / n, cosine = step.dot(slices[0].normal) / step.length
        // Rounding may take the cosine above 1.
        guard max(0, 1 - cosine * cosine).squareRoot() <= Grid.orthogonalityTolerance else {
            let angle = acos(min(1, cosine)) * 180 / .pi
            throw IOError(.badGeometry, at: place, "the stack leans by \(format(angle)) degrees against its slices (gantry tilt), so they fill no box; resample it before, or use an untilted acquisition")
        }
        for (i, slice) in slices.enumerated() {
            let off = (slice.position - slices[0].position - Double(i) * step).length
            guard off <= 0.02 * usual + 0.02 else {
                throw IOError(.badGeometry, at: place, "the slice at \(format(slice.depth)) mm lies \(format(off)) mm beside the line of the others")
            }
        }
        return (step, try spacingFindings(slices, usual: usual, at: place))
    }

    private static func checkEven(_ gaps: [Double], usual: Double, depths: [Double], at place: URL) throws {
        let tolerance = 0.01 * usual + 0.005
        guard let bad = gaps.indices.filter({ abs(gaps[$0] - usual) > tolerance }).max(by: { abs(gaps[$0] - usual) < abs(gaps[$1] - usual) }) else { return }
        let between = "between \(format(depths[bad])) and \(format(depths[bad + 1])) mm along the normal", ratio = gaps[bad] / usual
        if ratio > 1.5, abs(ratio - ratio.rounded()) < 0.02 {
            throw IOError(.badGeometry, at: place, "\(Int(ratio.rounded()) - 1) of the slices are missing \(between), where the others lie \(format(usual)) mm apart; export the whole series")
        }
        throw IOError(.badGeometry, at: place, "the slices are unevenly spaced: \(format(gaps[bad])) mm \(between), \(format(usual)) mm elsewhere; resample the series before, or export it again")
    }

    /// Holds the spacing from positions against what the headers say of it.
    private static func spacingFindings(_ slices: [DICOMFrame], usual: Double, at place: URL) throws -> [Finding] {
        let named = slices[0].namedSpacing
        if slices.count == 2, named.map({ abs($0 - usual) > 0.01 * usual + 0.005 }) ?? slices[0].thickness.map({ $0 > 1.01 * usual || $0 < 0.5 * usual }) ?? true {
            throw IOError(.badGeometry, at: place, "there are only two slices, \(format(usual)) mm apart, and no header confirms that none is missing between them; export the whole series")
        }
        guard let named else { return gapFindings(thickness: slices[0].thickness, usual: usual) }
        guard abs(named - usual) > 0.01 * usual + 0.005 else { return [] }
        let evidence = ["SpacingBetweenSlices": "\(named) mm", "positions": "\(format(usual)) mm"], ratio = usual / named, thickness = slices[0].thickness
        // Some exporters write the gap alone. One as wide as a slice may as well be a slice that is gone.
        if let thickness, named < 0.9 * thickness, abs(thickness + named - usual) <= 0.01 * usual + 0.005 {
            return [Finding(.note, "dicom.slice-spacing", "The headers name the gap between slices as their distance; positions are used.", evidence: evidence)]
        }
        if ratio > 1.5, abs(ratio - ratio.rounded()) < 0.02 * ratio, thickness.map({ named > 0.9 * $0 }) ?? true {
            return [Finding(.serious, "dicom.slices-missing", "The slices lie several times as far apart as the headers say, and evenly: those in between are probably missing. Volumes rest on what is left; export the whole series.", evidence: evidence)]
        }
        return [Finding(.warning, "dicom.slice-spacing", "The headers name another distance between slices than the positions give; positions are used, and slices may be missing.", evidence: evidence)]
    }

    /// Where no header names the distance, the thickness of slices tells of gaps that are as wide as they are.
    private static func gapFindings(thickness: Double?, usual: Double) -> [Finding] {
        guard let thickness, usual > 1.95 * thickness else { return [] }
        return [Finding(
            .warning, "dicom.slice-gaps", "The gaps between slices are as wide as the slices or wider; every other slice may be missing.",
            evidence: ["SliceThickness": "\(format(thickness)) mm", "positions": "\(format(usual)) mm"])]
    }

    private static func format(_ x: Double) -> String { String(format: "%.4g", x) }
}
