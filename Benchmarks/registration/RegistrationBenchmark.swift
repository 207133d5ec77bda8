import CarpusCore
import Foundation

/// The accuracy and the cost of our alignments on cases of known truth, a table a mode.
///
/// `RegistrationBenchmark FOLDER rigid|deformable|dce|verdict|overlap [--threads N] [--only TEXT] [--seed N] [--runs N] [--strangers FOLDER] [--rows FILE] [--same]`
///
/// FOLDER holds a folder a case: `fixed.nii.gz`, `moving.nii.gz`, `fixed_mask.nii.gz`, `gt_points.csv` (points of the fixed image and where they
/// lie in the moving one, LPS mm) and `meta.json` (`inplane_mm`); a dynamic series has `frames.nii.gz`, `mask.nii.gz` and, in `meta.json`, `gt_matrices_lps`.
/// Folders named alike but for a number at the end are one family. Other programs on the same cases: `Benchmarks/peers/registration.py`.
@main
struct RegistrationBenchmark {
    /// What was asked for on the command line.
    struct Options {
        var folder = URL(filePath: ".")
        var mode = "rigid"
        /// Only cases whose name holds this.
        var only = ""
        /// Where random starts begin.
        var seed: UInt64 = 1
        /// Runs of the verdict and of small overlaps, at most.
        var runs = 600
        /// Images of other things, for the verdict.
        var strangers: URL?
        /// Where all runs of the verdict are written.
        var rows: URL?
        /// Whether results of 1, 2 and 4 threads are compared.
        var same = false

        init(_ arguments: [String]) throws {
            var places: [String] = [], rest = arguments[...]
            while let word = rest.popFirst() {
                guard word.hasPrefix("--") else {
                    places.append(word)
                    continue
                }
                if word == "--same" {
                    same = true
                    continue
                }
                guard let value = rest.popFirst() else { throw Usage(message: "\(word) needs a value") }
                switch word {
                case "--threads": Parallel.threads = Int(value) ?? 2
                case "--only": only = value
                case "--seed": seed = UInt64(value) ?? 1
                case "--runs": runs = Int(value) ?? runs
                case "--strangers": strangers = URL(filePath: value)
                case "--rows": rows = URL(filePath: value)
                default: throw Usage(message: "\(word) is unknown")
                }
            }
            guard places.count == 2 else { throw Usage(message: "a folder of cases and a mode are needed") }
            (folder, mode) = (URL(filePath: places[0]), places[1])
        }
    }

    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(error is Usage ? 64 : 1)
        }
    }

    private static func run() throws {
        let options = try Options(Array(CommandLine.arguments.dropFirst()))
        let cases = try BenchmarkCase.all(in: options.folder, only: options.only)
        if cases.isEmpty { throw Usage(message: "no case in \(options.folder.path()) has a name with '\(options.only)'") }
        switch options.mode {
        case "rigid": try PairTable(cases: cases, deformable: false, same: options.same).run()
        case "deformable": try PairTable(cases: cases, deformable: true, same: options.same).run()
        case "dce": try MotionTable(cases: cases).run()
        case "verdict": try VerdictRuns(cases: cases, options: options, deformable: false).run()
        case "verdict-deformable": try VerdictRuns(cases: cases, options: options, deformable: true).run()
        case "overlap": try OverlapTable(cases: cases, options: options).run()
        default: throw Usage(message: "there is no mode \(options.mode)")
        }
    }
}

/// A command line that says nothing.
struct Usage: Error, CustomStringConvertible {
    let message: String
    var description: String {
        "\(message): RegistrationBenchmark FOLDER rigid|deformable|dce|verdict|verdict-deformable|overlap [--threads N] [--only TEXT] [--seed N] [--runs N] [--strangers FOLDER] [--rows FILE] [--same]"
    }
}
