public import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
public import CarpusPerfusion
import CarpusPipeline
import CarpusReport
import Foundation

extension EnhancementParameters.Scheme: ExpressibleByArgument {}
extension KineticModel: ExpressibleByArgument {}
extension KineticFit.Method: ExpressibleByArgument {}
extension KineticAnalysis.InputSource: ExpressibleByArgument {}

struct Perfusion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map what the contrast agent says in each voxel of a dynamic series.",
        discussion: """
            Classes and semi-quantitative maps are the default; --model adds pharmacokinetics, which need the sequence (from the headers, or given) and T1 \
            ('carpus relaxation' maps it). Without --region the body is counted, told from air, and the numbers are to be looked at.
            """)

    @Argument(help: "A dynamic series: a NIfTI file of several frames, or a folder of DICOM.", completion: .file())
    var series: String
    @Option(help: "The folder for maps, pictures and measures.", completion: .directory)
    var output: String
    @Option(help: "Times of the frames in seconds: a text file, numbers between spaces, commas or lines.", completion: .file())
    var times: String?
    @Option(help: "Seconds from frame to frame, where they are even.")
    var frameInterval: Double?
    @Flag(help: "Lay the frames on the first one before anything else, and leave out those that moved too far.")
    var correctMotion = false
    @Option(help: "A label map on the series' grid: the regions that are looked at and counted.", completion: .file())
    var region: String?
    @Flag(help: "Map the body alone where no regions are given; the field else.")
    var withinBody = false
    @Option(help: "How curves are told apart.")
    var scheme = EnhancementParameters.Scheme.fourClass
    @Option(help: "Frames before the agent arrives; found when not given.")
    var baselineFrames: Int?
    @OptionGroup(title: "Pharmacokinetics")
    var kinetics: KineticOptions
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Write into a folder that is not empty.")
    var force = false

    func validate() throws {
        if times != nil && frameInterval != nil { throw ValidationError("Times come from --times or from --frame-interval, not from both.") }
        if withinBody && region != nil { throw ValidationError("--within-body is for series without --region.") }
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        var parameters = EnhancementParameters()
        (parameters.scheme, parameters.baselineFrames) = (scheme, baselineFrames)
        if let complaint = parameters.complaint { throw ValidationError(complaint) }
        let source = ScanFile(series), loaded = try source.series(times: FrameTimesOption(file: times.map { URL(filePath: $0) }, interval: frameInterval))
        let regions = try region.map { try NIfTI.readLabels(URL(filePath: $0), legend: try Legend.beside(URL(filePath: $0))) }
        do {
            try TimeAxis.check(loaded.series)
        } catch let error as PerfusionError {
            throw IOError(.inconsistent, at: source.source, error.message)
        }
        if frameInterval != nil, let axis = TimeAxis.axisLikeTime(loaded.series) {
            throw IOError(.inconsistent, at: source.source, "time seems to run along axis \(axis + 1) of the image, where voxels rise together, and not along its \(loaded.series.frameCount) frames; put the frames along the fourth axis, or give the times of these with --times")
        }
        let motion = try correctMotion ? CorrectMotion.run(.init(series: loaded.series), .init()) : nil
        let results = try PerfusionResults(motion?.series ?? loaded.series, regions: regions, withinBody: withinBody, parameters)
        let model = try kinetics.fit(results.series, regions: regions ?? (withinBody ? results.body : nil), baselineFrames: baselineFrames, loaded.acquisition)
        let figures = try results.figures(motion: motion, model: model)
        // Nothing is written before all is known.
        let folder = try Output.folder(output, force: force), files = PerfusionFiles(in: folder)
        try results.write(files)
        try motion.map { try files.write($0.frames) }
        try model.map { try files.write($0) }
        for (name, figure) in figures { try files.write(figure, as: name) }
        var table = MeasureTable()
        table.add((motion?.motion.rows ?? []) + results.rows + (model?.medians.rows ?? []), of: BIDSLabel.subject(of: source.source))
        try table.write(to: folder.appending(path: "measures.tsv"))
        Terminal.note(loaded.findings + (motion?.findings.list ?? []) + results.findings + (model?.findings.list ?? []))
        Terminal.data(folder.path(percentEncoded: false))
    }
}

/// What the stages say of one series.
private struct PerfusionResults {
    let series: TimeSeries
    let regions: LabelMap?
    /// Told from air where there are no regions.
    let body: LabelMap?
    let arteries: LabelMap
    let maps: ClassifyPerfusion.Outputs
    let rows: [CarpusCore.Measurement]
    let curves: [RegionCurve]
    let findings: [Finding]

