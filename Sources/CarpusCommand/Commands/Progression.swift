import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusPipeline
import CarpusQuantification
import CarpusReport
import CarpusRegistration
import Foundation

struct Progression: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Map what changed between two scans of one sequence.")

    @Option(help: "The earlier scan.", completion: .file())
    var baseline: String
    @Option(help: "The later scan.", completion: .file())
    var followup: String
    @Option(help: "The folder for the maps.", completion: .directory)
    var output: String
    @Option(help: "A label map on the baseline; change is looked for where it is not 0.", completion: .file())
    var labels: String?
    @Option(help: "A label map on the baseline with its legend beside it (.tsv): each bone is then aligned by itself, and volumes are told by region.", completion: .file())
    var anatomy: String?
    @Option(help: "The same on the follow-up; with both, what they label differently belongs to no region.", completion: .file())
    var followupAnatomy: String?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Write into a folder that is not empty.")
    var force = false

    func run() throws {
        if let threads { Parallel.threads = threads }
        let folder = try Output.folder(output, force: force)
        let a = try NIfTI.readVolume(URL(filePath: baseline)), b = try NIfTI.readVolume(URL(filePath: followup))
        let mask = try labels.map { try NIfTI.readLabels(URL(filePath: $0)) }
        var parameters = RigidRegistration.Parameters()
        parameters.symmetric = true
        let aligned = try RigidRegistration.align(fixed: a, moving: b, parameters: parameters)
        let map = Transform.rigid(aligned.movingFromFixed)
        func labelled(_ path: String) throws -> LabelMap {
            let file = URL(filePath: path)
            return try NIfTI.readLabels(file, legend: Legend.beside(file))
        }
        let anatomies = (try anatomy.map(labelled), try followupAnatomy.map(labelled))
        let parts = anatomies.0 == nil && anatomies.1 == nil ? nil : try RegisterParts.run(.init(fixed: a, moving: b, transform: map, fixedAnatomy: anatomies.0, movingAnatomy: anatomies.1), .init())
        let change = try CompareProgression.run(
            .init(baseline: a, followup: b, transform: map, motions: parts?.motions, baselineAnatomy: anatomies.0, followupAnatomy: anatomies.1, mask: mask), .init())
        try NIfTI.write(change.difference, to: folder.appending(path: "difference.nii.gz"))
        try NIfTI.write(change.z, to: folder.appending(path: "z.nii.gz"))
        try NIfTI.write(change.significant, to: folder.appending(path: "significant_dseg.nii.gz"))
        try NIfTI.write(change.baseline, to: folder.appending(path: "baseline.nii.gz"))
        try NIfTI.write(change.followup, to: folder.appending(path: "followup.nii.gz"))
        try ITKTransformFile.write(map, to: folder.appending(path: "followup-from-baseline.tfm"))
        let picture = try ChangeFigure.draw(baseline: change.baseline, followup: change.followup, z: change.z, significant: change.significant)
        try picture.png.write(to: folder.appending(path: "change.png"))
        var table = MeasureTable()
        table.add((parts?.measurements.rows ?? []) + change.changes.rows, of: BIDSLabel.subject(of: URL(filePath: baseline)))
        try table.write(to: folder.appending(path: "measures.tsv"))
        for finding in aligned.findings + (parts?.findings.list ?? []) + change.findings.list { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
        Terminal.data(folder.path(percentEncoded: false))
    }
}
