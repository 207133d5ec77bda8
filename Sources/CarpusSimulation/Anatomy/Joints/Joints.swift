import CarpusCore
import Foundation

/// The three synovial joint regions of RAMRIS with their envelopes, the disc, and the ligaments, in the hand's frame, mm of a wrist of size 1.
struct Joints: Sendable {
    /// Distal radioulnar, radiocarpal, intercarpal-carpometacarpal: labels 16 to 18.
    let figures: [JointFigure]
    /// From the hand's frame to the figures': the forearm's, the proximal row's.
    let forearm: Solid.Map, proximal: Solid.Map
    let disc: Part
    /// Twice the cartilage and the film: how wide a joint's cleft is, mm.
    let cleft: Float

    /// The joints of a wrist in its baseline pose.
    init(_ shape: WristShape) {
        let traits = BoneTraits(shape)
        var stream = shape.stream("joints")
        figures = [JointFigure.radioulnar(traits), .radiocarpal(traits), .midcarpal(traits)].map { figure in
            var result = figure
            let lax = Float(exp(stream.normal(0, 0.12, limit: 2)))
            (result.dorsal, result.palmar) = (figure.dorsal * lax, figure.palmar * lax * Float(exp(stream.normal(0, 0.1, limit: 2))))
            (result.radial, result.ulnar) = (figure.radial * lax, figure.ulnar * lax * Float(exp(stream.normal(0, 0.1, limit: 2))))
            return result
        }
        forearm = Solid.Map(of: .forearm, in: shape)
        proximal = Solid.Map(of: .proximal, in: shape)
        disc = JointFigure.disc(traits)
        cleft = 2 * traits.cartilage + 0.25
    }

    /// The joints that can matter in a box of the hand's frame.
    func local(to box: Box) -> LocalJoints {
        let centre = (box.low + box.high) * 0.5, half = (box.high - box.low) * 0.5
        let reach = Solid.steepness * (half * half).sum().squareRoot() + 6
        let near = (0..<3).map { Solid(parts: figures[$0].region, map: $0 == 0 ? forearm : proximal).distance(centre) < reach }
        let q = proximal(centre), room = Box(low: q, high: q).grown(by: reach / proximal.scale)
        return LocalJoints(joints: self, near: SIMD3(near[0] ? 1 : 0, near[1] ? 1 : 0, near[2] ? 1 : 0), ligaments: Ligament.all.filter { $0.box.meets(room) })
    }
}

extension Solid.Map {
    /// The way from the hand's frame to the figures', for shapes that move with a row.
    init(of row: BoneFigure.Row, in shape: WristShape) {
        let back = row.place(in: shape).inverse.affine, size = 1 / BoneFigure.scale
        func single(_ v: Vector3) -> SIMD3<Float> { SIMD3<Float>(v) * size }
        self.init(x: single(back.linear.x), y: single(back.linear.y), z: single(back.linear.z), shift: single(back.translation), scale: BoneFigure.scale)
    }
}
