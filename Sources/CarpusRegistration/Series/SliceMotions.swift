import CarpusCore
import Foundation

/// How slices lay within their own planes, frame by frame: a turn about the middle of the slice, and a shift.
public struct SliceMotions: Sendable, Hashable, Codable {
    /// One slice's.
    public struct Motion: Sendable, Hashable, Codable {
        /// From the first axis of the plane to the second, radians.
        public var turn = 0.0
        /// Along both axes of the plane, mm.
        public var shift = SIMD2<Double>.zero

        /// None.
        public init() {}

        /// Where it takes a place of the plane, mm about the middle.
        public func callAsFunction(_ p: SIMD2<Double>) -> SIMD2<Double> {
            let (c, s) = (cos(turn), sin(turn))
            return SIMD2(c * p.x - s * p.y, s * p.x + c * p.y) + shift
        }
    }

    /// The axis of the grid across the slices, and those within them.
    public let axis: Int, plane: SIMD2<Int>
    /// Frame after frame, a motion a slice.
    public var frames: [[Motion]]
    /// Frame after frame, the slices that show some tissue but tell too little to be laid on the mean: they lie as an earlier turn left them, at first as their frame does.
    public internal(set) var unfitted: [[Int]]
    /// Whether one of those shows as many places as would do.
    var isDoubtful = false
    /// The frame on which the others are laid, as it was taken.
    let reference: Int
    let grid: Grid

    /// None of any slice of any frame.
    init(_ grid: Grid, frames: Int, reference: Int) {
        (self.grid, self.reference) = (grid, reference)
        let fewest = (0..<3).min { grid.size[$0] < grid.size[$1] } ?? 2
        axis = grid.size[fewest] == 1 ? fewest : grid.throughPlaneAxis
        plane = SIMD2(axis == 0 ? 1 : 0, axis == 2 ? 1 : 2)
        self.frames = [[Motion]](repeating: [Motion](repeating: Motion(), count: grid.size[axis]), count: frames)
        unfitted = [[Int]](repeating: [], count: frames)
    }

    /// The middle of a slice, voxels, and a voxel of the plane, mm.
    private var middle: SIMD2<Double> { SIMD2(Double(grid.size[plane.x] - 1), Double(grid.size[plane.y] - 1)) / 2 }
    private var pixel: SIMD2<Double> { SIMD2(grid.spacing[plane.x], grid.spacing[plane.y]) }

    /// Where a place of a slice lies that the thing shows at a voxel position, as a voxel position of the slice as it was taken.
    func moved(_ v: SIMD2<Double>, _ motion: Motion) -> SIMD2<Double> { motion((v - middle) * pixel) / pixel + middle }

    /// The farthest that a slice of each frame moved, against the same slice of the reference, tissue which reaches so far about its middle, mm.
    func largest(over radius: Double) -> [Double] {
        let reach = radius * (2.0 / 3).squareRoot(), back = frames[reference].map(\.inverse)
        return frames.map { slices in
            zip(slices, back).reduce(0) { most, pair in
                let motion = pair.0.after(pair.1)
                return max(most, (motion.shift * motion.shift).sum().squareRoot() + abs(motion.turn) * reach)
            }
        }
    }

    /// Where the reference, as it was taken, shows at a voxel what the thing has there.
    func thing(at voxel: Vector3) -> Vector3 {
        let slices = frames[reference], motion = slices[min(max(Int(voxel[axis].rounded()), 0), slices.count - 1)].inverse
        var p = voxel
        let q = moved(SIMD2(p[plane.x], p[plane.y]), motion)
        (p[plane.x], p[plane.y]) = (q.x, q.y)
        return p
    }

    // MARK: - Looking through it

