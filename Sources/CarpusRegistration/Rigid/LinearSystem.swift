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
}
