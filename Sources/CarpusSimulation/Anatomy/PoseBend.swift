import Foundation

/// Flexion and deviation of the hand against the forearm, as a smooth turning of space about the head of the capitate: none at the
/// radius, half at the proximal row, all from the distal row on. Both rows of the wrist turn about that head (Neu, Crisco and Wolfe,
/// J Biomech 2001, find its centre within it).
struct PoseBend: Sendable {
    /// The middle of the capitate's head, hand frame, mm.
    static let centre = SIMD3<Float>(-8, -0.5, 0)
    /// Distal coordinates between which the turning rises from none to all, mm.
    static let range: (low: Float, high: Float) = (-34, 2)

    private let axis: SIMD3<Float>
    private let angle: Float

    /// The bend of a wrist's pose.
    init(_ shape: WristShape) {
        // Flexion turns distal towards palmar, about the radial axis; ulnar deviation turns distal towards ulnar, about the palmar one.
        let turn = SIMD3<Float>(0, Float(-shape.flexionDegrees), Float(-shape.ulnarDeviationDegrees)) * (.pi / 180)
        angle = (turn * turn).sum().squareRoot()
        axis = angle > 0 ? turn / angle : SIMD3(1, 0, 0)
    }

    /// Where a point of the bent hand lies in the straight one.
    @inline(__always) func straightened(_ p: SIMD3<Float>) -> SIMD3<Float> {
        guard angle > 0 else { return p }
        let share = Blend.step(p.x, from: Self.range.low, to: Self.range.high)
        return share > 0 ? Self.centre + turned(p - Self.centre, -share) : p
    }

    /// A direction of the straight hand, as it lies in the bent one at a distal coordinate.
    @inline(__always) func bent(_ direction: SIMD3<Float>, atDistal distal: Float) -> SIMD3<Float> {
        guard angle > 0 else { return direction }
        return turned(direction, Blend.step(distal, from: Self.range.low, to: Self.range.high))
    }

    /// Rodrigues' formula.
    @inline(__always) private func turned(_ v: SIMD3<Float>, _ share: Float) -> SIMD3<Float> {
        let a = angle * share, c = cos(a), s = sin(a)
        let cross = SIMD3(axis.y * v.z - axis.z * v.y, axis.z * v.x - axis.x * v.z, axis.x * v.y - axis.y * v.x)
        return v * c + cross * s + axis * ((axis * v).sum() * (1 - c))
    }
}
