import CarpusIO
import Foundation

/// What an output folder of a run, or of the simulator's truth, holds that can be compared.
struct OutputListing {
    /// A file of the folder.
    struct Entry {
        let url: URL
        /// Inside the folder.
        let path: String
        let occasion: EvaluatedOccasion
    }
    let folder: URL
    /// Label maps `*_dseg.nii.gz` and transforms `*_xfm.tfm`, `*_xfm.h5`, by path.
    let maps, transforms: [Entry]
    /// The rows of `measures.tsv`, nil when there is none.
    let measures: [MeasuredRow]?

    /// - Throws: `IOError` when nothing is there, or `measures.tsv` cannot be read.
    init(of folder: URL) throws {
        let folder = folder.resolvingSymlinksInPath()   // a walk does not follow a link it starts from
        let walk = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))
        var paths: [String] = []
        while let path = walk?.nextObject() as? String {
            // The store and its like are no results.
            if (path.split(separator: "/").last ?? "").hasPrefix(".") { walk?.skipDescendants() } else { paths.append(path) }
        }
        func entries(_ endings: [String]) -> [Entry] {
            paths.filter { path in endings.contains { path.hasSuffix($0) } }.sorted().map { Entry(url: folder.appending(path: $0), path: $0, occasion: .init(path: $0)) }
        }
        (maps, transforms, self.folder) = (entries(["_dseg.nii.gz", "_dseg.nii"]), entries(["_xfm.tfm", "_xfm.txt", "_xfm.h5"]), folder)
        measures = paths.contains("measures.tsv") ? try MeasuredRow.read(folder.appending(path: "measures.tsv")) : nil
        guard !maps.isEmpty || !transforms.isEmpty || measures != nil else {
            throw IOError(.missing, at: folder, "there is neither a label map (*_dseg.nii.gz) nor a transform (*_xfm.tfm) nor measures.tsv; name the output folder of a run, or the truth's derivatives folder")
        }
    }

    /// Everyone and every time something is there for.
    var occasions: Set<EvaluatedOccasion> { Set((maps + transforms).map(\.occasion) + (measures ?? []).map(\.occasion)) }
}

/// A row of `measures.tsv` as it is read back.
struct MeasuredRow {
    let occasion: EvaluatedOccasion
    let side: String?
    let region, measure: String
    /// Nil when it is not scorable.
    let value: Double?
    let unit, status: String
    let reason: String?

    /// The rows of a table with the columns of `MeasureTable`, in any order.
    static func read(_ url: URL) throws -> [MeasuredRow] {
        let table = try TabTable(url, needs: ["participant_id", "session_id", "side", "region", "measure", "value", "unit", "status", "reason"])
        return try table.rows.map { row in
            let value = try row.number("value")
            return MeasuredRow(
                occasion: .init(participant: row["participant_id"], session: row["session_id"]), side: row["side"], region: row["region"] ?? "n/a", measure: row["measure"] ?? "n/a",
                value: row["status"] == "not-scorable" ? nil : value, unit: row["unit"] ?? "1", status: row["status"] ?? "ok", reason: row["reason"])
        }
    }
}
