import Carpus
import CarpusCore
import CarpusIO
import CarpusQuantification
import CarpusRegistration
import Foundation

/// How maps of change do on virtual wrists: ProgressionBenchmark [--whole] [--suffix SUFFIX] STUDY…, each a folder that `carpus simulate --visits 2 --format nifti`
/// made of one series. With --whole bones are not aligned by themselves. A wrist that has no lesion at either visit is stable; others have changed.
@main
struct ProgressionBenchmark {
    static func main() throws {
        var folders = Array(CommandLine.arguments.dropFirst()), suffix = "ce-gadolinium_T1w"
        let whole = folders.contains("--whole")
        folders.removeAll { $0 == "--whole" }
        if let i = folders.firstIndex(of: "--suffix"), i + 1 < folders.count {
            suffix = folders[i + 1]
            folders.removeSubrange(i...i + 1)
        }
        print("study\tkind\tCPU s\tbones mm (median, largest)\twithout mm\treported mm\tratio (median, range)\tsignificant %\tlargest region mL\tAUC\tincrease mL\tdecrease mL\ttrue increase mL\ttrue decrease mL")
        var regions: [RegionPair] = []
        for folder in folders {
            let pair = try StudyPair(URL(filePath: folder, directoryHint: .isDirectory), suffix: suffix), score = try Score(pair, alone: !whole)
            print(score.line)
            regions += score.regions
        }
        if let r = Correlation.pearson(regions.map(\.measured), regions.map(\.truth)).value {
            print(String(format: "change of regions against the truth: r %.3f over %d regions; largest false %.2f mL", r, regions.count, regions.filter { $0.truth == 0 }.map { abs($0.measured) }.max() ?? 0))
        }
    }
}

/// The measured and the true change of a region, mL.
struct RegionPair {
    let name: String
    let measured, truth: Double
}

/// A virtual wrist's two visits and the truth about them.
struct StudyPair {
    let name: String
    let baseline, followup: Volume<Float>
    let anatomy: LabelMap
    let lesions: (LabelMap, LabelMap)
    let whole: Affine
    let bones: [(name: String, map: Affine)]

    init(_ folder: URL, suffix: String) throws {
        name = folder.lastPathComponent
        let truth = folder.appending(path: "derivatives/truth/sub-01")
        func scan(_ visit: String) throws -> Volume<Float> {
            try NIfTI.readVolume(folder.appending(path: "sub-01/ses-\(visit)/anat/sub-01_ses-\(visit)_\(suffix).nii.gz"))
        }
        func labels(_ visit: String, _ what: String) throws -> LabelMap {
            let file = truth.appending(path: "ses-\(visit)/anat/sub-01_ses-\(visit)_res-iso_seg-\(what)_dseg.nii.gz")
            return try NIfTI.readLabels(file, legend: Legend.beside(file))
        }
        (baseline, followup) = (try scan("01"), try scan("02"))
        anatomy = try labels("01", "anatomy")
        lesions = (try labels("01", "lesions"), try labels("02", "lesions"))
        func map(_ what: String) throws -> Affine {
            let file = truth.appending(path: "change/ses-01_to_ses-02/sub-01_ses-02_desc-\(what)_mode-image_xfm.tfm")
            guard let affine = try ITKTransformFile.read(file).asAffine else { throw IOError(.inconsistent, at: file, "the true motion is not affine") }
            return affine
        }
        whole = try map("align")
        bones = try WristAnatomy.bones.map { ($0.name, try map($0.name.replacing("-", with: ""))) }
    }
}
