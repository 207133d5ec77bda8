public import ArgumentParser
public import Carpus
public import CarpusCore
import CarpusIO
public import CarpusSimulation
import Foundation

extension SimulatedStudy.Format: ExpressibleByArgument {}
extension SeriesRole: ExpressibleByArgument {}
extension Laterality: ExpressibleByArgument {}

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the scans of a virtual wrist, and the truth about them.",
        discussion: "The same options give the same bytes. No patient, no volunteer; see Docs/VirtualWrist.md.")

    @Option(help: "The folder for the study; it must not hold anything.", completion: .directory)
    var output: String
    @Option(help: "Seed of the patient: another number, another wrist.")
    var seed: UInt64 = 1
    @Option(help: "Visits to the scanner, 1 to 20.")
    var visits = 2
    @Option(help: "Disease activity, 0 (healthy) to 1 (most active); drawn from the seed when it is not given.")
    var activity: Double?
    @Option(help: "Side of the wrist, L or R; drawn from the seed when it is not given.")
    var side: Laterality?
    @Option(help: "How scans are stored: nifti (BIDS) or dicom (classic, a file a slice).")
    var format: SimulatedStudy.Format = .nifti
    @Option(parsing: .upToNextOption, help: "Series to scan: t1, t1gd, stir, dce, gre, t1gd-fs.")
    var series: [SeriesRole] = [.t1, .t1gd, .stir, .dce]
    @Option(help: "Field of the scanner, tesla.")
    var field = 1.5
    @Option(help: "Voxels in plane, mm.")
    var inPlane = 0.4
    @Option(help: "Thickness of a slice, mm.")
    var sliceThickness = 2.0
    @Option(help: "Frames of the dynamic series.")
    var frames = 30
    @Option(help: "The subject's label.")
    var subject = "01"
    @Option(help: "Instead of scans write so many label maps of single wrists, for training; seeds count up from --seed.")
    var trainingMaps: Int?
    @Option(help: "Distance between samples of the wrist, mm (default: 0.25, for training maps 0.5).")
    var step: Double?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Replace a folder that is there.")
    var force = false
    @Flag(name: .shortAndLong, help: "Tell only of failures.")
    var quiet = false

    private var patient: VirtualPatient.Parameters {
        var p = VirtualPatient.Parameters(seed: seed)
        (p.visits, p.activity, p.side) = (visits, activity, side)
        return p
    }

    private var examination: Examination {
        var e = Examination()
        (e.roles, e.fieldTesla, e.inPlane, e.sliceThickness, e.frames) = (SeriesRole.allCases.filter(series.contains), field, inPlane, sliceThickness, frames)
        return e
    }

    func validate() throws {
        if let complaint = patient.complaint ?? examination.complaint { throw ValidationError(complaint) }
        if BIDSLabel.label(subject) != subject { throw ValidationError("the subject's label '\(subject)' has to be letters and digits") }
        if let step, !(0.1...3).contains(step) { throw ValidationError("--step is \(step) mm; it has to be 0.1 to 3") }
        if let trainingMaps, trainingMaps < 1 { throw ValidationError("--training-maps must be at least 1") }
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let folder = URL(filePath: output, directoryHint: .isDirectory), begin = ContinuousClock.now
        let tell: (String) -> Void = { if !quiet { Terminal.note($0) } }
        if let trainingMaps {
            Interruption.watch()
            try TrainingMaps(seed: seed, count: trainingMaps, step: step ?? 0.5, activity: activity).write(to: folder, tell: tell)
        } else {
            if !force { try Output.mustBeEmpty(folder) }
            Interruption.watch(advice: "nothing was kept", removing: FolderOutput.side(of: folder))
            try SimulatedStudy(patient, examination: examination, format: format, subject: subject, step: step ?? 0.25).write(to: folder, replacing: force, tell: tell)
        }
        tell(String(format: "done in %.1f s", (ContinuousClock.now - begin) / .seconds(1)))
        Terminal.data(folder.path(percentEncoded: false))
    }
}
