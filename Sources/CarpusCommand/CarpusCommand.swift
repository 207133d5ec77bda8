import ArgumentParser
import Carpus
import Foundation

/// The command line. A subcommand is a struct in Commands/ and a line here.
@main
struct CarpusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carpus",
        abstract: "Measures the arthritic wrist on MRI: volumes per scan, change between scans.",
        discussion: """
            Exit codes: 0 done; 1 done in part; 64 usage; 65 bad input data; 66 input missing; 69 a needed model or library missing; \
            70 a fault of ours; 73 cannot write; 75 interrupted, resumable; 78 protocol invalid; 130 SIGINT.
            Not for diagnosis.
            """,
        version: Version.current,
        subcommands: [Run.self, PlanCommand.self, Info.self, Convert.self, Deidentify.self, Register.self, TransformCommand.self, Measure.self, Progression.self, Perfusion.self, Relaxation.self, Segment.self, Simulate.self, Evaluate.self, Models.self, Agree.self, Stages.self, ProtocolCommand.self])

    static func main() async {
        await mainWithExitCodes()
    }

    private static func mainWithExitCodes() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            if let code = ExitStatus(for: error) {
                Terminal.error("\(error)")
                Foundation.exit(code.rawValue)
            }
            exit(withError: error)
        }
    }
}
