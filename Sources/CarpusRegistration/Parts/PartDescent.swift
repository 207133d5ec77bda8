import CarpusCore
import Foundation

/// The search for a part's motion: Gauss and Newton's steps on robust least squares, on a pyramid.
struct PartDescent: Sendable {
    /// How a search ended.
    enum Outcome: Sendable {
        /// The part moves like this in the halfway frame; how far that takes it and the error to expect, root mean square over the part, mm.
        case moved(RigidVelocity, motion: Double, error: Double)
        /// The part stays with the whole, because of this.
        case left(String)
    }

    private let first, second: [SplineImage]
    private let frame: PartFrame
    private let parameters: PartRegistration.Parameters
    /// The volume of what a voxel of the coarser scan tells, mm³, and the largest distance of its voxels, mm.
    private let voxelVolume, thickness: Double

    /// Points of a part, at least.
    private static let leastPoints = 80
    /// The levels of the pyramid, mm.
    private static let spacings = [1.6, 0.8, 0.4]
    /// How much larger errors are than noise that is independent from voxel to voxel would make them, and what slices leave, as a share of
    /// their thickness: both read off virtual wrists, see Docs/Validation.md.
    private static let inflation = 2.0, sliceShare = 0.06

    init(first: Volume<Float>, second: Volume<Float>, frame: PartFrame, _ parameters: PartRegistration.Parameters) {
        (self.first, self.second) = (Self.pyramid(first), Self.pyramid(second))
        (self.frame, self.parameters) = (frame, parameters)
        voxelVolume = max(first.grid.voxelVolume, second.grid.voxelVolume)
        thickness = max(first.grid.spacing.max(), second.grid.spacing.max())
    }

    private static func pyramid(_ volume: Volume<Float>) -> [SplineImage] {
        var clean = volume, known: [UInt8]?
        if !volume.scalars.allFinite {
            known = volume.scalars.map { $0.isFinite ? 1 : 0 }
            clean = volume.map { $0.isFinite ? $0 : 0 }
        }
        return Pyramid(clean, mask: known, spacings: spacings).levels
    }

    func align(_ part: PartSamples.Part) -> Outcome {
        var velocity = RigidVelocity(centre: part.centre), system: Normal?
        for level in first.indices {
            for _ in 0..<20 {
                guard part.points.count >= Self.leastPoints else { return .left("it is too small to tell how it moved") }
                guard let normal = normal(part, velocity, level) else { return .left("less than \(Int(100 * parameters.leastCoverage)) % of it lies in both scans") }
                guard let step = normal.step(from: velocity) else { return .left("nothing in it tells how it moved") }
                velocity.turning += step.turning
                velocity.sliding += step.sliding
                system = normal
                if size(step, over: part) < (level == first.count - 1 ? 0.002 : 0.01) { break }
            }
        }
        let motion = size(velocity, over: part)
        guard motion <= parameters.largestMotion else { return .left("it seemed to move by \((motion * 10).rounded() / 10) mm") }
        guard let error = system?.error(over: part, centre: velocity.centre) else { return .left("nothing in it tells how it moved") }
        let fromNoise = Self.inflation * error, fromSlices = Self.sliceShare * thickness
        return .moved(velocity, motion: motion, error: (fromNoise * fromNoise + fromSlices * fromSlices).squareRoot())
    }

    /// How far a motion takes the points of a part, root mean square, mm.
    private func size(_ v: RigidVelocity, over part: PartSamples.Part) -> Double {
        (part.points.reduce(0) { $0 + v($1).dot(v($1)) } / Double(part.points.count)).squareRoot()
    }

    /// The normal equations at a motion; nil where too little of the part lies in both scans.
    private func normal(_ part: PartSamples.Part, _ velocity: RigidVelocity, _ level: Int) -> Normal? {
        let back = frame.firstFromHalfway * velocity.flow(-0.5).affine, forth = frame.secondFromHalfway * velocity.flow(0.5).affine
        let firstMap = first[level].grid.voxelFromWorld * back, secondMap = second[level].grid.voxelFromWorld * forth
        // Gradients a voxel, turned into those a mm of the halfway frame.
        let firstTurn = firstMap.linear.transposed, secondTurn = secondMap.linear.transposed
        var pairs: [Pair] = []
        pairs.reserveCapacity(part.points.count)
        first[level].read { a in
            second[level].read { b in
                for p in part.points {
                    guard let f = a.sample(SIMD3<Float>(firstMap(p))), let m = b.sample(SIMD3<Float>(secondMap(p))) else { continue }
                    pairs.append(Pair(
                        point: p - part.centre, first: Double(f.value), second: Double(m.value),
                        firstGradient: firstTurn * Vector3(f.gradient), secondGradient: secondTurn * Vector3(m.gradient)))
                }
            }
        }
        guard Double(pairs.count) >= parameters.leastCoverage * Double(part.points.count) else { return nil }
        let independent = max(1, part.volume * Double(pairs.count) / Double(part.points.count) / voxelVolume)
        return Normal(pairs, independent: independent, parameters)
    }
}

/// What both scans show at a point of the halfway frame.
struct Pair {
    /// From the part's middle, mm.
    let point: Vector3
    let first, second: Double
    /// A mm.
    let firstGradient, secondGradient: Vector3
}

/// Normal equations of a part's motion (turning, sliding), with a gain and an offset of the second scan over the first.
struct Normal {
    private static let count = 8
    private var matrix = [Double](repeating: 0, count: 64), right = [Double](repeating: 0, count: 8)
    /// The matrix from one scan's slopes times the other's: noise makes slopes too, but not the same ones in both.
    private var told = [Double](repeating: 0, count: 64)
    private let precision: [Double]

