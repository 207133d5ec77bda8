import CarpusCore
import Foundation

/// What is doubtful about an alignment.
struct RegistrationDoubts {
    let findings: [Finding]

    /// - Parameter disagreement: how far the two directions differ over the tissue, mm; nil when one was tried.
    init(_ fixed: Side, _ moving: Side, _ found: PyramidDescent.Found, disagreement: Double?) {
        var all: [Finding] = []
        func add(_ severity: Finding.Severity, _ code: String, _ sentence: String, _ key: String, _ value: String) {
            all.append(Finding(severity, "registration." + code, sentence, evidence: [key: value]))
        }
        func text(_ v: Double, _ unit: String) -> String { String(format: "%.2f %@", v, unit) }
        if found.metric < 0.05 {
            add(.serious, "unlike", "The aligned images hardly tell anything of each other; they may show different things, or be misaligned.", "mutual information", text(found.metric, "nats"))
        }
        let degrees = found.transform.angle * 180 / .pi
        if degrees > 30 {
            add(.warning, "turned-far", "The images had to be turned far; look at the alignment.", "angle", text(degrees, "degrees"))
        }
        let seen = moving.shows(found.transform, fixed)
        if seen < 0.6 {
            add(seen < 0.3 ? .serious : .warning, "overlap", "The moving image shows only part of the tissue of the fixed one.", "share", text(seen, ""))
        }
        if !found.converged {
            add(.warning, "not-converged", "The alignment was still moving when its iterations ran out; look at it, or allow more.", "iterations", "\(found.iterations)")
        }
        if let disagreement, disagreement > 1 {
            add(disagreement > 3 ? .serious : .warning, "directions-differ", "Aligning the images in the two directions gave different answers; the mean is used.", "distance", text(disagreement, "mm"))
        }
        findings = all
    }
}

extension Side {
    /// The share of another side's tissue that this one's field of view takes in after a map.
    fileprivate func shows(_ map: RigidTransform, _ other: Side) -> Double {
        let tissue = Tissue.mask(of: other.volume), step = max(1, tissue.count / 200_000)
        let voxelFromVoxel = volume.grid.voxelFromWorld * map.affine * other.volume.grid.worldFromVoxel
        let top = Vector3(volume.grid.size) - 0.5
        var all = 0, inside = 0
        for i in stride(from: 0, to: tissue.count, by: step) where tissue[i] {
            all += 1
            let v = voxelFromVoxel(Vector3(other.volume.grid.index(at: i)))
            if v.x >= -0.5, v.y >= -0.5, v.z >= -0.5, v.x <= top.x, v.y <= top.y, v.z <= top.z { inside += 1 }
        }
        return all > 0 ? Double(inside) / Double(all) : 0
    }
}
