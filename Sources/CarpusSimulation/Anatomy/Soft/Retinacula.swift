/// The band over the carpal tunnel: a bridge from scaphoid and trapezium to pisiform and the hook of the hamate.
enum FlexorRetinaculum {
    /// Palmar coordinate of its middle layer.
    @inline(__always) static func palmar(radial: Float) -> Float {
        let d = radial - 1
        return 20.4 - 0.026 * d * d
    }

    /// Whether a point lies in it.
    @inline(__always) static func contains(_ p: SIMD3<Float>) -> Bool {
        guard p.x > -14, p.x < 18, p.y > -15.5, p.y < 17 else { return false }
        let d = p.y - 1, slope = 0.052 * d
        let away = abs(p.z - palmar(radial: p.y)) / (1 + slope * slope).squareRoot()
        // Thickest over the hook of the hamate, thin at its edges.
        let along = (p.x - 3) / 16
        return away < 0.85 * max(1 - along * along * along * along, 0)
    }
}

/// The band that holds the extensor tendons down: it runs from the palmar edge of the radius round the back to the ulnar carpals.
enum ExtensorRetinaculum {
    /// Half its thickness under the fascia at a point, mm; 0 outside.
    @inline(__always) static func thickness(_ p: SIMD3<Float>) -> Float {
        guard p.z < 6 else { return 0 }
        let along = (p.x + 25 + 0.17 * p.y) * (1 / 12), rest = 1 - along * along
        return rest > 0 ? 1.0 * Swift.min(rest * 2, 1) * Blend.step(-p.z, from: -6, to: -1) : 0
    }
}

/// The sheet between radius and ulna, above the joint of the two.
enum InterosseousMembrane {
    /// Whether a point lies in it.
    @inline(__always) static func contains(_ p: SIMD3<Float>) -> Bool { p.x < -42 && p.y > -12 && p.y < -0.5 && abs(p.z + 0.5) < 0.4 }
}
