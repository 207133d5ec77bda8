/// A band on the bones between two places, in the frame of the bones' figures.
struct Ligament: Sendable {
    /// Ends of its middle line.
    let from: SIMD3<Float>, to: SIMD3<Float>
    /// Half its width and its thickness over the bone, mm.
    let halfWidth: Float, thickness: Float

    /// The bands that MR shows, after anatomy atlases: from back and palm the ones between forearm and carpus, between carpals, and at the sides.
    static let all: [Ligament] = [
        // Dorsal radiocarpal and dorsal intercarpal, a V open to the thumb's side.
        Ligament(from: [-25, 3, -11], to: [-10, -17, -9], halfWidth: 3.2, thickness: 1.3),
        Ligament(from: [-9, -18, -8.5], to: [-4, 12, -8.5], halfWidth: 2.4, thickness: 1.2),
        // Palmar: radioscaphocapitate, long radiolunate, ulnolunate and ulnotriquetral, triquetrocapitate.
        Ligament(from: [-19, 19, 8], to: [-1, 1, 9], halfWidth: 2.6, thickness: 1.5),
        Ligament(from: [-22, 14, 9], to: [-16, -7, 10], halfWidth: 2.8, thickness: 1.5),
        Ligament(from: [-25, -15, 7], to: [-16, -9, 9], halfWidth: 2.2, thickness: 1.3),
        Ligament(from: [-25, -20, 5], to: [-11, -17, 7], halfWidth: 2.2, thickness: 1.3),
        Ligament(from: [-9, -15, 8], to: [0, -1, 9], halfWidth: 2.2, thickness: 1.3),
        // Collateral.
        Ligament(from: [-16, 21, 2], to: [-6, 17.5, 7], halfWidth: 3, thickness: 1.4),
        Ligament(from: [-23, -26.5, -4], to: [-8, -23.5, 0], halfWidth: 2.8, thickness: 1.4),
        Ligament(from: [-8, -23.5, 0], to: [13, -26, 1], halfWidth: 2.2, thickness: 1.2),
        // Pisohamate and pisometacarpal; dorsal carpometacarpal.
        Ligament(from: [-4, -18, 13], to: [6, -14, 12], halfWidth: 2, thickness: 1.5),
        Ligament(from: [6, 12, -9], to: [14, 14, -9], halfWidth: 3, thickness: 1.1),
        Ligament(from: [6, 0, -10], to: [15, 1.5, -9.5], halfWidth: 3, thickness: 1.1),
        Ligament(from: [7, -13, -9], to: [15, -10, -7.5], halfWidth: 3, thickness: 1.1),
    ]

    /// Whether a point of the figures' frame at a distance from the nearest bone lies within the band: a bone's outside bends, so that depth counts less.
    @inline(__always) func holds(_ q: SIMD3<Float>, bone distance: Float) -> Bool {
        guard distance < thickness else { return false }
        let axis = to - from, p = q - from
        let t = min(max((p * axis).sum() / (axis * axis).sum(), 0), 1)
        let across = (p - axis * t) * SIMD3(1, 1, 0.5)
        return (across * across).sum() < halfWidth * halfWidth
    }

    /// A box round all of it.
    var box: Box { Box(around: [from, to]).grown(by: 2 * halfWidth) }
}
