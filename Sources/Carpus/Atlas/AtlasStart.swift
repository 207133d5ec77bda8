import CarpusCore
import CarpusRegistration

/// Where the atlas begins to be laid on a scan. A hand may lie in the magnet in any way, so that the headers tell little: the wrist is laid
/// down along the axes of the slices in all 24 ways, its middle on that of the scan's field, and the ways that tell most are followed.
struct AtlasStart {
    /// A way of lying, and how well it does.
    struct Candidate: Sendable {
        /// Scan's world points to the atlas's.
        let atlasFromScan: RigidTransform
        /// Mutual information over the part of the scan that the atlas shows, nats.
        let worth: Double
        /// The share of the scan's tissue that the atlas shows.
        let overlap: Double
    }

    let scan: Volume<Float>
    /// Spacing at which ways are compared, mm.
    private static let coarse = 3.2
    /// Ways followed to the end.
    private static let followed = 4

    /// The ways that were followed, the best first; at least one.
    ///
    /// - Throws: `RegistrationError` when the scan cannot be aligned with anything.
    func candidates(for atlas: Volume<Float>) throws -> [Candidate] {
        let small = scan.downsampled(toSpacing: Vector3(repeating: Self.coarse)), smallAtlas = atlas.downsampled(toSpacing: Vector3(repeating: Self.coarse))
        var quick = RigidRegistration.Parameters()
        (quick.levels, quick.finestSpacing, quick.samples, quick.startAngle, quick.iterations) = (1, Self.coarse, 4000, 0, 30)
        var ways: [Candidate] = []
        for turn in turns {
            // A way in which the images lose each other is no way.
            if let way = try? follow(turn, small, smallAtlas, quick) { ways.append(way) }
        }
        ways.sort { $0.worth > $1.worth }
        var thorough = RigidRegistration.Parameters()
        (thorough.finestSpacing, thorough.samples, thorough.startAngle) = (1.6, 20_000, 15)
        let starts = ways.isEmpty ? [turns[0]] : ways.prefix(Self.followed).map(\.atlasFromScan), spacing = Vector3(repeating: thorough.finestSpacing)
        let (scan, atlas) = (scan.downsampled(toSpacing: spacing), atlas.downsampled(toSpacing: spacing))
        var ends: [Candidate] = [], trouble: (any Error)?
        for start in starts {
            do { ends.append(try follow(start, scan, atlas, thorough)) } catch { trouble = error }
        }
        if ends.isEmpty, let trouble { throw trouble }
        return ends.sorted { $0.worth > $1.worth }
    }

    private func follow(_ start: RigidTransform, _ scan: Volume<Float>, _ atlas: Volume<Float>, _ parameters: RigidRegistration.Parameters) throws -> Candidate {
        let begun = try RegistrationStart(.rigid(start), moving: atlas, movingMask: Self.reach(of: scan.grid, on: atlas.grid), fixed: scan.grid)
        let found = try RigidRegistration.align(fixed: scan, moving: begun.moving, movingMask: begun.movingMask, parameters: parameters), overlap = found.verdict?.overlap ?? 0
        guard let map = RigidTransform(nearest: start.affine * found.movingFromFixed.affine, centre: scan.grid.centre) else { preconditionFailure("rigid maps compose to rigid maps") }
        return Candidate(atlasFromScan: map, worth: found.metric * overlap, overlap: overlap)
    }

    /// What a scan can show of the atlas: what lies no farther from the wrist's middle, which is the atlas's origin, than the scan's corners from its own. A small field would else be
    /// too small a part of the atlas to be compared.
    static func reach(of scan: Grid, on atlas: Grid) -> LabelMap {
        let radius = scan.corners.map { ($0 - scan.centre).length }.max() ?? 0
        return LabelMap(grid: atlas, labels: (0..<atlas.count).map { atlas.worldFromVoxel(Vector3(atlas.index(at: $0))).length <= radius ? 1 : 0 }, legend: Legend([]))
    }

    /// The 24 ways, the scanner's own words first: rotations of the atlas's axes onto those of the slices, about the middles of both.
    private var turns: [RigidTransform] {
        let axes = scan.grid.direction, centre = scan.grid.centre
        var all: [RigidTransform] = []
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for signs in 0..<8 {
                var rows = [Vector3.zero, .zero, .zero]
                for row in 0..<3 { rows[row] = axes[column: order[row]] * (signs >> row & 1 == 0 ? 1 : -1) }
                let turn = Matrix3(rows: rows[0], rows[1], rows[2])
                guard turn.determinant > 0, let rigid = RigidTransform(nearest: Affine(linear: turn), centre: .zero) else { continue }
                all.append(RigidTransform(rotation: rigid.rotation, centre: centre, translation: -1 * centre))
            }
        }
        return all.sorted { $0.angle < $1.angle }
    }
}
