import CarpusCore
import Foundation

/// How two scans are brought to one scale: by gain and offset, and by a smooth field, in turns. Each hides the other at first:
/// a field that is stronger where tissue is brighter looks like a gain, and an offset keeps ratios from being smooth.
struct Normalisation {
    /// Gain and offset of second over first, and the correlation of the normalised scans.
    private(set) var match = IntensityMatch()
    /// What remains as a smooth factor.
    private(set) var field: IntensityField

    /// Normalises both scans where they lie.
    init(_ first: inout [Float], _ second: inout [Float], at voxels: [Int], grid: Grid, noise: (first: Float, second: Float), fieldOrder: Int) {
        field = IntensityField(on: grid)
        // first becomes a1 · first + b1, second a2 · second + b2.
        var (a1, b1, a2, b2) = (1.0, 0.0, 1.0, 0.0)
        for _ in 0..<5 {
            let step = IntensityMatch(first, second, at: voxels, noise: (noise.first * Float(a1), noise.second * Float(a2)))
            let (m1, m2, shift) = step.factors
            step.normalise(&first, &second)
            (a1, b1, a2, b2) = (m1 * a1, m1 * b1 + shift, m2 * a2, m2 * b2 - shift)
            match.correlation = step.correlation
            let more = IntensityField(order: fieldOrder, first, second, at: voxels, grid: grid)
            more.remove(from: &first, &second)
            field.add(more)
            if more.terms.allSatisfy({ abs($0.coefficient) < 5e-4 }) { break }
        }
        (match.gain, match.offset) = (a1 / a2, (b1 - b2) / a2)
    }
}
