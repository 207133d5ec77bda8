import CarpusCore
import CarpusIO
import CarpusQuantification
import CarpusRegistration
import Foundation

/// How maps of change do on virtual wrists: ProgressionBenchmark [--whole] [--slices MM] [--keep FOLDER] SEED:ACTIVITY[:still]…, see `WristPair`.
/// With --whole bones are not aligned by themselves; --keep leaves what was compared as NIfTI files, a folder a wrist, for other programs.
@main
struct ProgressionBenchmark {
    static func main() throws {
        var names = Array(CommandLine.arguments.dropFirst()), slices = 2.0, keep: URL?
        let whole = names.contains("--whole")
        names.removeAll { $0 == "--whole" }
        func option(_ name: String) -> String? {
            guard let i = names.firstIndex(of: name), i + 1 < names.count else { return nil }
            defer { names.removeSubrange(i...i + 1) }
            return names[i + 1]
        }
        if let text = option("--slices"), let mm = Double(text) { slices = mm }
        if let path = option("--keep") { keep = URL(filePath: path, directoryHint: .isDirectory) }
        try FileHandle.standardOutput.write(contentsOf: Data((Score.head + "\n").utf8))
        var regions: [RegionPair] = []
        for name in names {
            guard let pair = WristPair(name, sliceThickness: slices) else { throw CarpusRegistration.RegistrationError(.badParameter, "\(name) is no wrist; give SEED:ACTIVITY or SEED:ACTIVITY:still") }
            let score = try Score(pair, alone: !whole)
            try FileHandle.standardOutput.write(contentsOf: Data((score.line + "\n").utf8))
            if let keep { try score.keep(pair, in: keep.appending(path: name.replacing(":", with: "-"), directoryHint: .isDirectory)) }
            regions += score.regions
        }
        for (truth, name) in [(\RegionPair.visible, "visible"), (\.truth, "labelled")] {
            guard let r = Correlation.pearson(regions.map(\.measured), regions.map { $0[keyPath: truth] }).value else { continue }
            print(String(format: "change of regions against what is %@: r %.3f over %d regions; largest false %.2f mL", name, r, regions.count, regions.filter { $0[keyPath: truth] == 0 }.map { abs($0.measured) }.max() ?? 0))
        }
    }
}

/// The net change of a region, mL: as measured, as it can be seen (`VisibleChange`), and as its lesions are labelled.
struct RegionPair {
    let name: String
    let measured, visible, truth: Double
}
