public import CarpusCore
import Foundation

/// How strongly a receive coil sees each point: 1 at its centre, a bell with a tilt. Noise is the same everywhere.
public struct CoilField: Sendable, Hashable {
    /// Centre, scanner mm (LPS).
    public var centre: Vector3
    /// Standard deviation of the bell along L, P and S, mm.
    public var width: Vector3
    /// Natural logarithm of the growth over 40 mm along L, P and S.
    public var tilt: Vector3

    /// A field of given shape.
    public init(centre: Vector3 = .zero, width: Vector3, tilt: Vector3 = .zero) {
        precondition(width.min() > 0, "a bell has a width")
        (self.centre, self.width, self.tilt) = (centre, width, tilt)
    }

    /// The same everywhere.
    public static let uniform = CoilField(width: Vector3(repeating: .infinity))

    /// A field drawn for one examination: a wrist coil, or, in one of four, a wide knee coil; its centre somewhere about `centre`.
    public static func drawn(seed: UInt64, centre: Vector3 = .zero) -> CoilField {
        var stream = RandomStream(seed: seed, "coil")
        let wide = stream.chance(0.25) ? 2.0 : 1.0
        let offset = Vector3(stream.normal(0, 6), stream.normal(0, 6), stream.normal(0, 10))
        let width = Vector3(stream.uniform(42, 75), stream.uniform(38, 70), stream.uniform(38, 65)) * wide
        return CoilField(centre: centre + offset, width: width, tilt: Vector3(stream.normal(0, 0.12), stream.normal(0, 0.15), stream.normal(0, 0.12)))
    }

    /// The sensitivity at a point in scanner mm.
    public func callAsFunction(_ point: Vector3) -> Double {
        let d = point - centre, q = d / width
        // The tilt levels off some 60 mm out.
        let t = Vector3(tanh(d.x / 60), tanh(d.y / 60), tanh(d.z / 60)) * 1.5
        return exp(tilt.dot(t) - q.dot(q) / 2)
    }
}

/// Suppression of fat by its frequency: good where the field is even, worse towards the edge, patchy.
public struct FatSuppression: Sendable, Hashable {
    /// Share of fat's signal left in the middle, 0 to 1.
    public var residual: Double
    /// Share left from `radius` mm outwards.
    public var edgeResidual: Double
    /// Where the field is best, scanner mm.
    public var centre: Vector3
    /// Where suppression has become as bad as at the edge, mm.
    public var radius: Double
    /// Standard deviation of the patchiness, as a share of fat's signal.
    public var patchiness: Double
    /// Seed of the patches.
    public var seed: UInt64

    /// A suppression of given shares; without patches unless asked for.
    public init(residual: Double, edgeResidual: Double? = nil, centre: Vector3 = .zero, radius: Double = 50, patchiness: Double = 0, seed: UInt64 = 0) {
        precondition((0...1).contains(residual) && (0...1).contains(edgeResidual ?? residual) && radius > 0, "a share is within 0 and 1")
        (self.residual, self.edgeResidual, self.centre) = (residual, edgeResidual ?? residual, centre)
        (self.radius, self.patchiness, self.seed) = (radius, patchiness, seed)
    }

    /// A suppression as it comes about in practice: 0 to 15 % left in the middle, up to 60 % at the edge.
    public static func drawn(seed: UInt64, centre: Vector3 = .zero) -> FatSuppression {
        var stream = RandomStream(seed: seed, "fat-suppression")
        let middle = stream.uniform(0, 0.15), edge = middle + (0.6 - middle) * pow(stream.uniform(0, 1), 1.5)
        let offset = Vector3(stream.normal(0, 6), stream.normal(0, 6), stream.normal(0, 8))
        return FatSuppression(
            residual: middle, edgeResidual: edge, centre: centre + offset, radius: stream.uniform(40, 75), patchiness: stream.uniform(0, 0.04), seed: stream.next())
    }

    /// The share left, as a function of the point in scanner mm.
    var field: @Sendable (Vector3) -> Double {
        let noise = SmoothNoise(seed: seed, "fat-suppression", wavelength: 30), plan = self
        return { point in
            let d = (point - plan.centre).length / plan.radius, t = min(d, 1)
            let smooth = plan.residual + (plan.edgeResidual - plan.residual) * t * t * (3 - 2 * t)
            guard plan.patchiness > 0 else { return smooth }
            // The noise's own deviation is a quarter.
            return min(max(smooth + 4 * plan.patchiness * Double(noise(SIMD3<Float>(point))), 0), 1)
        }
    }
}
