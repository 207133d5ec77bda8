import ArgumentParser
import Carpus
import Foundation

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plan", abstract: "Say which steps would run on a folder of scans, and why each will or will not.")

    @OptionGroup var scans: ScanArguments

    @Option(help: "The folder for results, to know what was done before.", completion: .directory)
    var output: String?

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let listing = try PlanListing(protocolFile: scans.protocolURL, input: scans.inputURL, output: output.map { URL(filePath: $0, directoryHint: .isDirectory) }, subject: scans.subject)
        if json { try Terminal.json(listing.rows) } else { Terminal.data(listing.text) }
    }
}
