import CarpusCore
import Foundation

/// Two scans side by side in their halfway frame, in an order of their own, and the difference second minus first.
struct ComparedPair {
    let frame: HalfwayFrame
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

    init(first a: Scan, second b: Scan, frame: HalfwayFrame, region: [UInt16]?, parameters: ProgressionMap.Parameters) throws {
        var one = Carried(a, blur: frame.firstBlur, sourceFromHalfway: frame.firstFromHalfway, onto: frame.grid, parameters)
        var two = Carried(b, blur: frame.secondBlur, sourceFromHalfway: frame.secondFromHalfway, onto: frame.grid, parameters)
        (self.frame, first, second) = (frame, one.takeVolume(), two.takeVolume())
        (invalidCounts, grids) = ((a.invalidCount, b.invalidCount), (a.volume.grid, b.volume.grid))

        let covered = zip(first.scalars, second.scalars).map { !$0.isNaN && !$1.isNaN }
        let body = covered.indices.map { covered[$0] && one.body[$0] != 0 && two.body[$0] != 0 ? UInt8(1) : 0 }
        func count(_ mask: [UInt8]) -> Int { covered.indices.reduce(0) { $0 + (covered[$1] && mask[$1] != 0 ? 1 : 0) } }
        let common = count(body)
        guard common >= 200 else {
            throw QuantificationError(.noOverlap, "the two scans share only \(common) voxels of tissue once aligned; check the transform between the visits")
        }
        overlap = Double(common) / Double(min(count(one.body), count(two.body)))
        assessed = region.map { labels in covered.indices.map { covered[$0] && labels[$0] != 0 ? 1 : 0 } } ?? body
        let looked = region == nil ? body : zip(body, assessed).map { $0 | $1 }

        let sample = Robust.sample(body)
        match = IntensityMatch(first.scalars, second.scalars, at: sample, noise: (one.noise, two.noise))
        match.normalise(&first.scalars, &second.scalars)
        let field = IntensityField(order: parameters.fieldOrder, first.scalars, second.scalars, at: sample, grid: frame.grid)
        field.remove(from: &first.scalars, &second.scalars)
        largestField = exp(sample.map { field.logarithm(at: frame.grid.index(at: $0)) }.max { abs($0) < abs($1) } ?? 0)

        let width = Vector3(repeating: parameters.smoothing * parameters.smoothing)
        difference = Smoothing.smoothedKeepingGaps(Self.combined(first, second) { $1 - $0 }, variance: width)
        let smoothMean = Smoothing.smoothedKeepingGaps(Self.combined(first, second) { ($0 + $1) / 2 }, variance: width)

        // A floor of a thousandth of the signal keeps scans without any noise from making every rounding error a change.
        let signal = Robust.median(sample.map { [first, second] in abs(first.scalars[$0] + second.scalars[$0]) / 2 }), root = Float(match.gain.squareRoot())
        noise = (one.smoothedNoise * root, two.smoothedNoise / root)
        let floor = max(1e-3 * signal, .leastNormalMagnitude)
        let seen = ChangeSignificance.flatScatter(of: difference, mean: smoothMean, at: sample)
        let total = max((noise.first * noise.first + noise.second * noise.second).squareRoot(), floor, seen)
        flatScatter = Double(seen)
        (z, scatter) = ChangeSignificance.zScore(
            of: difference, mean: smoothMean, noise: total, error: PositionError(registration: parameters.registrationError, interpolation: parameters.interpolationError),
            blockSize: parameters.scatterBlock, body: looked)
        residual = Double(Robust.scatter(Self.values(difference, sample)) / max(signal, .leastNormalMagnitude))
    }

    private static func combined(_ a: Volume<Float>, _ b: Volume<Float>, _ make: (Float, Float) -> Float) -> Volume<Float> {
        Volume(grid: a.grid, scalars: zip(a.scalars, b.scalars).map(make))
    }

    private static func values(_ volume: Volume<Float>, _ voxels: [Int]) -> [Float] { voxels.map { volume.scalars[$0] } }
}

/// A scan on the halfway grid.
private struct Carried {
    private var volume: Volume<Float>?
    /// 1 where the scan shows the body.
    let body: [UInt8]
    /// The standard deviation of the noise there, in the scan's unit, before and after the smoothing of the difference.
    let noise, smoothedNoise: Float

    init(_ scan: Scan, blur: Vector3, sourceFromHalfway: Affine, onto grid: Grid, _ parameters: ProgressionMap.Parameters) {
        let through = Transform.affine(sourceFromHalfway), own = Foreground.mask(of: scan.volume)
        func carried(_ source: Volume<Float>) -> Volume<Float> {
            Smoothing.smoothed(source, variance: blur).resampled(onto: grid, through: through, interpolation: parameters.interpolation)
        }
        // What the same steps make of white noise tells what they make of the scan's. Done first, so that it is gone when the
        // scan itself is carried.
        let native = Noise.standardDeviation(of: scan.volume, inside: own)
        (noise, smoothedNoise) = {
            let white = carried(Noise.white(on: scan.volume.grid)), before = Self.standardDeviation(white.scalars)
            let smooth = Smoothing.smoothedKeepingGaps(white, variance: Vector3(repeating: parameters.smoothing * parameters.smoothing))
            return (native * before, native * Self.standardDeviation(smooth.scalars))
        }()
        var volume = carried(scan.volume)
        if let validity = scan.validity {
            let known = validity.resampled(onto: grid, through: through)
            for i in volume.scalars.indices where known.scalars[i] < 0.999 { volume.scalars[i] = .nan }
        }
        self.volume = volume
        body = Self.body(own, on: scan.volume.grid, seenOn: grid, through: through)
    }

    /// Hands the volume over, so that changing it copies nothing.
    mutating func takeVolume() -> Volume<Float> {
        guard let taken = volume.take() else { preconditionFailure("a carried volume is taken once") }
        return taken
    }

    private static func body(_ own: [UInt8], on source: Grid, seenOn grid: Grid, through map: Transform) -> [UInt8] {
        Volume(grid: source, scalars: own.map(Float.init)).resampled(onto: grid, through: map, interpolation: .nearest).scalars.map { $0 > 0.5 ? 1 : 0 }
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
