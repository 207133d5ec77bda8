import ArgumentParser
import Carpus
import CarpusCore
import CarpusQuantification
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how far a result is from the truth: label maps, transforms, or whole output folders.",
        discussion: """
            Both are label maps (NIfTI, a legend .tsv beside each), transforms (.tfm, .txt, .h5), or output folders of a run. Regions meet by \
            name. stdout is a tab-separated table: kind, participant, session, region, measure, value, unit, note. The measures are \
            explained in Docs/Definitions.md. Lines are written as they are found: a table is whole only when the command ends with \
            status 0; of folders that have a measures.tsv it then ends with the measures' lines of the region (all).
            """)

    @Argument(help: "What was found: a file or a folder.", completion: .file())
    var result: String
    @Argument(help: "What is true: one of the same kind.", completion: .file())
    var truth: String
    @Option(help: "Tolerance of the normalised surface Dice, mm.")
    var tolerance = LabelEvaluation.Parameters().tolerance
    @Option(help: "The smallest lesion that counts, mm³.")
    var minLesion = LabelEvaluation.Parameters().minimumLesionVolume
    @Option(help: "The least intersection over union of a lesion that was found.")
    var iou = LabelEvaluation.Parameters().minimumIoU
    @Option(help: "A label map; two transforms are compared at its labelled voxels.", completion: .file())
    var regions: String?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "As JSON.")
    var json = false

    private var parameters: LabelEvaluation.Parameters {
        var parameters = LabelEvaluation.Parameters()
        (parameters.tolerance, parameters.minimumLesionVolume, parameters.minimumIoU) = (tolerance, minLesion, iou)
        return parameters
    }

    func validate() throws {
        if let complaint = parameters.complaint { throw ValidationError(complaint) }
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let found = URL(filePath: result), real = URL(filePath: truth)
        let kinds = (try Evaluation.Kind(of: found), try Evaluation.Kind(of: real))
        guard kinds.0 == kinds.1 else {
            throw ValidationError("\(result) and \(truth) are of different kinds (\(kinds.0.rawValue), \(kinds.1.rawValue)); compare two label maps, two transforms or two output folders")
        }
        guard regions == nil || kinds.0 == .transforms else { throw ValidationError("--regions says where two transforms are compared; \(kinds.0.rawValue) have their own regions") }
        var options = Evaluation.Options()
        (options.parameters, options.regions) = (parameters, regions.map { URL(filePath: $0) })
        if json { return try Terminal.json(Evaluation(of: found, against: real, options: options)) }
        // Written as it is found: of many visits no more is held than of one.
        var lines = [EvaluationRow.head]
        try Evaluation.forEachRow(of: found, against: real, options: options) { row in
            lines.append(row.line)
            guard lines.count >= 500 else { return }
            Terminal.data(lines.joined(separator: "\n"))
            lines = []
        }
        if !lines.isEmpty { Terminal.data(lines.joined(separator: "\n")) }
    }
}
