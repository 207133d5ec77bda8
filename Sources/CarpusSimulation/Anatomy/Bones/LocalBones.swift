/// The bones near a box, ready to be sampled at many points: no allocation, results the same from any box that holds the point.
struct LocalBones: Sendable {
    /// A solid with the parts that matter.
    struct Piece: Sendable {
        var map: Solid.Map, parts: Range<Int>, bone: Int
    }
    /// How one bone and another share the space between them; `piece` is the other's place among those of its group.
    struct Trim: Sendable { var piece: Int, pair: BonePairs.Pair }
    /// A bone that can be nearest or second nearest in the box.
    struct Member: Sendable { var piece: Int, trims: Range<Int> }
    /// Bones that moved alike, with all solids that trim them.
    struct Group: Sendable { var back: RigidMotion, pieces: Range<Int>, members: Range<Int> }

    var parts: [Part] = [], pieces: [Piece] = [], trims: [Trim] = [], members: [Member] = [], groups: [Group] = []
    var surfaces: [BoneSurface] = []

    /// Fillet where a neighbour trims a bone, mm.
    static let fillet: Float = 1.2

    /// Whether no bone lies within reach of the box.
    var isEmpty: Bool { members.isEmpty }

    /// Where a point of the box lies among the bones.
    func sample(_ p: SIMD3<Float>) -> BoneSample {
        var sample = BoneSample(), place = SIMD3<Float>()
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { raw in
            groups.withUnsafeBufferPointer { groups in
                for group in groups { look(p, group, raw, &sample, &place) }
            }
        }
        if sample.bone >= 0 { surfaces.withUnsafeBufferPointer { $0[Int(sample.bone)].complete(&sample, at: place) } }
        return sample
    }

    /// Compares the bones of one group; `raw` has room for the untrimmed distances of fifteen.
    @inline(__always) private func look(
        _ p: SIMD3<Float>, _ group: Group, _ raw: UnsafeMutableBufferPointer<Float>, _ sample: inout BoneSample, _ place: inout SIMD3<Float>
    ) {
        let point = group.back(p)
        pieces.withUnsafeBufferPointer { pieces in
            parts.withUnsafeBufferPointer { parts in
                for i in group.pieces { raw[i - group.pieces.lowerBound] = Self.distance(point, pieces[i], parts) }
            }
            members.withUnsafeBufferPointer { members in
                for i in group.members {
                    let member = members[i], piece = pieces[group.pieces.lowerBound + member.piece], q = piece.map(point)
                    let own = raw[member.piece]
                    var d = own
                    trims.withUnsafeBufferPointer { trims in
                        // Joint faces are smooth: unevenness fades where another bone is near.
                        var room: Float = 99
                        for trim in trims[member.trims] { room = min(room, own + raw[trim.piece] - trim.pair.gap) }
                        d += surfaces.withUnsafeBufferPointer { $0[piece.bone].unevenness(own, room: room, at: q) }
                        for trim in trims[member.trims] where trim.pair.rule != .first {
                            d = Blend.max(d, trim.pair.cut(own, raw[trim.piece]), width: Self.fillet)
                        }
                    }
                    if d < sample.distance {
                        (sample.neighbour, sample.neighbourDistance) = (sample.bone, sample.distance)
                        (sample.bone, sample.distance, place) = (Int8(piece.bone), d, q)
                    } else if d < sample.neighbourDistance {
                        (sample.neighbour, sample.neighbourDistance) = (Int8(piece.bone), d)
                    }
                }
            }
        }
    }

    @inline(__always) private static func distance(_ p: SIMD3<Float>, _ piece: Piece, _ parts: UnsafeBufferPointer<Part>) -> Float {
        let q = piece.map(p), first = piece.parts.lowerBound
        var d = parts[first].distance(q)
        for i in first + 1..<piece.parts.upperBound { d = parts[i].entered(into: d, parts[i].distance(q)) }
        return d * piece.map.scale
    }
}
