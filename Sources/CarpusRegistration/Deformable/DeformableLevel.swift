import CarpusCore

/// Two images at one level of the pyramid, the moving one looked up through a rigid map and a field, and the way to a better field.
struct DeformableLevel {
    let fixed, moving: DeformableSide
    let cells: Cells
    /// Voxels of the moving image from those of the fixed one, as the rigid map has it.
    private let movingFromFixed: Affine
    private let settings: DeformableRegistration.Parameters
    private let spline: SplineImage
    /// The fixed image's values as they are compared.
    private var target: [Float]
    /// What becomes of the moving image's values.
    private var contrast: ContrastMap?
    private var shift: Float = 0, scale: Float = 1
    /// The moving image as the field shows it, and how much each place counts.
    private var seen: Planes
    private(set) var likeness: LocalLikeness
    private var elastic: ElasticStep

    /// No step goes further, in the smallest spacing.
    private static let longest: Float = 1

    init(fixed: DeformableSide, moving: DeformableSide, rigid: Affine, _ settings: DeformableRegistration.Parameters) {
        (self.fixed, self.moving, self.settings) = (fixed, moving, settings)
        let grid = fixed.volume.grid
        cells = Cells(grid, spacing: settings.cell * grid.spacing.min())
        movingFromFixed = moving.volume.grid.voxelFromWorld * rigid * grid.worldFromVoxel
        spline = SplineImage(moving.volume, mask: nil)
        target = fixed.volume.scalars
        seen = Planes(size: grid.size, depth: 2)
        likeness = LocalLikeness(cells: cells, window: settings.window * cells.spacing.min())
        elastic = ElasticStep(cells: cells, range: settings.range)
    }

    /// Follows the field downhill.
    ///
    /// - Returns: the iterations it took.
    mutating func improve(_ field: inout CellField, iterations: Int) -> Int {
        var taken = 0
        for _ in 0..<2 {
            matchContrast(field)
            for _ in 0..<iterations {
                taken += 1
                if step(&field) < settings.smallestStep { break }
            }
        }
        return taken
    }

    /// One step; its mean length in the smallest spacing.
    private mutating func step(_ field: inout CellField) -> Double {
        look(through: field)
        likeness.look(target, seen)
        likeness.ask(target, seen, of: &elastic)
        let move = elastic.solve(from: field, stiffness: settings.stiffness)
        let smallest = Float(cells.voxels.spacing.min()), limit = Self.longest * smallest
        var sum = 0.0
        for i in move.indices {
            let length = (move[i] * move[i]).sum().squareRoot()
            field.values[i] += length <= limit ? move[i] : move[i] * (limit / length)
            sum += Double(min(length, limit))
        }
        return sum / Double(move.count) / Double(smallest)
    }

    /// The standard error of the field at each cell where the images tell something, mm, sorted: two halves of the cells, a checkerboard, are asked for the next step alone.
    mutating func scatter(about field: CellField) -> [Float] {
        look(through: field)
        likeness.look(target, seen)
        likeness.ask(target, seen, of: &elastic)
        let steps = [0, 1].map { elastic.half($0).solve(from: field, stiffness: settings.stiffness) }
        return elastic.told.map { i in
            let difference = steps[0][i] - steps[1][i]
            return (difference * difference).sum().squareRoot() / 2
        }.sorted()
    }

    /// The mean local correlation that a field gives, 0 to 1.
    mutating func agreement(_ field: CellField) -> Double {
        matchContrast(field)
        look(through: field)
        likeness.look(target, seen)
        return likeness.mean
    }

    /// Maps the values of that image which tells more of the other to what is expected in the other; both then have the fixed image's mean 0 and variance 1.
    private mutating func matchContrast(_ field: CellField) {
        (target, contrast, shift, scale) = (fixed.volume.scalars, nil, 0, 1)
        look(through: field)
        let n = seen.voxels
        seen.values.withUnsafeBufferPointer { values in
            let shown = UnsafeBufferPointer(rebasing: values[0..<n]), weights = UnsafeBufferPointer(rebasing: values[n..<2 * n])
            let (forward, backward) = target.withUnsafeBufferPointer {
                (ContrastMap(from: $0, to: shown, weights: weights, grid: cells.voxels), ContrastMap(from: shown, to: $0, weights: weights, grid: cells.voxels))
            }
            if forward.ratio > backward.ratio { target = forward.mapped(target) } else { contrast = backward }
            var sum = 0.0, squares = 0.0, count = 0.0
            for i in 0..<n where weights[i] > 0 {
                (sum, squares, count) = (sum + Double(target[i]), squares + Double(target[i]) * Double(target[i]), count + 1)
            }
            let mean = sum / max(1, count), deviation = max(squares / max(1, count) - mean * mean, 0).squareRoot()
            (shift, scale) = (Float(mean), Float(deviation > 0 ? 1 / deviation : 1))
        }
        let mean = shift, factor = scale
        target = target.map { ($0 - mean) * factor }
    }

    /// Reads the moving image at every voxel of the fixed one.
    private mutating func look(through field: CellField) {
        let grid = cells.voxels, size = grid.size, n = grid.count, other = moving.volume.grid.size, spacing = grid.spacing
        let m = movingFromFixed.linear
        let column = SIMD3<Float>(m.x), moved = (SIMD3<Float>(m.x / spacing.x), SIMD3<Float>(m.y / spacing.y), SIMD3<Float>(m.z / spacing.z))
        let origin = movingFromFixed.translation, last = SIMD3<Float>(Vector3(other) - 1), none = SIMD3<Float>(repeating: 0)
        let own = fixed.weights?.scalars, theirs = moving.weights?.scalars, contrast = contrast, shift = shift, scale = scale
        spline.read { image in
            seen.values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                nonisolated(unsafe) let out = base, reader = image
                field.forEachRow(field.taps()) { y, z, u in
                    let start = SIMD3<Float>(origin + m.y * Double(y) + m.z * Double(z)), row = size.x &* (y &+ size.y &* z)
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: contrast?.rowLength ?? 1) { space in
                        guard let curves = space.baseAddress else { return }
                        contrast?.fillRow(y, z, curves)
                        for x in 0..<size.x {
                            let i = row &+ x, d = u[x]
                            let v = start + column * Float(x) + moved.0 * d.x + moved.1 * d.y + moved.2 * d.z
                            let inner = v.clamped(lowerBound: none, upperBound: last)
                            let value = reader.sample(inner)?.value ?? 0
                            out[i] = ((contrast?.value(value, x, curves) ?? value) - shift) * scale
                            // Beyond the middles of the last voxels, up to their ends, values are guessed from one side: they count ever less.
                            let beyond = pointwiseMax(v - inner, inner - v), share = pointwiseMax(1 - 2 * beyond, none)
                            var weight = share.x * share.y * share.z
                            if let own { weight *= own[i] }
                            if let theirs, weight > 0 { weight *= theirs.withUnsafeBufferPointer { $0.baseAddress.map(Cell(v, other).value) ?? 0 } }
                            out[n &+ i] = weight
                        }
                    }
                }
            }
        }
    }
}
