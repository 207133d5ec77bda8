import CarpusCore
import CarpusIO
import CarpusSimulation
import Foundation

/// Where the wrist truly went: between series, between visits as a whole and bone by bone, and from frame to frame.
struct TruthTransforms {
    let names: SimulatedNames
    let patient: VirtualPatient

    /// From the world of the visit's first series to that of another, as a registration of the other onto the first finds it.
    func writeSeries(_ visit: Int, first: SeriesRole, _ role: SeriesRole) throws {
        let position = patient.positioning(at: visit)
        let map = position.placement(series: role.rawValue).affine * position.placement(series: first.rawValue).affine.inverseOfRigid
        try write(map, to: names.truth("\(names.session(visit))/anat/\(names.prefix(visit))_desc-\(BIDSLabel.label(role.rawValue))_mode-image_xfm.tfm"))
    }

    /// From the world of a series at the first visit to that of the same series at a later one: the wrist as a whole, and each bone.
    func writeChange(from a: Int, to b: Int, series role: SeriesRole) throws {
        let before = patient.positioning(at: a), after = patient.positioning(at: b)
        let back = before.placement(series: role.rawValue).affine.inverseOfRigid, forth = after.placement(series: role.rawValue).affine
        let folder = "\(names.subjectFolder)/change/ses-\(names.visit(a))_to_ses-\(names.visit(b))"
        func file(_ what: String) -> URL { names.truth("\(folder)/\(names.prefix(b))_desc-\(BIDSLabel.label(what))_mode-image_xfm.tfm") }
        try write(forth * back, to: file("align"))
        for (i, bone) in WristAnatomy.bones.enumerated() {
            let own = after.boneMotion(i) * before.boneMotion(i).inverseOfRigid
            try write(forth * own * back, to: file(bone.name))
        }
    }

    /// Each frame's motion against the first, as a table: rotation vector in degrees about a centre, then shift in mm.
    static func motionTable(_ placements: [RigidTransform], times: [Double], centre: Vector3) -> String {
        let first = placements[0].affine.inverseOfRigid
        let rows = zip(placements, times).enumerated().map { i, frame -> String in
            let motion = RigidTransform(nearest: frame.0.affine * first, centre: centre) ?? RigidTransform()
            let axis = Vector3(motion.rotation.x, motion.rotation.y, motion.rotation.z), degrees = motion.angle * 180 / .pi
            let turn = axis.length > 0 ? axis * (degrees / axis.length) : .zero, t = motion.translation
            return ([i] as [Any] + [frame.1, turn.x, turn.y, turn.z, t.x, t.y, t.z]).map { "\($0)" }.joined(separator: "\t")
        }
        let head = ["frame", "time_s", "rotation_x_deg", "rotation_y_deg", "rotation_z_deg", "shift_x_mm", "shift_y_mm", "shift_z_mm"]
        return ([head.joined(separator: "\t")] + rows).joined(separator: "\n") + "\n"
    }

    private func write(_ map: Affine, to file: URL) throws {
        try OutputFile.write(to: file) { try ITKTransformFile.write(.affine(map), to: $0) }
    }
}

extension Affine {
    /// The inverse of a map that is known to be rigid.
    var inverseOfRigid: Affine {
        guard let inverse else { preconditionFailure("a rigid map can be inverted") }
        return inverse
    }
}
