import CarpusCore
import Foundation

/// Two scans side by side in their halfway frame, in an order of their own, and the difference second minus first.
struct ComparedPair {
    let frame: HalfwayFrame
    let motion: LocalMotion
    /// Parts that could not be aligned by themselves, and why.
    let left: [String: String]
    /// The regions in which change is measured, on the halfway grid.
    let regions: LabelMap?
    var first, second: Volume<Float>
    let match: IntensityMatch
    let difference: Volume<Float>
    let z: Volume<Float>
    let assessed: [UInt8]
    let noise: (first: Float, second: Float)
    let residual, scatter, flatScatter: Double
    /// The factor of second over first where the field is strongest.
    let largestField: Double
    /// The body both scans show, as a share of the smaller of the two, within what both cover.
    let overlap: Double
    let invalidCounts: (first: Int, second: Int)
    let grids: (first: Grid, second: Grid)

    init(first a: consuming Scan, second b: consuming Scan, frame: HalfwayFrame, motion: LocalMotion, left: [String: String], mask: [UInt16]?, regions: LabelMap?, parameters: ProgressionMap.Parameters) throws {
        (invalidCounts, grids) = ((a.invalidCount, b.invalidCount), (a.volume.grid, b.volume.grid))
        (self.frame, self.motion, self.left, self.regions) = (frame, motion, left, regions)
        let one: Carried, two: Carried
        (first, one) = Carried.carry(consume a, blur: frame.firstBlur, sourceFromHalfway: motion.firstFromHalfway, onto: frame.grid, parameters)
        (second, two) = Carried.carry(consume b, blur: frame.secondBlur, sourceFromHalfway: motion.secondFromHalfway, onto: frame.grid, parameters)

        let covered = zip(first.scalars, second.scalars).map { !$0.isNaN && !$1.isNaN }
        let body = covered.indices.map { covered[$0] && one.body[$0] != 0 && two.body[$0] != 0 ? UInt8(1) : 0 }
        func count(_ mask: [UInt8]) -> Int { covered.indices.reduce(0) { $0 + (covered[$1] && mask[$1] != 0 ? 1 : 0) } }
        let common = count(body)
        guard common >= 200 else {
            throw QuantificationError(.noOverlap, "the two scans share only \(common) voxels of tissue once aligned; check the transform between the visits")
        }
        overlap = Double(common) / Double(min(count(one.body), count(two.body)))
        assessed = mask.map { labels in covered.indices.map { covered[$0] && labels[$0] != 0 ? 1 : 0 } } ?? body
        let looked = mask == nil ? body : zip(body, assessed).map { $0 | $1 }

        let sample = Robust.sample(body)
        let scale = Normalisation(&first.scalars, &second.scalars, at: sample, grid: frame.grid, noise: (one.noise, two.noise), fieldOrder: parameters.fieldOrder)
        match = scale.match
        largestField = exp(sample.map { scale.field.logarithm(at: frame.grid.index(at: $0)) }.max { abs($0) < abs($1) } ?? 0)

        let width = Vector3(repeating: parameters.smoothing * parameters.smoothing)
        let signal = Self.signal(first, second, sample)
        difference = Self.smoothed(first, second, width) { $1 - $0 }
        let mean = Self.smoothed(first, second, width) { ($0 + $1) / 2 }

        // A floor of a thousandth of the signal keeps scans without any noise from making every rounding error a change.
        let root = Float(match.gain.squareRoot())
        noise = (one.smoothedNoise * root, two.smoothedNoise / root)
        let floor = max(1e-3 * signal, .leastNormalMagnitude)
        let seen = ChangeSignificance.flatScatter(of: difference, mean: mean, at: sample)
        let total = max((noise.first * noise.first + noise.second * noise.second).squareRoot(), floor, seen)
        flatScatter = Double(seen)
        (z, scatter) = ChangeSignificance.zScore(
            of: difference, mean: mean, noise: total, error: PositionError(registration: parameters.registrationError, local: motion.error?.resampled(onto: frame.grid), interpolation: parameters.interpolationError),
            blockSize: parameters.scatterBlock, body: looked)
        residual = Double(Robust.scatter(Self.values(difference, sample)) / max(signal, .leastNormalMagnitude))
    }

    /// The median signal of both scans.
    private static func signal(_ first: Volume<Float>, _ second: Volume<Float>, _ voxels: [Int]) -> Float {
        Robust.median(voxels.map { abs(first.scalars[$0] + second.scalars[$0]) / 2 })
    }

    /// The two scans put together voxel by voxel and smoothed.
    private static func smoothed(_ first: Volume<Float>, _ second: Volume<Float>, _ variance: Vector3, _ join: (Float, Float) -> Float) -> Volume<Float> {
        Smoothing.smoothedKeepingGaps(Volume(grid: first.grid, scalars: zip(first.scalars, second.scalars).map(join)), variance: variance)
    }

    private static func values(_ volume: Volume<Float>, _ voxels: [Int]) -> [Float] { voxels.map { volume.scalars[$0] } }
}

/// What is known of a scan on the halfway grid, beside its values.
private struct Carried {
    /// 1 where the scan shows the body.
    let body: [UInt8]
    /// The standard deviation of the noise there, in the scan's unit, before and after the smoothing of the difference.
    let noise, smoothedNoise: Float

    /// A scan brought to the halfway grid.
    static func carry(
        _ scan: consuming Scan, blur: Vector3, sourceFromHalfway: Transform, onto grid: Grid, _ parameters: ProgressionMap.Parameters
    ) -> (Volume<Float>, Carried) {
        let through = sourceFromHalfway
        func carried(_ source: Volume<Float>) -> Volume<Float> {
            Smoothing.smoothed(source, variance: blur).resampled(onto: grid, through: through, interpolation: parameters.interpolation)
        }
        let own = Foreground.mask(of: scan.volume), native = Noise.standardDeviation(of: scan.volume, inside: own)
        let (noise, smoothedNoise) = whiteNoise(carried(Noise.white(on: scan.volume.grid)), smoothing: parameters.smoothing)
        let legend = Legend([]), labels = LabelMap(grid: scan.volume.grid, labels: own.map(UInt16.init), legend: legend)
        let body = labels.resampled(onto: grid, through: through).labels.map(UInt8.init)
        var volume = carried(scan.volume)
        if let validity = scan.validity {
            let known = validity.resampled(onto: grid, through: through)
            for i in volume.scalars.indices where known.scalars[i] < 0.999 { volume.scalars[i] = .nan }
        }
        return (volume, Carried(body: body, noise: native * noise, smoothedNoise: native * smoothedNoise))
    }

    /// What the steps a scan went through, and smoothing after them, make of white noise of unit variance: what they make of the scan's.
    private static func whiteNoise(_ white: consuming Volume<Float>, smoothing: Double) -> (Float, Float) {
        let before = standardDeviation(white.scalars)
        let smooth = Smoothing.smoothedKeepingGaps(white, variance: Vector3(repeating: smoothing * smoothing))
        return (before, standardDeviation(smooth.scalars))
    }

    private static func standardDeviation(_ values: [Float]) -> Float {
        var n = 0.0, squares = 0.0
        for v in values where !v.isNaN {
            n += 1
            squares += Double(v) * Double(v)
        }
        return n > 0 ? Float((squares / n).squareRoot()) : 0
    }
}
