import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusPipeline
import Foundation

struct TransformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transform", abstract: "Carry an image, a label map or points through transforms, or save them as one.",
        discussion: """
            A transform takes points of the reference's world to points of the input's world (LPS, mm), as ITK, ANTs and elastix keep it; of \
            several the last is applied first. Read are ITK's .tfm, .txt and .h5, elastix's TransformParameters.N.txt and displacement fields \
            (.nii, .nii.gz). Values are interpolated once, however many transforms there are.
            """)

    enum Choice: String, CaseIterable, ExpressibleByArgument { case nearest, linear, cubic }

    @Option(help: "A transform; may be given several times.", completion: .file())
    var transform: [String]
    @Flag(help: "Take the whole chain backwards.")
    var inverse = false
    @Option(help: "The image or label map to carry.", completion: .file())
    var input: String?
    @Option(help: "The image whose grid is filled.", completion: .file())
    var reference: String?
    @Option(help: "Where the carried image (.nii, .nii.gz) or the table of points goes; points go to stdout without it.", completion: .file())
    var output: String?
    @Flag(help: "The input is a label map; its legend (.tsv beside it) is kept.")
    var labels = false
    @Option(help: "How values between voxels are made: nearest, linear or cubic (images), nearest or linear (labels: the largest share). Cubic, and linear for labels, when not given.")
    var interpolation: Choice?
    @Option(help: "A table of points (.csv; columns x, y, z in LPS mm) to take from the reference's world to the input's.", completion: .file())
    var points: String?
    @Option(help: "Where the chain goes as one transform: .tfm, .h5, or .nii(.gz), a displacement field on the reference's grid.", completion: .file())
    var saveTransform: String?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Overwrite what is there.")
    var force = false
    @Flag(help: "Tell the volumes of labels before and after, and what is doubtful, as JSON on stdout.")
    var json = false

    func validate() throws {
        guard input != nil || points != nil || saveTransform != nil else { throw ValidationError("say what to carry: --input IMAGE or --points CSV; or --save-transform FILE") }
        guard input == nil || points == nil else { throw ValidationError("carry --input or --points, one at a time") }
        guard input == nil || (reference != nil && output != nil) else { throw ValidationError("--input needs --reference, whose grid is filled, and --output") }
        guard output == nil || input != nil || points != nil else { throw ValidationError("--output is for what is carried: name --input or --points") }
        guard reference == nil || input != nil || saveTransform != nil else { throw ValidationError("points need no --reference: leave it out") }
        guard input != nil || (!labels && interpolation == nil) else { throw ValidationError("--labels and --interpolation tell how an image is carried: name --input, or leave them out") }
        guard !labels || interpolation != .cubic else { throw ValidationError("labels have no in-between: choose nearest or linear") }
        guard !json || labels else { throw ValidationError("--json tells of labels: say --labels") }
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let target = try output.map { try Output.file($0, force: force) }, saved = try saveTransform.map { try Output.transform($0, force: force) }
        let legend = labels ? try input.flatMap { try Legend.beside(URL(filePath: $0)) } : nil
        let table = try legend == nil ? nil : target.map { try Output.file(Legend.file(beside: $0).path(percentEncoded: false), force: force) }
        let parts = try transform.map { try TransformFile.read(URL(filePath: $0)) }, chain = parts.dropFirst().reduce(parts[0], *)
        let grid = try reference.map { try NIfTI.header(of: URL(filePath: $0)).1 }
        if let points {
            let table = try PointTable(URL(filePath: points))
            let text = table.text(with: try table.points.map { try inverse ? chain.preimage(of: $0) : chain($0) })
            if let target { try Data(text.utf8).write(to: target, options: .atomic) } else { FileHandle.standardOutput.write(Data(text.utf8)) }
        }
        if let input, let target, let grid {
            try labels ? carryLabels(URL(filePath: input), legend, through: chain, onto: grid, to: target) : carry(URL(filePath: input), through: chain, onto: grid, to: target)
        }
        if let legend, let table { try legend.write(to: table) }
        if let saved {
            let whole = try inverse ? grid.map { try chain.inverted(for: $0) } ?? chain.inverted() : chain
            try TransformFile.write(whole, to: saved, on: grid)
        }
    }

    private func carry(_ input: URL, through chain: CarpusCore.Transform, onto grid: Grid, to target: URL) throws {
        let map = try inverse ? chain.inverted(for: grid) : chain, image = try NIfTI.readVolume(input)
        let how: Interpolation = switch interpolation { case .nearest: .nearest; case .linear: .linear; case .cubic, nil: .cubic }
        // Files are for people and other programs: outside the image stands 0, not NaN.
        try NIfTI.write(image.resampled(onto: grid, through: map, interpolation: how, outside: 0), to: target)
    }

    private struct Answer: Encodable {
        let volumes: [CarpusCore.Measurement]
        let findings: [Finding]
    }

    private func carryLabels(_ input: URL, _ legend: Legend?, through chain: CarpusCore.Transform, onto grid: Grid, to target: URL) throws {
        let map = try NIfTI.readLabels(input, legend: legend)
        var parameters = TransferLabels.Parameters()
        (parameters.inverse, parameters.interpolation) = (inverse, interpolation == .nearest ? .nearest : .linear)
        let carried = try TransferLabels.run(.init(labels: map, onto: Volume(grid: grid, repeating: 0), transforms: [chain]), parameters)
        try NIfTI.write(carried.labels, to: target)
        for finding in carried.findings.list { Terminal.note("\(finding.severity.rawValue): \(finding.sentence) \(finding.evidence.values.joined(separator: "; "))") }
        if json { try Terminal.json(Answer(volumes: carried.volumes.rows, findings: carried.findings.list)) }
    }
}
