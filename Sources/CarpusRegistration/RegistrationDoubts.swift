import CarpusCore
import Foundation

/// What is doubtful about an alignment.
struct RegistrationDoubts {
    private(set) var findings: [Finding] = []

    /// Of ITK's alignment.
    ///
    /// - Parameter disagreement: how far the two directions differ over the tissue, mm; nil when one was tried.
    init(_ fixed: Side, _ moving: Side, _ found: PyramidDescent.Found, disagreement: Double?) {
        if found.metric < 0.05 { unlike("mutual information", Self.text(found.metric, "nats")) }
        common(found.transform, seen: moving.shows(found.transform, fixed), converged: found.converged, iterations: found.iterations)
        if let disagreement, disagreement > 1 {
            add(disagreement > 3 ? .serious : .warning, "directions-differ", "Aligning the images in the two directions gave different answers; the mean is used.", "distance", Self.text(disagreement, "mm"))
        }
    }

    /// Of our own.
    ///
    /// - Parameter slices: the least voxels along an axis of either image.
    init(_ transform: RigidTransform, _ verdict: RegistrationVerdict, converged: Bool, iterations: Int, slices: Int) {
        let error = Self.text(verdict.expectedError, "mm")
        if verdict.grade == .failed {
            if (verdict.height ?? 4) < 4 || verdict.information < 0.05 {
                unlike("expected error", error)
            } else {
                add(.serious, "uncertain", "The images do not tell where they belong; the alignment may be wrong.", "expected error", error)
            }
        } else if verdict.grade == .doubtful {
            add(.warning, "uncertain", "The images hardly tell where they belong; look at the alignment.", "expected error", error)
        }
        common(transform, seen: verdict.overlap, converged: converged, iterations: iterations)
        if slices < 4 {
            add(.warning, "flat", "An image has too few slices to show a turn out of its plane.", "slices", "\(slices)")
        }
    }

    private mutating func common(_ transform: RigidTransform, seen: Double, converged: Bool, iterations: Int) {
        let degrees = transform.angle * 180 / .pi
        if degrees > 30 {
            add(.warning, "turned-far", "The images had to be turned far; look at the alignment.", "angle", Self.text(degrees, "degrees"))
        }
        if seen < 0.6 {
            add(seen < 0.3 ? .serious : .warning, "overlap", "The moving image shows only part of the tissue of the fixed one.", "share", Self.text(seen, ""))
        }
        if !converged {
            add(.warning, "not-converged", "The alignment was still moving when its iterations ran out; look at it, or allow more.", "iterations", "\(iterations)")
        }
    }

    private mutating func unlike(_ key: String, _ value: String) {
        add(.serious, "unlike", "The aligned images hardly tell anything of each other; they may show different things, or be misaligned.", key, value)
    }

    private mutating func add(_ severity: Finding.Severity, _ code: String, _ sentence: String, _ key: String, _ value: String) {
        findings.append(Finding(severity, "registration." + code, sentence, evidence: [key: value]))
    }

    private static func text(_ v: Double, _ unit: String) -> String { String(format: "%.2f %@", v, unit) }
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
