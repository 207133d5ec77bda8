import CarpusCore

/// Fields that vary slowly, of one slice: at the voxels' centres, to be read between them.
struct SlowField: Sendable {
    private let values: [Float]
    private let width: Int, height: Int

    /// A field of world points on one slice of a grid.
    init(grid: Grid, slice: Int, _ field: (Vector3) -> Double) {
        (width, height) = (grid.size.x, grid.size.y)
        var values = [Float](repeating: 0, count: width * height)
        for y in 0..<height { for x in 0..<width { values[y * width + x] = Float(field(grid.worldFromVoxel(Vector3(Double(x), Double(y), Double(slice))))) } }
        self.values = values
    }

    /// The field along one row of fine points, linear between voxels and level beyond the outer ones.
    func row(_ fineRow: Int, into out: inout [Float]) {
        let y = Self.place(fineRow, height)
        for x in 0..<width * SliceSampler.fine {
            let c = Self.place(x, width), low = y.low * width, high = y.high * width
            let a = values[low + c.low] + (values[low + c.high] - values[low + c.low]) * c.part
            let b = values[high + c.low] + (values[high + c.high] - values[high + c.low]) * c.part
            out[x] = a + (b - a) * y.part
        }
    }

    /// Voxels either side of a fine point, and how far it lies towards the higher one.
    @inline(__always) private static func place(_ fine: Int, _ count: Int) -> (low: Int, high: Int, part: Float) {
        let voxel = fine / SliceSampler.fine, offset = fine % SliceSampler.fine - SliceSampler.fine / 2
        let part = Float(offset) / Float(SliceSampler.fine)
        return offset < 0 ? (max(voxel - 1, 0), voxel, 1 + part) : (voxel, min(voxel + 1, count - 1), part)
    }
}

/// Water and fat of one slice on the fine grid, weighted by coil and suppression.
struct FineSlice {
    /// Water (x) and fat (y), rows of the fine grid.
    private(set) var signal: [SIMD2<Float>]
    /// Which rows hold anything.
    private(set) var filled: [Bool]
    private let width: Int, height: Int

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        signal = [SIMD2<Float>](repeating: .zero, count: width * height)
        filled = [Bool](repeating: false, count: height)
    }

    /// Means of a table's signals over the depths of each fine point.
    mutating func fill(_ materials: UnsafePointer<UInt16>, occupied: [Bool], signals: [SIMD2<Float>], coil: SlowField, residual: SlowField?) {
        let deep = SliceSampler.deep, share = 1 / Float(deep)
        var coilRow = [Float](repeating: 0, count: width), residualRow = [Float](repeating: 1, count: width)
        signals.withUnsafeBufferPointer { table in
            signal.withUnsafeMutableBufferPointer { out in
                for y in 0..<height {
                    let line = out.baseAddress! + y * width
                    filled[y] = occupied[y]
                    guard occupied[y] else { line.update(repeating: .zero, count: width); continue }
                    coil.row(y, into: &coilRow)
                    residual?.row(y, into: &residualRow)
                    let codes = materials + y * width * deep
                    for x in 0..<width {
                        var sum = SIMD2<Float>.zero
                        for d in 0..<deep { sum += table[Int(codes[x * deep + d])] }
                        line[x] = sum * (coilRow[x] * share) * SIMD2(1, residualRow[x])
                    }
                }
            }
        }
    }

    /// Adds ghosts of a share of what another slice holds, displaced along an axis (0 or 1) by once and twice the spacing either way, the far ones half as
    /// strong; what leaves the image on one side comes back on the other.
    mutating func add(ghost: PulsationGhost, of arteries: FineSlice, axis: Int) {
        for (number, share) in [(-2, -0.5), (-1, 1.0), (1, 1.0), (2, -0.5)] {
            let length = axis == 0 ? width : height
            let by = Int((Double(number) * ghost.spacingPixels * Double(SliceSampler.fine)).rounded())
            let weight = Float(ghost.amplitude * share)
            for y in 0..<height where arteries.filled[y] {
                for x in 0..<width where arteries.signal[y * width + x] != .zero {
                    func moved(_ i: Int) -> Int { (((i + by) % length) + length) % length }
                    let (tx, ty) = axis == 0 ? (moved(x), y) : (x, moved(y))
                    signal[ty * width + tx] += arteries.signal[y * width + x] * weight
                    filled[ty] = true
                }
            }
        }
    }

    /// The samples, for what transforms them in place.
    mutating func withSamples<R>(_ body: (UnsafeMutablePointer<SIMD2<Float>>, [Bool]) -> R) -> R {
        let rows = filled
        return signal.withUnsafeMutableBufferPointer { body($0.baseAddress!, rows) }
    }
}
