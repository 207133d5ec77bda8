import CarpusCore
import CarpusIO
import CarpusQuantification
import Foundation

/// A result's transforms against the truth's: how far apart they take points.
enum TransformComparison {
    /// Where transforms are compared.
    struct Points {
        /// As it stands in the column `region`.
        let name: String
        let points: [Vector3]
        let note: String
    }

    /// Two files: over the labelled voxels of a map, or the corners and the middle of a cube of 80 mm about the world's origin.
    static func rows(of result: URL, against truth: URL, regions: URL?) throws -> [EvaluationRow] {
        var points = Points(name: "cube", points: PointErrors.cube(about: .zero, edge: 80), note: "the corners and the middle of a cube of 80 mm about the origin of the world")
        if let regions {
            points = foreground(try NIfTI.readLabels(regions), of: regions)
            guard !points.points.isEmpty else { throw IOError(.inconsistent, at: regions, "the map has no labelled voxel, and points are needed") }
        }
        return try errors(of: result, against: truth, at: points, .init(participant: nil, session: nil), more: [])
    }

    private static func foreground(_ map: LabelMap, of file: URL) -> Points {
        let points = PointErrors.foreground(of: map)
        return Points(name: "labels", points: points, note: "\(points.count) labelled voxels of \(file.lastPathComponent)")
    }

    private static func errors(of result: URL, against truth: URL, at points: Points, _ occasion: EvaluatedOccasion, more: [String]) throws -> [EvaluationRow] {
        let e = PointErrors(of: try TransformFile.read(result), against: try TransformFile.read(truth), at: points.points)
        return [("mean", e.mean), ("median", e.median), ("p95", e.p95), ("max", e.max)].map { name, value in
            EvaluationRow(
                kind: .transform, participant: occasion.participant, session: occasion.session, region: points.name, measure: "registration-error-\(name)", value: value, unit: "mm",
                note: ([points.note] + more).joined(separator: "; "))
        }
    }

    /// The transforms of two folders, matched by their paths in them.
    struct Matched {
        let result, truth: OutputListing

        func rows(of occasion: EvaluatedOccasion) throws -> [EvaluationRow] {
            let mine = result.transforms.filter { $0.occasion == occasion }, theirs = truth.transforms.filter { $0.occasion == occasion }
            guard !mine.isEmpty || !theirs.isEmpty else { return [] }
            var rows: [EvaluationRow] = [], points: Points?
            for entry in mine {
                guard let other = theirs.first(where: { $0.path == entry.path }) else {
                    rows.append(.missing(.transform, occasion, region: "(all)", "missing in the truth: \(entry.path)"))
                    continue
                }
                let places = try points ?? self.points(for: occasion)
                points = places
                rows += try errors(of: entry.url, against: other.url, at: places, occasion, more: ["the transform is \(entry.url.lastPathComponent)"])
            }
            let known = Set(mine.map(\.path))
            return rows + theirs.filter { !known.contains($0.path) }.map { .missing(.transform, occasion, region: "(all)", "missing in the result: \($0.path)") }
        }

        /// The labelled voxels of the truth's anatomy map of the session a transform starts from; a sphere of 40 mm when there is none.
        private func points(for occasion: EvaluatedOccasion) throws -> Points {
            let session = occasion.first
            let files = truth.maps.filter { $0.occasion == session || (session.session == nil && $0.occasion.participant == session.participant) }
            let maps = try files.map { (file: $0.url, map: try LabelComparison.read($0.url).map) }
            let bones = Set(WristAnatomy.bones.map(\.name))
            let anatomies = maps.map { m in
                let counts = m.map.counts
                return (m, bones: m.map.legend.labels.count { bones.contains($0.name) && counts[$0.value] != nil })
            }
            // The one of the most bones; of equal ones the first.
            if let most = anatomies.map(\.bones).max(), most > 0, let best = anatomies.first(where: { $0.bones == most }) { return foreground(best.0.map, of: best.0.file) }
            let middle = maps.first?.map.grid.centre
            return Points(
                name: "sphere", points: PointErrors.sphere(about: middle ?? .zero, radius: 40),
                note: "a sphere of 40 mm about " + (middle == nil ? "the origin of the world, because the truth has no map" : "the middle of the truth's grid, because it has no map of bones"))
        }
    }
}
