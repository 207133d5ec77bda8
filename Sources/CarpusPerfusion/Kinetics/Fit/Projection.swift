/// Curves carried into a response space.
enum Projection {
    /// Curves that are carried at once.
    static let block = 64

    /// Coordinates of a block of curves, and how much of each lies outside the space.
    ///
    /// - Parameters:
    ///   - curves: frame after frame, `block` values each.
    ///   - coordinates: takes a row of `space.lanes` lanes for each curve.
    ///   - outside: takes the sum of squares outside the space for each curve; NaN for a curve that is not finite.
    static func project(_ curves: UnsafePointer<Float>, onto space: ResponseSpace, coordinates: UnsafeMutablePointer<Lane>, outside: UnsafeMutablePointer<Float>) {
        let lanes = space.lanes, frames = space.times.count
        space.basis.withUnsafeBufferPointer { buffer in
            let basis = buffer.baseAddress!
            // Four curves share each load of the basis.
            for v in stride(from: 0, to: block, by: 4) {
                for l in 0..<lanes {
                    var (a, b, c, d) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
                    var from = curves + v, row = basis + l
                    for _ in 0..<frames {
                        let direction = row.pointee
                        a += direction * from[0]
                        b += direction * from[1]
                        c += direction * from[2]
                        d += direction * from[3]
                        from += block
                        row += lanes
                    }
                    coordinates[v * lanes + l] = a
                    coordinates[(v + 1) * lanes + l] = b
                    coordinates[(v + 2) * lanes + l] = c
                    coordinates[(v + 3) * lanes + l] = d
                }
            }
        }
        for v in stride(from: 0, to: block, by: 8) {
            var square = Lane.zero
            for t in 0..<frames {
                let values = UnsafeRawPointer(curves + t * block + v).loadUnaligned(as: Lane.self)
                square += values * values
            }
            for i in 0..<8 {
                let row = coordinates + (v + i) * lanes
                outside[v + i] = max(square[i] - dot(row, row, lanes), 0) + (square[i] - square[i])
            }
        }
    }
}
