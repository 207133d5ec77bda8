import CarpusCore
import Foundation

extension Solid {
    /// The solid of a bone as a wrist has it, at its place in the wrist's baseline pose.
    init(bone index: Int, of shape: WristShape, traits: BoneTraits) {
        let figure = BoneFigure.all[index]
        var details = shape.stream("bone-parts-" + WristAnatomy.bones[index].name)
        self.init(parts: figure.parts(traits).map { $0.varied(by: &details) })
        var stream = shape.stream("bone-" + WristAnatomy.bones[index].name)
        // Axes vary more than volumes: most of their common growth is taken out.
        var modes = Vector3(stream.normal(limit: 2.2), stream.normal(limit: 2.2), stream.normal(limit: 2.2))
        modes -= Vector3(repeating: 0.6 * modes.sum() / 3)
        let size = Double(BoneFigure.calibration[index] * BoneFigure.scale)
        let scales = Vector3(exp(0.035 * modes.x), exp(0.035 * modes.y), exp(0.035 * modes.z)) * size
        let u = Self.double(figure.axis) * (1 / Self.double(figure.axis).length), helper = Vector3(0, 0, 1) - u * u.z
        let v = abs(u.z) < 0.9 ? helper * (1 / helper.length) : Vector3(0, 1, 0).cross(u) * (1 / Vector3(0, 1, 0).cross(u).length)
        let frame = Matrix3(rows: u, v, u.cross(v))
        let tip = Vector3(stream.normal(limit: 2), stream.normal(limit: 2), stream.normal(limit: 2))
        let turn = RigidTransform(axis: tip, angle: min(tip.length, 2.5) * (index < 2 || index > 9 ? 0.6 : 1.9) * .pi / 180)
        let stray = Vector3(stream.normal(0, 0.25, limit: 2), stream.normal(0, 0.25, limit: 2), stream.normal(0, 0.25, limit: 2))

        // hand = place(scale * middle + turn * frame' * scales * frame * (q - middle) + stray)
        let middle = Self.double(figure.middle), place = figure.row.place(in: shape).affine
        let linear = place.linear * (turn.matrix * (frame.transposed * (Matrix3(diagonal: scales) * frame)))
        let back = linear.inverse ?? .identity
        let shift = middle - back * place(middle * Double(BoneFigure.scale) + stray)
        map = Map(
            x: Self.single(back.x), y: Self.single(back.y), z: Self.single(back.z), shift: Self.single(shift),
            scale: Float(cbrt(scales.x * scales.y * scales.z)))
    }

    private static func double(_ v: SIMD3<Float>) -> Vector3 { Vector3(Double(v.x), Double(v.y), Double(v.z)) }
    private static func single(_ v: Vector3) -> SIMD3<Float> { SIMD3(Float(v.x), Float(v.y), Float(v.z)) }
}

extension BoneFigure.Row {
    /// The middle of the head of the capitate, about which the hand turns.
    static let pivot = Vector3(-7.8, -0.5, 0.7)

    /// Where flexion and deviation bring the row: the proximal row makes half of the way.
    func place(in shape: WristShape) -> RigidTransform {
        let share = self == .forearm ? 0 : self == .proximal ? 0.5 : 1.0
        let radians = share * Double.pi / 180
        // Distal turns to palmar in flexion, to ulnar in deviation.
        let turn = Vector3(0, -shape.flexionDegrees, -shape.ulnarDeviationDegrees) * radians
        return RigidTransform(axis: turn, angle: turn.length, centre: Self.pivot)
    }
}
