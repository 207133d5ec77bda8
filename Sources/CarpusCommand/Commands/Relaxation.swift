public import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
public import CarpusPerfusion
import Foundation

extension VariableFlipAngle.Method: ExpressibleByArgument {}

struct Relaxation: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map T1 from spoiled gradient echoes at several flip angles.",
        discussion: "The map goes into 'carpus perfusion --t1'. Flip angles and repetition time are read from DICOM headers or sidecars where they are not given.")

    @Argument(help: "Volumes at two flip angles or more: NIfTI files, one NIfTI file whose fourth axis is the flip angle, or folders of one DICOM series each.", completion: .file())
    var volumes: [String]
    @Option(help: "The folder for maps and measures.", completion: .directory)
    var output: String
    @Option(help: "Flip angles in degrees, between commas, in the order of the volumes.")
    var flipAngles: String?
    @Option(help: "Repetition time in seconds, of all volumes.")
    var repetitionTime: Double?
    @Option(help: "How T1 is fitted.")
    var method = VariableFlipAngle.Method.nonLinear
    @Option(help: "A map of the flip angle reached over the one asked for.", completion: .file())
    var b1: String?
    @Option(help: "A label map: where T1 is wanted, and the regions that are measured.", completion: .file())
    var region: String?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Write into a folder that is not empty.")
    var force = false

    func run() throws {
        if let threads { Parallel.threads = threads }
        let scans = try volumes.map(ScanFile.init).map { file in (file: file.source, read: try file.volumes()) }
        let images = scans.flatMap(\.read.volumes)
        var p = RelaxationMaps.Parameters()
        p.method = method
        p.flipAngles = try flipAngles.map(Self.angles) ?? scans.map { scan in
            guard scan.read.volumes.count == 1, let angle = scan.read.acquisition.flipAngle else {
                throw IOError(.inconsistent, at: scan.file, "no header or sidecar tells the flip angle; give --flip-angles, one for each volume")
            }
            return angle
        }
        p.repetitionTimes = try scans.flatMap { scan in
            guard let time = repetitionTime ?? scan.read.acquisition.repetitionTime else {
                throw IOError(.inconsistent, at: scan.file, "no header or sidecar tells the repetition time; give --repetition-time in seconds")
            }
            return scan.read.volumes.map { _ in time }
        }
        let regions = try region.map { try NIfTI.readLabels(URL(filePath: $0), legend: try Legend.beside(URL(filePath: $0))) }
        let maps = try FitT1.run(.init(volumes: images, b1: try b1.map { try NIfTI.readVolume(URL(filePath: $0)) }, region: regions), p)
        let folder = try Output.folder(output, force: force)
        try PerfusionFiles(in: folder).write(maps)
        var table = MeasureTable()
        table.add(maps.medians.rows, of: BIDSLabel.subject(of: scans[0].file))
        try table.write(to: folder.appending(path: "measures.tsv"))
        Terminal.note(scans.flatMap(\.read.findings) + maps.findings.list)
        Terminal.data(folder.path(percentEncoded: false))
    }

    private static func angles(_ text: String) throws -> [Double] {
        try text.split(whereSeparator: { ", ;".contains($0) }).map {
            guard let angle = Double($0) else { throw ValidationError("'\($0)' in --flip-angles is no number of degrees.") }
            return angle
        }
    }
}
