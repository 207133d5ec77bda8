import CarpusCore
import CarpusIO
import Foundation

/// Two images and points whose places in both are known.
struct Pair {
    var fixed, moving: Volume<Float>
    /// Points of the fixed image and where they lie in the moving one, mm.
    var points: [(fixed: Vector3, moving: Vector3)]
    /// The smallest spacing of the fixed image, mm.
    var pixel: Double

    /// How far a map misses each point, mm, in rising order.
    func misses(_ map: (Vector3) -> Vector3) -> [Double] { points.map { (map($0.fixed) - $0.moving).length }.sorted() }

    /// The same with the moving image placed anew: another start of the same search.
    func placed(by start: RigidTransform) throws -> Pair {
        let map = start.affine
        var out = self
        out.moving = Volume(grid: try Grid(size: moving.grid.size, worldFromVoxel: map * moving.grid.worldFromVoxel), scalars: moving.scalars)
        out.points = points.map { ($0.fixed, map($0.moving)) }
        return out
    }
}

/// A folder with a case of the benchmark.
struct BenchmarkCase {
    let folder: URL
    var name: String { folder.lastPathComponent }
    /// The name without its number.
    var family: String { name.replacing(#/_\d+$/#, with: "") }
    /// Whether it is a dynamic series.
    var isSeries: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "frames.nii.gz").path(percentEncoded: false)) }
    /// Whether things do more than turn and shift.
    var isDeformed: Bool { name.hasPrefix("nr_") }

    private struct Meta: Decodable {
        let inplane_mm: Double
        let gt_matrices_lps: [[[Double]]]?
    }

    static func all(in folder: URL, only: String) throws -> [BenchmarkCase] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
        return names.filter { only.isEmpty || $0.contains(only) }.map { BenchmarkCase(folder: folder.appending(path: $0)) }.filter {
            FileManager.default.fileExists(atPath: $0.folder.appending(path: "meta.json").path(percentEncoded: false))
        }
    }

    private func meta() throws -> Meta { try JSONDecoder().decode(Meta.self, from: Data(contentsOf: folder.appending(path: "meta.json"))) }

    func pair() throws -> Pair {
        let text = try String(contentsOf: folder.appending(path: "gt_points.csv"), encoding: .utf8)
        let points = text.split(separator: "\n").dropFirst().compactMap { line -> (fixed: Vector3, moving: Vector3)? in
            let v = line.split(separator: ",").compactMap { Double($0) }
            return v.count == 6 ? (Vector3(v[0], v[1], v[2]), Vector3(v[3], v[4], v[5])) : nil
        }
        return Pair(
            fixed: try NIfTI.readVolume(folder.appending(path: "fixed.nii.gz")), moving: try NIfTI.readVolume(folder.appending(path: "moving.nii.gz")),
            points: points, pixel: try meta().inplane_mm)
    }

    /// World points of the fixed image's mask, every so many voxels.
    func maskPoints(_ file: String, every step: Int) throws -> [Vector3] {
        let mask = try NIfTI.readVolume(folder.appending(path: file))
        let inside = mask.scalars.indices.filter { mask.scalars[$0] > 0 }
        return stride(from: 0, to: inside.count, by: max(1, step)).map { mask.grid.worldFromVoxel(Vector3(mask.grid.index(at: inside[$0]))) }
    }

    func series() throws -> (series: TimeSeries, truth: [Affine]) {
        guard case .series(let series) = try NIfTI.read(folder.appending(path: "frames.nii.gz")).content, let matrices = try meta().gt_matrices_lps else {
            throw Usage(message: "\(name) is no dynamic series with its truth")
        }
        return (series, matrices.map { Affine(matrixRows: $0) })
    }
}
