import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusQuantification
import Foundation

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give the volume of each label of a label map, in mL.")

    @Argument(help: "A label map, NIfTI.", completion: .file())
    var labels: String
    @Option(help: "An image on the same grid; its mean signal under each label is told.", completion: .file())
    var image: String?
    @Option(help: "Where the table goes, tab-separated.", completion: .file())
    var output: String
    @Flag(help: "Overwrite what is there.")
    var force = false

    func run() throws {
        let target = try Output.file(output, force: force), source = URL(filePath: labels)
        let map = try NIfTI.readLabels(source, legend: try Legend.beside(source))
        let result = try VolumeMeasurement.measure(map, image: try image.map { try NIfTI.readVolume(URL(filePath: $0)) }, regions: [], method: "\(MeasureVolumes.name)/\(MeasureVolumes.version)")
        var table = MeasureTable()
        table.add(result.measurements, of: BIDSLabel.subject(of: source))
        try table.write(to: target)
        for finding in result.findings where finding.severity > .note { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
    }
}
