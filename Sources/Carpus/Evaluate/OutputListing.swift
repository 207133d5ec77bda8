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
    /// `measures.tsv`, nil when there is none.
    let measures: MeasuredTable?

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
        measures = paths.contains("measures.tsv") ? try MeasuredTable(folder.appending(path: "measures.tsv")) : nil
        guard !maps.isEmpty || !transforms.isEmpty || measures != nil else {
            throw IOError(.missing, at: folder, "there is neither a label map (*_dseg.nii.gz) nor a transform (*_xfm.tfm) nor measures.tsv; name the output folder of a run, or the truth's derivatives folder")
        }
    }

    /// Everyone and every time something is there for.
    var occasions: Set<EvaluatedOccasion> { Set((maps + transforms).map(\.occasion)).union(measures?.occasions ?? []) }
}