    /// A frame's motions as voxels see them on a grid that may be coarser in plane.
    func warp(of frame: Int, on coarse: Grid) -> Warp {
        let fine = grid.voxelFromWorld * coarse.worldFromVoxel, back = coarse.voxelFromWorld * grid.worldFromVoxel
        let maps = frames[frame].map { motion -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) in
            func through(_ v: Vector3) -> Vector3 {
                var p = fine(v)
                let q = moved(SIMD2(p[plane.x], p[plane.y]), motion)
                (p[plane.x], p[plane.y]) = (q.x, q.y)
                return back(p)
            }
            let o = through(.zero)
            return (SIMD3<Float>(through(Vector3(1, 0, 0)) - o), SIMD3<Float>(through(Vector3(0, 1, 0)) - o), SIMD3<Float>(through(Vector3(0, 0, 1)) - o), SIMD3<Float>(o))
        }
        return Warp(axis: axis, first: Float(fine(.zero)[axis]), step: Float(coarse.spacing[axis] / grid.spacing[axis]), maps: maps)
    }

    /// Voxel positions of one frame, through the motion of the slice each lies in.
    struct Warp {
        let axis: Int
        /// Where the first coarse slice lies among the slices, and how far the next.
        let first, step: Float
        let maps: [(SIMD3<Float>, SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)]

        @inline(__always) func callAsFunction(_ v: SIMD3<Float>) -> SIMD3<Float> {
            guard v[axis].magnitude < 1e6 else { return v }
            let m = maps[min(max(Int((first + step * v[axis]).rounded()), 0), maps.count - 1)]
            return m.0 * v.x + m.1 * v.y + m.2 * v.z + m.3
        }
    }

    // MARK: - Finding it

    /// What a frame shows at one of the places that are compared.
    struct Sample {
        /// The voxel position, before the slice's own motion.
        let voxel: Vector3
        let value, mean: Float
        /// Of the mean, a mm.
        let gradient: SIMD3<Float>
        let weight: Float
    }

    /// Least places of a slice by which it is laid on the mean, and the largest standard error of its shift, mm.
    static let leastSamples = 150, largestError = 0.5
    /// Places that count no more, as they change with time, tell nothing.
    private static let leastWeight: Float = 0.02
    /// A slice that has lost more of its signal, as a share, shows the thing no more.
    private static let largestLoss: Float = 0.8

    /// A frame's motions nearer to the mean: turn, shifts and gain of each slice by weighted least squares; and the slices that show tissue but could not be laid, with how many places they show.
    ///
    /// - Parameters:
    ///   - coarse: the grid that the samples' voxels are of; its axes are this one's.
    ///   - robust: again without what does not fit; far from the end that is the edges, which tell the most.
    func fitted(frame k: Int, _ samples: [Sample], on coarse: Grid, robust: Bool) -> (motions: [Motion], unfitted: [(slice: Int, places: Int)]) {
        let direction = grid.direction, u = SIMD3<Float>(direction[column: plane.x]), w = SIMD3<Float>(direction[column: plane.y])
        let fine = grid.voxelFromWorld * coarse.worldFromVoxel
        var rows = [[(row: SIMD4<Float>, difference: Float, weight: Float)]](repeating: [], count: grid.size[axis]), places = rows.map(\.count)
        for s in samples {
            let v = fine(s.voxel), slice = Int(v[axis].rounded())
            guard rows.indices.contains(slice) else { continue }
            places[slice] += 1
            if s.weight <= Self.leastWeight { continue }
            let p = (SIMD2(v[plane.x], v[plane.y]) - middle) * pixel
            let along = (s.gradient * u).sum(), across = (s.gradient * w).sum()
            rows[slice].append((SIMD4(Float(p.x) * across - Float(p.y) * along, along, across, -s.mean), s.value - s.mean, s.weight))
        }
        var motions = frames[k], left: [(slice: Int, places: Int)] = []
        for (slice, all) in rows.enumerated() where places[slice] > 0 {
            guard all.count >= Self.leastSamples, let step = Self.solved(all, rounds: robust ? 2 : 1) else {
                left.append((slice, places[slice]))
                continue
            }
            var change = Motion()
            (change.turn, change.shift) = (step.x, SIMD2(step.y, step.z))
            motions[slice] = motions[slice].after(change)
        }
        return (motions, left)
    }

    private static func solved(_ all: [(row: SIMD4<Float>, difference: Float, weight: Float)], rounds: Int) -> SIMD4<Double>? {
        var step = SIMD4<Float>.zero, limit = Float.infinity
        for round in 0..<rounds {
            var matrix = [Double](repeating: 0, count: 16), right = [Double](repeating: 0, count: 4), sizes: [Float] = [], squares = 0.0, total = 0.0
            for s in all {
                let left = s.difference + (s.row * step).sum(), t = left / limit
                sizes.append(abs(left))
                guard abs(t) < 1 else { continue }
                let weight = s.weight * (1 - t * t) * (1 - t * t)
                squares += Double(weight * left * left)
                total += Double(weight)
                for i in 0..<4 {
                    right[i] -= Double(weight * s.row[i] * s.difference)
                    for j in 0..<4 { matrix[4 * i + j] += Double(weight * s.row[i] * s.row[j]) }
                }
            }
            guard let x = LinearSystem.solve(matrix, right) else { return nil }
            step = SIMD4(Float(x[0]), Float(x[1]), Float(x[2]), Float(x[3]))
            // Tukey's biweight at 95 % efficiency, on a robust standard deviation.
            sizes.sort()
            limit = max(4.685 * 1.4826 * sizes[sizes.count / 2], .leastNormalMagnitude)
            if round == rounds - 1 {
                let errors = [1, 2].map { j in LinearSystem.solve(matrix, (0..<4).map { $0 == j ? 1 : 0 }).map { $0[j] * squares / max(total, 1) } ?? .infinity }
                guard errors.max() ?? .infinity < largestError * largestError, step.w > -largestLoss else { return nil }
            }
        }
        return SIMD4<Double>(step)
    }
}

extension SliceMotions.Motion {
    /// The way back.
    var inverse: SliceMotions.Motion {
        var out = SliceMotions.Motion()
        (out.turn, out.shift) = (-turn, SIMD2.zero - Self.turned(-turn, shift))
        return out
    }

    /// First the other, then this.
    func after(_ first: SliceMotions.Motion) -> SliceMotions.Motion {
        var out = SliceMotions.Motion()
        (out.turn, out.shift) = (turn + first.turn, Self.turned(turn, first.shift) + shift)
        return out
    }

    static func turned(_ angle: Double, _ p: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(cos(angle) * p.x - sin(angle) * p.y, sin(angle) * p.x + cos(angle) * p.y)
    }
}
