import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusSegmentation
import Foundation

struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Label images by a network from a model folder.")

    enum Precision: String, CaseIterable, ExpressibleByArgument { case float32, bfloat16 }

    @Option(help: "The model's name, or its folder: model.json and its networks, or plans.json, dataset.json and an ONNX file of nnU-Net v2.")
    var model: String
    @Option(help: ArgumentHelp("An image by the role it plays for the model, t1=FILE, or by its number, 0=FILE; once for each image. All lie on one grid.", valueName: "role=file"), completion: .file())
    var input: [String]
    @Option(help: "Where the label map goes, .nii or .nii.gz; its legend goes beside it, .tsv.", completion: .file())
    var output: String
    @Option(help: "Where every class's probabilities go, .nii or .nii.gz, a frame a class, the background first.", completion: .file())
    var probabilities: String?
    @Option(help: "Where the probability of each voxel's label goes, .nii or .nii.gz.", completion: .file())
    var confidence: String?
    @Option(help: "How far windows lie apart, in window lengths (default: as the model says).")
    var step: Double?
    @Flag(help: "Do not look at mirrored images: faster, less exact, and volumes have no interval.")
    var noMirrors = false
    @Flag(help: "Look at air too, as nnU-Net does (default: the field is cut to the body first, which can change labels).")
    var air = false
    @Option(help: "Side of the wrist, L or R, for models that need it (default: ImageLaterality in the JSON file beside an image).")
    var side: Laterality?
    @Option(help: "The numbers the network computes with: float32, or bfloat16 where the processor has it.")
    var precision: Precision = .float32
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Overwrite what is there.")
    var force = false
    @Flag(help: "Tell the result as JSON on stdout.")
    var json = false

    private struct Answer: Encodable {
        let model, version: String
        let volumes: [VolumeInterval]
        let lesions: [LesionConfidence]
        let findings: [Finding]
        let windows: Int
    }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
        if let step, !(step > 0 && step <= 1) { throw ValidationError("--step must be above 0 and at most 1") }
        var taken: Set<String> = []
        for (option, path) in [("--output", output), ("--probabilities", probabilities), ("--confidence", confidence)] {
            guard let path else { continue }
            let place = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
            guard [".nii", ".nii.gz"].contains(where: place.lowercased().hasSuffix) else { throw ValidationError("\(option) \(path): images are written as .nii or .nii.gz; choose such a name") }
            guard taken.insert(place).inserted else { throw ValidationError("\(option) \(path) is another output's file too; give each its own") }
        }
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let target = try Output.file(output, force: force), table = try Output.file(Legend.file(beside: target).path(percentEncoded: false), force: force)
        let others = try [probabilities, confidence].map { try $0.map { try Output.file($0, force: force) } }
        let found = try ModelLibrary.model(model)
        let files = try self.files(of: found.manifest), images = try files.mapValues { try NIfTI.readVolume($0) }
        var options = NetworkSegmentation.Options()
        (options.step, options.mirrors, options.skipsAir, options.probabilities) = (step, !noMirrors, !air, probabilities != nil)
        if found.manifest.frame != nil { options.side = try side ?? WristSide.told(beside: files.values.sorted { $0.path < $1.path }) }
        let networks = try found.networks(threads: threads, precision: precision == .bfloat16 ? .bfloat16 : .float32)
        let result = try NetworkSegmentation(found.manifest, networks: networks, options: options).segment(images)
        try NIfTI.write(result.labels, to: target)
        try result.labels.legend.write(to: table)
        if let file = others[0] { try NIfTI.write(result.probabilitySeries, to: file) }
        if let file = others[1] { try NIfTI.write(result.confidence, to: file) }
        for remark in found.remarks { Terminal.note("note: \(remark)") }
        for finding in result.findings { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
        if json {
            try Terminal.json(Answer(
                model: found.manifest.name, version: found.manifest.version, volumes: result.volumes, lesions: result.lesions, findings: result.findings, windows: result.windowCount))
        }
    }

    /// The images' files by the model's roles, or by what it accepts for them.
    private func files(of manifest: ModelManifest) throws -> [String: URL] {
        let numbered = manifest.roles.map(\.name), roles = manifest.names.map(\.name)
        var files: [String: URL] = [:]
        for text in input {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[1].isEmpty else { throw ValidationError("--input \(text) is no ROLE=FILE; the model's roles are \(roles.joined(separator: ", "))") }
            let number = Int(parts[0]).flatMap { numbered.indices.contains($0) ? numbered[$0] : nil }
            guard let role = roles.first(where: { $0.lowercased() == parts[0].lowercased() }) ?? number else {
                throw ValidationError("the model '\(manifest.name)' knows no '\(parts[0])'; its roles are \(roles.joined(separator: ", "))")
            }
            guard files[role] == nil else { throw ValidationError("--input names \(role) twice") }
            files[role] = URL(filePath: parts[1])
        }
        return files
    }
}
