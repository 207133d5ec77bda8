import CarpusCore
import Foundation

/// The only place where NIfTI's world (towards right, anterior, superior) meets ours (towards left, posterior, superior).
enum WorldFrame {
    /// The same map into the other frame; its own inverse.
    static func flipped(_ a: Affine) -> Affine {
        let flip = Matrix3(diagonal: Vector3(-1, -1, 1))
        return Affine(linear: flip * a.linear, translation: flip * a.translation)
    }

    /// The two ways in which a header's forms may differ before it is said, mm at a corner of the grid.
    static let formTolerance = 0.1

    /// The grid a header describes, and what is doubtful. A form that is sheared or singular is
    /// refused, not replaced by the other.
    static func grid(of h: NIfTI.Header, at file: URL) throws -> (Grid, [Finding]) {
        let size = Index3(h.dimensions[0], h.dimensions.count > 1 ? h.dimensions[1] : 1, h.dimensions.count > 2 ? h.dimensions[2] : 1)
        var findings: [Finding] = []
        if h.millimetres == nil {
            findings.append(Finding(.note, "nifti.space-unit", "The file does not say its unit of length; millimetres are taken.", evidence: ["xyzt_units": "\(h.units)"]))
        }
        let form = h.form
        let chosen = try made(size, form == .sform ? h.sform : form == .qform ? h.qform(at: file) : h.spacingOnly, h, at: file, form: form)
        if form == .sform, h.qformCode > 0, let other = try? made(size, h.qform(at: file), h, at: file, form: .qform) {
            let distance = zip(chosen.corners, other.corners).map { ($0 - $1).length }.max() ?? 0
            if distance > formTolerance {
                findings.append(Finding(.warning, "nifti.forms-disagree", "The file places its voxels in two ways that differ; the sform is used.", evidence: ["mm": String(format: "%.2f", distance)]))
            }
        }
        if form == .pixdim {
            findings.append(Finding(.warning, "nifti.no-orientation", "The file does not say how it lies in the patient; left and right are a guess.", evidence: ["sform_code": "0", "qform_code": "0"]))
        }
        return (chosen, findings)
    }

    private static func made(_ size: Index3, _ ras: Affine, _ h: NIfTI.Header, at file: URL, form: NIfTI.Header.Form) throws -> Grid {
        let mm = h.millimetres ?? 1
        let lps = flipped(Affine(linear: ras.linear * mm, translation: ras.translation * mm))
        do {
            return try Grid(size: size, worldFromVoxel: lps)
        } catch let error as GeometryError {
            throw IOError(.badGeometry, at: file, "the \(form.rawValue) cannot be used: \(error.message)")
        }
    }
}

extension NIfTI.Header {
    fileprivate var sform: Affine { Affine(matrixRows: rows) }

    fileprivate var spacing: Vector3 {
        let p = (pixdim + [1, 1, 1]).map { $0 == 0 ? 1 : abs($0) }
        return Vector3(p[0], dimensions.count > 1 ? p[1] : 1, dimensions.count > 2 ? p[2] : 1)
    }

    fileprivate var spacingOnly: Affine { Affine(linear: Matrix3(diagonal: spacing)) }

    /// The quaternion form: a rotation, spacing, and a sign of the third axis (nifti1.h, method 2).
    fileprivate func qform(at file: URL) throws -> Affine {
        let (b, c, d) = (quaternion[0], quaternion[1], quaternion[2])
        let rest = 1 - (b * b + c * c + d * d)
        guard rest.isFinite, rest > -1e-3 else {
            throw IOError(.badGeometry, at: file, "the qform cannot be used: its quaternion is longer than 1")
        }
        let r = RigidTransform(rotation: SIMD4(b, c, d, max(0, rest).squareRoot())).matrix
        let s = spacing
        return Affine(linear: Matrix3(columns: r.x * s.x, r.y * s.y, r.z * s.z * qfac), translation: quaternionOffset)
    }
}
