import CarpusCore
import Foundation

/// The smooth field by which two scans differ once their gain is matched, as from a coil that was placed otherwise: a
/// polynomial of low order for the logarithm of second over first. Fitted with outliers trimmed, so that change stays.
struct IntensityField {
    /// One power of the coordinates, each -1...1 over the grid, with its coefficient.
    struct Term: Hashable {
        var powers: SIMD3<Int>
        var coefficient = 0.0
    }
    private(set) var terms: [Term] = []
    private let size: Index3

    /// No field.
    init(on grid: Grid) { size = grid.size }

    /// Fits the field to what the normalised scans still differ by, where both have tissue's signal.
    init(order: Int, _ first: [Float], _ second: [Float], at voxels: [Int], grid: Grid) {
        size = grid.size
        guard order > 0 else { return }
        let size = size
        var powers: [SIMD3<Int>] = []
        for k in 0...order { for j in 0...(order - k) { for i in 0...(order - k - j) {
            // A few voxels along an axis are too few to bend.
            if (i == 0 || size.x > 3 * order) && (j == 0 || size.y > 3 * order) && (k == 0 || size.z > 3 * order) { powers.append(SIMD3(i, j, k)) }
        } } }
        let floor = 0.3 * Robust.median(voxels.map { (first[$0] + second[$0]) / 2 })
        let few = stride(from: 0, to: voxels.count, by: max(1, voxels.count / 50_000)).map { voxels[$0] }
        let usable = few.filter { first[$0] > floor && second[$0] > floor }
        guard floor > 0, usable.count > 100 * powers.count else { return }
        let logs = usable.map { log(Double(second[$0]) / Double(first[$0])) }
        let rows = usable.map { i in
            let p = Self.coordinates(grid.index(at: i), size)
            return powers.map { Self.value($0, at: p) }
        }
        var coefficients = [Double](repeating: 0, count: powers.count)
        for round in 0..<8 {
            let residuals = rows.indices.map { i in Float(logs[i] - zip(rows[i], coefficients).reduce(0) { $0 + $1.0 * $1.1 }) }
            // The first round keeps all that is near, so that a strong field is not mistaken for outliers.
            let limit = (round == 0 ? 5 : 2.5) * Robust.scatter(residuals)
            let kept = rows.indices.filter { abs(residuals[$0]) <= limit }
            guard let next = Self.leastSquares(kept.map { rows[$0] }, kept.map { logs[$0] }) else { return }
            coefficients = next
        }
        terms = zip(powers, coefficients).map { Term(powers: $0, coefficient: $1) }
    }

    /// Puts another field of the same grid and order on top.
    mutating func add(_ other: IntensityField) {
        guard terms.count == other.terms.count else {
            if terms.isEmpty { terms = other.terms }
            return
        }
        for i in terms.indices { terms[i].coefficient += other.terms[i].coefficient }
    }

    /// Takes half of the field from each of two scans.
    func remove(from first: inout [Float], _ second: inout [Float]) {
        guard terms.contains(where: { $0.coefficient != 0 }) else { return }
        let size = size
        first.withUnsafeMutableBufferPointer { a in
            second.withUnsafeMutableBufferPointer { b in
                nonisolated(unsafe) let (a, b) = (a.baseAddress!, b.baseAddress!)
                Parallel.forEach(size.y * size.z) { row in
                    let y = row % size.y, z = row / size.y
                    for x in 0..<size.x {
                        let half = Float(exp(logarithm(at: Index3(x, y, z)) / 2)), i = row * size.x + x
                        a[i] *= half
                        b[i] /= half
                    }
                }
            }
        }
    }

    /// The logarithm of second over first at a voxel.
    func logarithm(at index: Index3) -> Double {
        let p = Self.coordinates(index, size)
        return terms.reduce(0) { $0 + $1.coefficient * Self.value($1.powers, at: p) }
    }

    private static func coordinates(_ index: Index3, _ size: Index3) -> Vector3 {
        let span = Vector3(pointwiseMax(size &- 1, Index3(repeating: 1)))
        return 2 * Vector3(index) / span - 1
    }

    private static func value(_ powers: SIMD3<Int>, at p: Vector3) -> Double {
        func power(_ x: Double, _ n: Int) -> Double { n == 0 ? 1 : n == 1 ? x : n == 2 ? x * x : x * x * x }
        return power(p.x, powers.x) * power(p.y, powers.y) * power(p.z, powers.z)
    }

    /// Least squares by the normal equations, with pivots; nil when they are singular.
    static func leastSquares(_ rows: [[Double]], _ values: [Double]) -> [Double]? {
        guard let n = rows.first?.count, rows.count >= n else { return nil }
        var m = [[Double]](repeating: [Double](repeating: 0, count: n + 1), count: n)
        for (row, value) in zip(rows, values) {
            for i in 0..<n {
                for j in 0..<n { m[i][j] += row[i] * row[j] }
                m[i][n] += row[i] * value
            }
        }
        for i in 0..<n {
            let pivot = (i..<n).max { abs(m[$0][i]) < abs(m[$1][i]) }!
            guard abs(m[pivot][i]) > 1e-9 * Double(rows.count) else { return nil }
            m.swapAt(i, pivot)
            for r in 0..<n where r != i {
                let factor = m[r][i] / m[i][i]
                for c in i...n { m[r][c] -= factor * m[i][c] }
            }
        }
        return (0..<n).map { m[$0][n] / m[$0][$0] }
    }
}