    init(_ pairs: [Pair], independent: Double, _ parameters: PartRegistration.Parameters) {
        let turn = parameters.expectedTurn * .pi / 180, shift = parameters.expectedShift
        precision = [1 / (turn * turn), 1 / (turn * turn), 1 / (turn * turn), 1 / (shift * shift), 1 / (shift * shift), 1 / (shift * shift)]
        var line = Line(pairs)
        // Gain and offset by themselves first, a few times, so that what changed has no say in them.
        for _ in 0..<5 { line.refine(pairs) }
        let scatter = max(line.scatter, 1e-9), limit = 4.685 * scatter
        let share = min(1, independent / Double(pairs.count)) / (scatter * scatter)
        for pair in pairs {
            let d = pair.second - line.gain * pair.first - line.offset, ratio = d / limit
            guard abs(ratio) < 1 else { continue }
            let weight = (1 - ratio * ratio) * (1 - ratio * ratio) * share
            let row = Self.row(pair, (pair.secondGradient + line.gain * pair.firstGradient) * 0.5)
            let (one, other) = (Self.row(pair, pair.firstGradient * line.gain), Self.row(pair, pair.secondGradient))
            for i in 0..<Self.count {
                right[i] -= weight * row[i] * d
                for j in 0...i {
                    matrix[i * Self.count + j] += weight * row[i] * row[j]
                    told[i * Self.count + j] += weight * (one[i] * other[j] + other[i] * one[j]) / 2
                }
            }
        }
        for i in 0..<Self.count {
            for j in i + 1..<max(i + 1, Self.count) {
                matrix[i * Self.count + j] = matrix[j * Self.count + i]
                told[i * Self.count + j] = told[j * Self.count + i]
            }
        }
        for i in 0..<6 {
            matrix[i * Self.count + i] += precision[i]
            told[i * Self.count + i] += precision[i]
        }
    }

    /// How a residual changes with each parameter, for a slope of the scans.
    private static func row(_ pair: Pair, _ gradient: Vector3) -> [Double] {
        let moment = pair.point.cross(gradient)
        return [moment.x, moment.y, moment.z, gradient.x, gradient.y, gradient.z, -pair.first, -1]
    }

    /// The step of turning and sliding from a motion; nil for a singular system.
    func step(from velocity: RigidVelocity) -> RigidVelocity? {
        let now = [velocity.turning.x, velocity.turning.y, velocity.turning.z, velocity.sliding.x, velocity.sliding.y, velocity.sliding.z]
        var pulled = right
        for i in 0..<6 { pulled[i] -= precision[i] * now[i] }
        guard let x = LinearSystem.solve(matrix, pulled) else { return nil }
        return RigidVelocity(turning: Vector3(x[0], x[1], x[2]), sliding: Vector3(x[3], x[4], x[5]), centre: velocity.centre)
    }

    /// The standard deviation of where the points of a part lie, root mean square, mm; nil for a singular system.
    func error(over part: PartSamples.Part, centre: Vector3) -> Double? {
        var covariance = [[Double]]()
        for i in 0..<6 {
            guard let column = LinearSystem.solve(told, (0..<Self.count).map { $0 == i ? 1 : 0 }) else { return nil }
            covariance.append(column)
        }
        var sum = 0.0
        for p in part.points {
            let q = p - centre
            // Rows of the derivative of the displacement ω × q + u.
            let rows = [[0, q.z, -q.y, 1, 0, 0], [-q.z, 0, q.x, 0, 1, 0], [q.y, -q.x, 0, 0, 0, 1]]
            for row in rows {
                for i in 0..<6 where row[i] != 0 {
                    for j in 0..<6 where row[j] != 0 { sum += row[i] * row[j] * covariance[i][j] }
                }
            }
        }
        let variance = sum / Double(part.points.count)
        return variance.isFinite && variance >= 0 ? variance.squareRoot() : nil
    }
}

/// A line through pairs of values, second over first, that outliers do not move.
private struct Line {
    var gain = 1.0, offset = 0.0
    /// The robust standard deviation about it.
    private(set) var scatter = 0.0

    init(_ pairs: [Pair]) {
        let a = pairs.map(\.first).sorted(), b = pairs.map(\.second).sorted(), n = pairs.count
        let wide = a[n * 9 / 10] - a[n / 10], other = b[n * 9 / 10] - b[n / 10]
        if wide > 0, other > 0 { gain = other / wide }
        offset = b[n / 2] - gain * a[n / 2]
        scatter = spread(of: pairs)
    }

    private func spread(of pairs: [Pair]) -> Double {
        let sizes = pairs.map { abs($0.second - gain * $0.first - offset) }.sorted()
        return 1.4826 * sizes[sizes.count / 2]
    }

    /// One step of reweighted least squares.
    mutating func refine(_ pairs: [Pair]) {
        let limit = 4.685 * max(scatter, 1e-9)
        var n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0
        for pair in pairs {
            let ratio = (pair.second - gain * pair.first - offset) / limit
            guard abs(ratio) < 1 else { continue }
            let w = (1 - ratio * ratio) * (1 - ratio * ratio)
            n += w; x += w * pair.first; y += w * pair.second
            xx += w * pair.first * pair.first; xy += w * pair.first * pair.second
        }
        let determinant = n * xx - x * x
        guard n > 0, determinant > 1e-12 * n * xx else { return }
        gain = (n * xy - x * y) / determinant
        offset = (y - gain * x) / n
        scatter = self.spread(of: pairs)
    }
}