    init(_ series: TimeSeries, regions: LabelMap?, withinBody: Bool, _ parameters: EnhancementParameters) throws {
        (self.series, self.regions) = (series, regions)
        let told = try regions == nil ? SegmentBody.run(.init(series: series), .init()) : nil
        body = told?.labels
        maps = try ClassifyPerfusion.run(.init(series: series, region: regions ?? (withinBody ? body : nil)), parameters)
        arteries = try SegmentArteries.run(.init(series: series, classes: maps.classes, IRE: maps.IRE, Tonset: maps.Tonset, Tpeak: maps.Tpeak), .init()).labels
        var counting = MeasurePerfusion.Parameters()
        counting.wholeField = true
        rows = try MeasurePerfusion.run(.init(classes: maps.classes, ME: maps.ME, IRE: maps.IRE, regions: regions, body: body, arteries: arteries), counting).perfusion.rows
        curves = try RegionCurve.list(series, classes: maps.classes, baseline: maps.baseline, regions: regions ?? body)
        findings = maps.findings.list + (told?.findings.list ?? [])
    }

    func write(_ files: PerfusionFiles) throws {
        try files.write(maps)
        try files.write(arteries, as: "arteries")
        try body.map { try files.write($0, as: "body") }
        try files.write(curves)
    }

    func figures(motion: CorrectMotion.Outputs?, model: FitPharmacokinetics.Outputs?) throws -> [(name: String, figure: FigureArtifact)] {
        var all = [
            ("maps", try DrawPerfusion.run(
                .init(anatomy: maps.baseline, classes: maps.classes, ME: maps.ME, IRE: maps.IRE, Tonset: maps.Tonset, Ktrans: model?.Ktrans, region: regions ?? body), .init()).figure),
            ("curves", try DrawCurves.run(.init(series: series, classes: maps.classes, baseline: maps.baseline, regions: regions, body: body, arteries: arteries), .init()).figure),
        ]
        if let motion { all.append(("motion", try DrawMotion.run(.init(frames: motion.frames), .init()).figure)) }
        if let model { all.append(("input", try DrawInput.run(.init(input: model.input), .init()).figure)) }
        return all
    }
}

/// What pharmacokinetics need.
struct KineticOptions: ParsableArguments {
    @Option(help: "A pharmacokinetic model to fit too.")
    var model: KineticModel?
    @Option(help: "How the model is fitted.")
    var method = KineticFit.Method.nonLinear
    @Option(help: "Where the arterial input comes from: a population (parker, georgiou), the artery given, or what looks most like one.")
    var input = KineticAnalysis.InputSource.parker
    @Option(help: "A label map of the artery, for --input region.", completion: .file())
    var artery: String?
    @Option(help: "When a population's input arrives, seconds on the axis of the series; guessed when not given, which the fitted delay makes up for (not with --method linear).")
    var inputArrival: Double?
    @Option(help: "Repetition time of the series, seconds; from its headers when not given.")
    var repetitionTime: Double?
    @Option(help: "Flip angle of the series, degrees; from its headers when not given.")
    var flipAngle: Double?
    @Option(help: "T1 before the agent: a map in seconds, or one number.", completion: .file())
    var t1: String?
    @Option(help: "A map of the flip angle of the series reached over the one asked for, on the series' grid.", completion: .file())
    var b1: String?
    @Option(help: "T1 of blood before the agent, seconds.")
    var bloodT1 = KineticAnalysis.Parameters().bloodT1
    @Option(help: "Relaxivity r1 of the agent, 1/s/mM.")
    var relaxivity = KineticAnalysis.Parameters().relaxivity
    @Option(help: "Haematocrit, the share of the blood that is cells.")
    var haematocrit = KineticAnalysis.Parameters().haematocrit
    @Flag(help: "The series is fat-suppressed, also where its headers do not say so; pharmacokinetics then need a T1 map.")
    var fatSuppressed = false

    func validate() throws {
        if artery != nil && input != .region { throw ValidationError("--artery is for --input region.") }
        if model != nil, method == .linear, inputArrival == nil, [.parker, .georgiou].contains(input) {
            throw ValidationError("--method linear fits no delay and cannot make up for a guessed arrival of the input: give --input-arrival in seconds, or take --method non-linear.")
        }
    }

    /// The model's maps; nil when none is asked for.
    func fit(_ series: TimeSeries, regions: LabelMap?, baselineFrames: Int?, _ acquisition: Acquisition) throws -> FitPharmacokinetics.Outputs? {
        guard let model else { return nil }
        var p = KineticAnalysis.Parameters()
        (p.model, p.method, p.input, p.inputArrival, p.baselineFrames) = (model, method, input, inputArrival, baselineFrames)
        (p.repetitionTime, p.flipAngle) = (repetitionTime ?? acquisition.repetitionTime, flipAngle ?? acquisition.flipAngle)
        (p.bloodT1, p.relaxivity, p.haematocrit, p.fatSuppressed) = (bloodT1, relaxivity, haematocrit, fatSuppressed || acquisition.isFatSuppressed)
        p.tissueT1 = t1.flatMap(Double.init)
        let map = try p.tissueT1 == nil ? t1.map { try NIfTI.readVolume(URL(filePath: $0)) } : nil
        let b1 = try b1.map { try NIfTI.readVolume(URL(filePath: $0)) }
        return try FitPharmacokinetics.run(.init(series: series, t1: map, b1: b1, artery: try artery.map { try NIfTI.readLabels(URL(filePath: $0)) }, region: regions), p)
    }
}
