import CarpusCore
import Foundation

/// What belongs to one bone's surface and shell: unevenness, cortex, cartilage, and how deep in its shaft a point lies.
struct BoneSurface: Sendable {
    private let noise: SmoothNoise
    /// Amplitude of the unevenness, mm (the noise has a deviation of a quarter).
    private let bumps: Float
    private let isLong: Bool
    /// Cortex at round bones and ends, and what shafts have more, mm.
    private let shell: Float, shaft: Float
    private let cartilage: Float
    /// Neighbours nearer than the first are in a joint with it, farther than the second not, mm.
    private let articular: SIMD2<Float>
    /// Depth along the shaft, mm, is `slope · q - offset`, q in the figure's frame.
    private let slope: SIMD3<Float>, offset: Float
    /// The ulna's head meets no bone but a disc: its end has cartilage all the same.
    private let isUlna: Bool

    /// The surface of a bone of a wrist.
    init(bone: Int, of shape: WristShape, traits: BoneTraits) {
        let name = WristAnatomy.bones[bone].name
        var stream = shape.stream("bone-surface-" + name)
        noise = SmoothNoise(seed: shape.seed, "bone-bumps-" + name, wavelength: Float(stream.uniform(5, 8)))
        bumps = Float(shape.spread * stream.uniform(0.7, 1.2))
        (isLong, isUlna) = (bone < 2 || bone > 9, bone == 1)
        shell = Float(stream.normal(isLong ? 0.7 : 0.6, 0.05, limit: 2))
        shaft = Float(stream.normal(bone < 2 ? 1.7 : 1.2, 0.2, limit: 2))
        cartilage = traits.cartilage * (isUlna ? 0.8 : 1)
        articular = SIMD2(1.35, 1.95) * (2 * traits.cartilage + 0.25)
        let end = Self.end(of: bone, traits)
        // Radius and ulna run proximally from their ends, metacarpals distally.
        let shaftward = BoneFigure.all[bone].axis * (bone < 2 ? -1 : 1)
        slope = end.normal / (end.normal * shaftward).sum() * BoneFigure.scale
        offset = (slope * end.point).sum()
    }

    /// Where the articular end of a long bone lies and which way it faces.
    private static func end(of bone: Int, _ traits: BoneTraits) -> (point: SIMD3<Float>, normal: SIMD3<Float>) {
        switch bone {
        case 0: ([-25.4, -4, 0], [1, -traits.inclination, 0.5 * traits.tilt])
        case 1: ([-25.9 + traits.ulnarVariance, -20, 0], [1, 0, 0])
        case 10: ([8.0, 24.5, 14.7], [-0.74, -0.58, -0.33])
        case 11: ([9.0, 15, 0], [-1, -0.15, 0])
        case 12: ([12.2, 1, 0], [-1, -0.03, 0])
        case 13: ([12.8, -9.5, 0], [-1, 0.1, 0])
        default: ([11.9, -18.6, 1.6], [-0.96, 0.26, 0])
        }
    }

    /// What unevenness adds to the untrimmed distance: it fades away from the surface, and where there is no room beside another bone.
    @inline(__always) func unevenness(_ distance: Float, room: Float, at q: SIMD3<Float>) -> Float {
        let t = distance * 0.28
        guard abs(t) < 1, room > 0.2 else { return 0 }
        let fade = (1 - t * t) * Blend.step(room, from: 0.2, to: 2.5)
        return bumps * fade * noise(q)
    }

    /// Fills in cortex, cartilage and depth of a sample whose bones and distances are known.
    @inline(__always) func complete(_ sample: inout BoneSample, at q: SIMD3<Float>) {
        let along = isLong ? (slope * q).sum() - offset : 0, depth = max(0, along)
        sample.shaftDepth = depth
        sample.cortex = shell
        if isLong { sample.cortex += shaft * Blend.step(depth, from: 8, to: 45) }
        let width = sample.distance + sample.neighbourDistance
        var share = 1 - Blend.step(width, from: articular.x, to: articular.y)
        if isLong { share *= 1 - Blend.step(depth, from: 4, to: 8) }
        if isUlna { share = max(share, 1 - Blend.step(abs(along), from: 0.8, to: 2)) }
        // The interosseous ligaments spring from bare bone.
        if let radius = Interosseous.radius(q, sample), Interosseous.holds(q, radius) { share *= 0.15 }
        sample.cartilage = max(0, min(cartilage * share, isUlna && sample.neighbour != 0 ? cartilage : (width - 0.15) / 2))
    }
}
