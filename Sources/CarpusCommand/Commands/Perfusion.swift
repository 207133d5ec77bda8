public import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
public import CarpusPerfusion
import CarpusPipeline
import Foundation

extension EnhancementParameters.Scheme: ExpressibleByArgument {}
extension KineticModel: ExpressibleByArgument {}
extension KineticFit.Method: ExpressibleByArgument {}
extension KineticAnalysis.InputSource: ExpressibleByArgument {}

struct Perfusion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map what the contrast agent says in each voxel of a dynamic series.",
        discussion: "The series should be free of motion. Classes and semi-quantitative maps are the default; --model adds pharmacokinetics, which need the sequence and T1.")

    @Argument(help: "A dynamic series: a NIfTI file of several frames, or a folder of DICOM.", completion: .file())
    var series: String
    @Option(help: "The folder for maps and measures.", completion: .directory)
    var output: String
    @Option(help: "Times of the frames in seconds: a text file, numbers between spaces, commas or lines.", completion: .file())
    var times: String?
    @Option(help: "Seconds from frame to frame, where they are even.")
    var frameInterval: Double?
    @Option(help: "A label map on the series' grid: the regions that are looked at and counted.", completion: .file())
    var region: String?
    @Option(help: "How curves are told apart.")
    var scheme = EnhancementParameters.Scheme.fourClass
    @Option(help: "Frames before the agent arrives; found when not given.")
    var baselineFrames: Int?
    @Option(help: "A pharmacokinetic model to fit too.")
    var model: KineticModel?
    @Option(help: "How the model is fitted.")
    var method = KineticFit.Method.nonLinear
    @Option(help: "Where the arterial input comes from.")
    var input = KineticAnalysis.InputSource.parker
    @Option(help: "A label map of the artery, for --input region.", completion: .file())
    var artery: String?
    @Option(help: "Repetition time of the series, seconds.")
    var repetitionTime: Double?
    @Option(help: "Flip angle of the series, degrees.")
    var flipAngle: Double?
    @Option(help: "T1 before the agent: a map in seconds, or one number.", completion: .file())
    var t1: String?
    @Flag(help: "The series is fat-suppressed; pharmacokinetics then need a T1 map.")
    var fatSuppressed = false
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Write into a folder that is not empty.")
    var force = false

    func validate() throws {
        if times != nil && frameInterval != nil { throw ValidationError("Times come from --times or from --frame-interval, not from both.") }
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let source = URL(filePath: series), dynamic = try load(source)
        let regions = try region.map { try NIfTI.readLabels(URL(filePath: $0), legend: try Legend.beside(URL(filePath: $0))) }
        var parameters = EnhancementParameters()
        (parameters.scheme, parameters.baselineFrames) = (scheme, baselineFrames)
        if let complaint = parameters.complaint { throw ValidationError(complaint) }
        let maps = try ClassifyPerfusion.run(.init(series: dynamic, region: regions), parameters)
        var counting = MeasurePerfusion.Parameters()
        counting.wholeField = regions == nil
        var rows = try MeasurePerfusion.run(.init(classes: maps.classes, ME: maps.ME, IRE: maps.IRE, regions: regions, arteries: maps.arteries), counting).perfusion.rows
        let kinetics = try model.map { try fit($0, dynamic, regions) }
        rows += kinetics?.medians.rows ?? []
        let curves = try RegionCurve.list(dynamic, classes: maps.classes, baseline: maps.baseline, regions: regions)
        // Nothing is written before all is known.
        let folder = try Output.folder(output, force: force), files = PerfusionFiles(in: folder)
        try files.write(maps)
        try files.write(curves)
        if let kinetics { try files.write(kinetics) }
        var table = MeasureTable()
        table.add(rows, of: BIDSLabel.subject(of: source))
        try table.write(to: folder.appending(path: "measures.tsv"))
        var told: Set<Finding> = []
        for finding in maps.findings.list + (kinetics?.findings.list ?? []) where told.insert(finding).inserted { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
        Terminal.data(folder.path(percentEncoded: false))
    }

    private func fit(_ model: KineticModel, _ dynamic: TimeSeries, _ regions: LabelMap?) throws -> FitPharmacokinetics.Outputs {
        var p = KineticAnalysis.Parameters()
        (p.model, p.method, p.input, p.repetitionTime, p.flipAngle, p.fatSuppressed, p.baselineFrames) = (model, method, input, repetitionTime, flipAngle, fatSuppressed, baselineFrames)
        p.tissueT1 = t1.flatMap(Double.init)
        let map = try p.tissueT1 == nil ? t1.map { try NIfTI.readVolume(URL(filePath: $0)) } : nil
        return try FitPharmacokinetics.run(.init(series: dynamic, t1: map, artery: try artery.map { try NIfTI.readLabels(URL(filePath: $0)) }, region: regions), p)
    }

    private func load(_ source: URL) throws -> TimeSeries {
        let given: ((Int) throws -> [Double])? = times == nil && frameInterval == nil ? nil : { frames in
            let list = try frameInterval.map { try TimeAxis.even(interval: $0, frames: frames) } ?? Self.numbers(in: URL(filePath: times ?? ""))
            try TimeAxis.check(list, frames: frames)
            return list
        }
        let name = source.lastPathComponent.lowercased(), content: NIfTI.Image.Content
        if [".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"].contains(where: name.hasSuffix) {
            content = try NIfTI.read(source, times: given).content
        } else {
            let scan = try DICOMFolder.scan(source)
            guard scan.series.count == 1 else {
                throw IOError(scan.series.isEmpty ? .notRecognised : .inconsistent, at: source, "one DICOM series is wanted, and there are \(scan.series.count); give the folder of the dynamic series alone")
            }
            let images = try scan.series[0].load()
            guard let image = images.first(where: { if case .series = $0.content { true } else { false } }) ?? images.first else {
                throw IOError(.notRecognised, at: source, "the series holds no image")
            }
            content = image.content
        }
        switch content {
        case .volume: throw IOError(.inconsistent, at: source, "this is one volume, not several over time; if its frames lie along another axis, or in several files, put them along the fourth")
        case .series(let read):
            guard let given else { return read }
            return TimeSeries(grid: read.grid, times: try given(read.frameCount), scalars: read.scalars)
        }
    }

    /// Numbers of a text file.
    private static func numbers(in file: URL) throws -> [Double] {
        guard let data = FileManager.default.contents(atPath: file.path(percentEncoded: false)) else { throw IOError(.missing, at: file, "there is no such file of times") }
        return try String(decoding: data, as: UTF8.self).split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ";" }).map {
            guard let x = Double($0) else { throw IOError(.malformed, at: file, "'\($0)' is no time in seconds") }
            return x
        }
    }
}
