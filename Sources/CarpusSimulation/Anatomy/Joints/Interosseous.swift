/// The clefts between scaphoid and lunate and between lunate and triquetrum: open towards the midcarpal joint, closed along their back,
/// top and palm's side by a ligament from bone to bone.
enum Interosseous {
    /// Where in its cleft a point of the figures' frame lies: 0 in the middle, 1 at the rim; nil when its two nearest bones are no such pair.
    @inline(__always) static func radius(_ q: SIMD3<Float>, _ bone: BoneSample) -> Float? {
        let low = min(bone.bone, bone.neighbour)
        guard low == 2 || low == 3, max(bone.bone, bone.neighbour) == low + 1 else { return nil }
        let u = (q.x + 15) / 7.2, v = (q.z - (low == 2 ? -1.5 : 0)) / 8
        return (u * u + v * v).squareRoot()
    }

    /// Whether the ligament reaches there, when the cleft is no wider than twice a joint's.
    @inline(__always) static func holds(_ q: SIMD3<Float>, _ radius: Float) -> Bool { radius > 0.7 && radius < 1.15 && q.x < -11 }
}
