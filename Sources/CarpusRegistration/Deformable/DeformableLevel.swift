import CarpusCore

/// Two images at one level of the pyramid, the moving one looked up through a rigid map and a field, and the way to a better field.
struct DeformableLevel {
    let fixed, moving: DeformableSide
    /// Voxels of the moving image from those of the fixed one, as the rigid map has it.
    private let movingFromFixed: Affine
    private let settings: DeformableRegistration.Parameters
    /// Both images' values as they are compared.
    private var target: [Float], source: [Float]
    /// The moving image as the field shows it, and how much each place counts.
    private var seen: Planes
    private var sums: Planes
    private(set) var correlation: LocalCorrelation

    init(fixed: DeformableSide, moving: DeformableSide, rigid: Affine, _ settings: DeformableRegistration.Parameters) {
        (self.fixed, self.moving, self.settings) = (fixed, moving, settings)
        movingFromFixed = moving.volume.grid.voxelFromWorld * rigid * fixed.volume.grid.worldFromVoxel
        (target, source) = (fixed.volume.scalars, moving.volume.scalars)
        seen = Planes(size: fixed.volume.grid.size, depth: 2)
        sums = Planes(size: fixed.volume.grid.size, depth: 9)
        correlation = LocalCorrelation(grid: fixed.volume.grid, window: settings.window)
    }

    /// Follows the field downhill.
    ///
    /// - Returns: the iterations it took.
    mutating func improve(_ field: inout DenseField, iterations: Int, rounds: Int) -> Int {
        var taken = 0
        for _ in 0..<rounds {
            matchContrast(field)
            for _ in 0..<iterations {
                taken += 1
                if step(&field) < settings.smallestStep { break }
            }
        }
        return taken
    }

    /// One step; its mean length in the smallest spacing.
    private mutating func step(_ field: inout DenseField) -> Double {
        let grid = field.grid
        look(through: field)
        correlation.fillSums(&sums, target, seen)
        sums.filter(correlation.kernels, planes: 6, edge: .nothing)
        correlation.pull(&sums, target, seen)
        sums.filter(grid.widths(settings.stepWidth).map(Taps.gaussian), edge: .nothing)
        let (move, size) = correlation.solve(sums, stiffness: settings.stiffness)
        field = field.after(move)
        field.planes.filter(grid.widths(settings.fieldWidth).map(Taps.gaussian), edge: .nearest)
        return size
    }

    /// The mean local correlation that a field gives, 0 to 1.
    mutating func agreement(_ field: DenseField) -> Double {
        matchContrast(field)
        look(through: field)
        correlation.fillSums(&sums, target, seen)
        sums.filter(correlation.kernels, planes: 6, edge: .nothing)
        correlation.pull(&sums, target, seen)
        return correlation.mean
    }

    /// Maps the values of that image which tells more of the other to what is expected in the other; both then have the fixed image's mean 0 and variance 1.
    private mutating func matchContrast(_ field: DenseField) {
        (target, source) = (fixed.volume.scalars, moving.volume.scalars)
        look(through: field)
        let n = seen.voxels
        seen.values.withUnsafeBufferPointer { values in
            let shown = UnsafeBufferPointer(rebasing: values[0..<n]), weights = UnsafeBufferPointer(rebasing: values[n..<2 * n])
            let (forward, backward) = target.withUnsafeBufferPointer {
                (ContrastMap(from: $0, to: shown, weights: weights), ContrastMap(from: shown, to: $0, weights: weights))
            }
            if forward.ratio > backward.ratio { target = Self.mapped(target, forward) } else { source = Self.mapped(source, backward) }
            var sum = 0.0, squares = 0.0, count = 0.0
            for i in 0..<n where weights[i] > 0 {
                (sum, squares, count) = (sum + Double(target[i]), squares + Double(target[i]) * Double(target[i]), count + 1)
            }
            let mean = sum / max(1, count), deviation = max(squares / max(1, count) - mean * mean, 0).squareRoot()
            let shift = Float(mean), scale = Float(deviation > 0 ? 1 / deviation : 1)
            target = Self.mapped(target) { ($0 - shift) * scale }
            source = Self.mapped(source) { ($0 - shift) * scale }
        }
        correlation.forget()
    }

    private static func mapped(_ values: [Float], _ map: ContrastMap) -> [Float] { mapped(values) { map($0) } }

    private static func mapped(_ values: [Float], _ map: (Float) -> Float) -> [Float] { values.map(map) }

    /// Reads the moving image at every voxel of the fixed one.
    private mutating func look(through field: DenseField) {
        let size = field.grid.size, n = field.grid.count, other = moving.volume.grid.size, spacing = field.grid.spacing
        let m = movingFromFixed.linear
        let columns = (SIMD3<Float>(m.x), SIMD3<Float>(m.y), SIMD3<Float>(m.z))
        let moved = (SIMD3<Float>(m.x / spacing.x), SIMD3<Float>(m.y / spacing.y), SIMD3<Float>(m.z / spacing.z))
        let origin = movingFromFixed.translation, top = SIMD3<Float>(Vector3(other) - 0.5)
        let own = fixed.weights?.scalars, theirs = moving.weights?.scalars
        source.withUnsafeBufferPointer { values in
            field.planes.values.withUnsafeBufferPointer { u in
                seen.values.withUnsafeMutableBufferPointer { buffer in
                    guard let from = values.baseAddress, let base = buffer.baseAddress else { return }
                    nonisolated(unsafe) let data = from, out = base, d = u
                    Parallel.forEach(size.y * size.z) { row in
                        let start = SIMD3<Float>(origin + m.y * Double(row % size.y) + m.z * Double(row / size.y))
                        for x in 0..<size.x {
                            let i = row &* size.x &+ x
                            let v = start + columns.0 * Float(x) + moved.0 * d[i] + moved.1 * d[n &+ i] + moved.2 * d[2 &* n &+ i]
                            let cell = Cell(v, other)
                            out[i] = cell.value(data)
                            let inside = v.x >= -0.5 && v.y >= -0.5 && v.z >= -0.5 && v.x <= top.x && v.y <= top.y && v.z <= top.z
                            var weight: Float = inside ? 1 : 0
                            if let own { weight *= own[i] }
                            if let theirs, inside { weight *= theirs.withUnsafeBufferPointer { $0.baseAddress.map(cell.value) ?? 0 } }
                            out[n &+ i] = weight
                        }
                    }
                }
            }
        }
    }
}
