/// Systems of a few equations.
enum LinearSystem {
    /// The solution of `a x = b` by Gauss's elimination with pivots; nil for a singular matrix, or one that holds a NaN.
    static func solve(_ matrix: [Double], _ right: [Double]) -> [Double]? {
        let k = right.count
        var a = matrix, x = right
        for i in 0..<k {
            let pivot = (i..<k).max { abs(a[$0 * k + i]) < abs(a[$1 * k + i]) } ?? i
            guard abs(a[pivot * k + i]) > 1e-300, a[pivot * k + i].isFinite else { return nil }
            if pivot != i {
                for j in 0..<k { a.swapAt(pivot * k + j, i * k + j) }
                x.swapAt(pivot, i)
            }
            for r in 0..<k where r != i {
                let f = a[r * k + i] / a[i * k + i]
                if f == 0 { continue }
                for j in i..<k { a[r * k + j] -= f * a[i * k + j] }
                x[r] -= f * x[i]
            }
        }
        let solution = (0..<k).map { x[$0] / a[$0 * k + $0] }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }

    /// The solution among the sums of given vectors: of the equations as these vectors see them.
    static func solve(_ matrix: [Double], _ right: [Double], within basis: [[Double]]?) -> [Double]? {
        guard let basis else { return solve(matrix, right) }
        let k = right.count, r = basis.count
        func carried(_ b: [Double]) -> [Double] { (0..<k).map { i in (0..<k).reduce(0.0) { $0 + matrix[i * k + $1] * b[$1] } } }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let images = basis.map(carried)
        let small = (0..<r * r).map { dot(basis[$0 / r], images[$0 % r]) }
        guard let shares = solve(small, basis.map { dot($0, right) }) else { return nil }
        return (0..<k).map { i in (0..<r).reduce(0.0) { $0 + shares[$1] * basis[$1][i] } }
    }
}
