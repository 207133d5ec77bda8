import ArgumentParser
import Carpus
import CarpusPipeline
import Foundation

struct ProtocolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "protocol", abstract: "Check a protocol file, or print the schema of all.", subcommands: [Validate.self, Schema.self])

    struct Validate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check a protocol file without any scans.")

        @Argument(help: "The protocol file, YAML.", completion: .file(extensions: ["yml", "yaml"]))
        var file: String

        func run() throws {
            let plan = try StageCatalog.plan(AnalysisProtocol(contentsOf: URL(filePath: file)))
            Terminal.data("\(plan.analysis.name) version \(plan.analysis.version): \(plan.analysis.series.count) series, \(plan.nodes.count) steps, in order: \(plan.nodes.map(\.name).joined(separator: ", "))")
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the JSON Schema of protocol files, made from the code.")

        func run() throws { try Terminal.json(ProtocolSchema.schema(stages: StageCatalog.stages, seriesKinds: StageCatalog.seriesKinds)) }
    }
}
