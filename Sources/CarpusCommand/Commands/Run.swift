import ArgumentParser
import Carpus
import CarpusPipeline
import Foundation

extension Progress.Style: ExpressibleByArgument {}

/// What `run` and `plan` share.
struct ScanArguments: ParsableArguments {
    @Argument(help: "The protocol file, YAML.", completion: .file(extensions: ["yml", "yaml"]))
    var protocolFile: String

    @Option(help: "The folder of scans: DICOM or NIfTI, one subject or many.", completion: .directory)
    var input: String

    @Option(help: "Only this subject.")
    var subject: String?

    var protocolURL: URL { URL(filePath: protocolFile) }
    var inputURL: URL { URL(filePath: input, directoryHint: .isDirectory) }
}

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run a protocol on a folder of scans; what was done before is not done again.")

    @OptionGroup var scans: ScanArguments

    @Option(help: "The folder for results.", completion: .directory)
    var output: String?

    @Option(help: "Steps and threads at a time (default: all cores, or SLURM_CPUS_PER_TASK).")
    var threads: Int?

    @Option(help: "How to tell of progress on stderr: auto, plain, json or none.")
    var progress: Progress.Style = .auto

    @Flag(help: "Only say what would be done, as 'plan' does.")
    var dryRun = false

    @Flag(help: "Do everything again, and write into a folder that is not a run's own.")
    var force = false

    @Flag(name: .shortAndLong, help: "Tell more.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Tell only of failures.")
    var quiet = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
        if output == nil, !dryRun { throw ValidationError("--output is needed, the folder for results") }
    }

    func run() async throws {
        if dryRun {
            Terminal.data(try PlanListing(protocolFile: scans.protocolURL, input: scans.inputURL, output: output.map { URL(filePath: $0, directoryHint: .isDirectory) }, subject: scans.subject).text)
            return
        }
        let output = URL(filePath: self.output ?? "", directoryHint: .isDirectory)
        let cores = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
        let run = try AnalysisRun(.init(
            protocolFile: scans.protocolURL, input: scans.inputURL, output: output, subject: scans.subject, threads: threads ?? cores, force: force))
        Interruption.watch()
        let told = Progress(quiet ? .none : progress, verbose: verbose)
        let begin = ContinuousClock.now
        let ending = try await run.run { told.tell($0) }
        told.end()
        for failure in ending.failures { Terminal.error(failure) }
        if !quiet {
            let seconds = String(format: "%.1f", (ContinuousClock.now - begin) / .seconds(1))
            Terminal.note("\(ending.done) steps done, \(ending.reused) done before, \(ending.failures.count) failed; \(seconds) s")
        }
        for report in ending.reports { Terminal.data(report.path(percentEncoded: false)) }
        if !ending.failures.isEmpty { throw ExitCode(ExitStatus.partly.rawValue) }
    }
}
