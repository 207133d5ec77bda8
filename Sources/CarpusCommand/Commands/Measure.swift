import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusQuantification
import Foundation

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give the volume of each label of a label map, in mL, and lesions site by site.")

    @Argument(help: "A label map, NIfTI.", completion: .file())
    var labels: String
    @Option(help: "An image on the same grid; its mean signal under each label is told.", completion: .file())
    var image: String?
    @Option(help: "The wrist's anatomy on the same grid; lesions are then measured site by site.", completion: .file())
    var anatomy: String?
    @Option(help: "How probable each voxel's label is, on the same grid; intervals come from it.", completion: .file())
    var confidence: String?
    @Option(parsing: .upToNextOption, help: "How probable each label is in each voxel, one image a label: named by the label- entities of BIDS names, else by rising value; volumes of lesions in sites are then sums of these.", completion: .file())
    var probabilities: [String] = []
    @Option(help: "A map that is 0 where the series of the labels do not reach.", completion: .file())
    var field: String?
    @Option(help: "Where the table goes, tab-separated.", completion: .file())
    var output: String
    @Flag(help: "Overwrite what is there.")
    var force = false

    func run() throws {
        let target = try Output.file(output, force: force), source = URL(filePath: labels)
        let map = try NIfTI.readLabels(source, legend: try Legend.beside(source))
        var parameters = VolumeMeasurement.Parameters()
        parameters.partialVolume = !probabilities.isEmpty
        let doubts: LabelDoubts = try probabilities.isEmpty
            ? confidence.map { .confidence(try NIfTI.readVolume(URL(filePath: $0))) } ?? .none
            : .probabilities(ProbabilityFiles.ordered(probabilities.map { URL(filePath: $0) }, by: map.legend).map { try NIfTI.readVolume($0) })
        let result = try VolumeMeasurement.measure(
            map, anatomy: try anatomy.map { try labelMap($0) }, image: try image.map { try NIfTI.readVolume(URL(filePath: $0)) }, doubts: doubts,
            field: try field.map { try labelMap($0) }, parameters: parameters, regions: [], method: "\(MeasureVolumes.name)/\(MeasureVolumes.version)")
        var table = MeasureTable()
        table.add(result.measurements, of: BIDSLabel.subject(of: source))
        try table.write(to: target)
        for finding in result.findings where finding.severity > .note { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
    }

    private func labelMap(_ path: String) throws -> LabelMap {
        let file = URL(filePath: path)
        return try NIfTI.readLabels(file, legend: try Legend.beside(file))
    }
}
