/// What flows in a thin branch, or that it is a nerve's.
enum BranchKind: UInt8, Sendable { case artery, vein, nerve }

/// A straight piece of a vessel or of a thin nerve, its radius changing evenly.
struct BranchPiece: Sendable {
    let start, span: SIMD3<Float>
    /// One over the squared length.
    let inverse: Float
    let radius, radiusSpan: Float
    let kind: BranchKind

    init(from a: SIMD4<Float>, to b: SIMD4<Float>, kind: BranchKind) {
        start = SIMD3(a.x, a.y, a.z)
        span = SIMD3(b.x, b.y, b.z) - start
        inverse = 1 / max((span * span).sum(), 1e-6)
        (radius, radiusSpan, self.kind) = (a.w, b.w - a.w, kind)
    }

    /// Signed distance to its surface.
    @inline(__always) func distance(_ p: SIMD3<Float>) -> Float {
        let d = p - start, t = min(max((d * span).sum() * inverse, 0), 1), away = d - span * t
        return (away * away).sum().squareRoot() - (radius + radiusSpan * t)
    }

    /// The box round it.
    var box: Box { Box(around: [start, start + span]).grown(by: max(radius, radius + radiusSpan)) }
}

/// All vessels and thin nerves of a wrist, found by place.
struct BranchIndex: Sendable {
    let pieces: [BranchPiece]
    private static let cell: Float = 6
    private static let counts = SIMD3<Int>(29, 25, 16)
    /// Pieces by cell, one cell's after another's, and where each cell's begin.
    private let listed: [Int32], starts: [Int32]
    private let lows: [SIMD3<Int32>]

    init(_ pieces: [BranchPiece]) {
        self.pieces = pieces
        let n = Self.counts.x * Self.counts.y * Self.counts.z
        var lists = [[Int32]](repeating: [], count: n), lows: [SIMD3<Int32>] = []
        for (i, piece) in pieces.enumerated() {
            let low = Self.place(piece.box.low), high = Self.place(piece.box.high)
            lows.append(low)
            Self.cells(low, high) { lists[$0].append(Int32(i)) }
        }
        self.lows = lows
        var starts: [Int32] = [0], count: Int32 = 0
        for list in lists {
            count += Int32(list.count)
            starts.append(count)
        }
        (self.starts, listed) = (starts, lists.flatMap { $0 })
    }

    /// The pieces that may reach into a box, each once.
    func pieces(in box: Box) -> [BranchPiece] {
        let low = Self.place(box.low), high = Self.place(box.high)
        var found: [BranchPiece] = []
        for x in low.x...high.x {
            for y in low.y...high.y {
                for z in low.z...high.z {
                    let cell = Self.cell(x, y, z), here = SIMD3(x, y, z)
                    for k in Int(starts[cell])..<Int(starts[cell + 1]) {
                        let i = Int(listed[k])
                        // A piece that spans several cells is taken in the first of them within the box.
                        if all(pointwiseMax(lows[i], low) .== here) && pieces[i].box.meets(box) { found.append(pieces[i]) }
                    }
                }
            }
        }
        return found
    }

    private static func place(_ p: SIMD3<Float>) -> SIMD3<Int32> {
        let q = ((p - SoftLattice.box.low) / cell).rounded(.down), last = SIMD3<Float>(Float(counts.x - 1), Float(counts.y - 1), Float(counts.z - 1))
        return SIMD3<Int32>(pointwiseMin(pointwiseMax(q, .zero), last))
    }

    private static func cell(_ x: Int32, _ y: Int32, _ z: Int32) -> Int { (Int(x) * counts.y + Int(y)) * counts.z + Int(z) }

    private static func cells(_ low: SIMD3<Int32>, _ high: SIMD3<Int32>, _ body: (Int) -> Void) {
        for x in low.x...high.x { for y in low.y...high.y { for z in low.z...high.z { body(cell(x, y, z)) } } }
    }
}
