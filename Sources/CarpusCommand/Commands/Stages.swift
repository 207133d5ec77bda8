import ArgumentParser
import Carpus
import CarpusPipeline

struct Stages: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the stages a protocol can use, or tell all about one.")

    @Argument(help: "The name of a stage.")
    var name: String?

    @Flag(help: "As Markdown.")
    var markdown = false

    func run() throws {
        let all = StageCatalog.stages
        if let name {
            guard let stage = all.first(where: { $0.name == name }) else {
                throw ValidationError("there is no stage '\(name)'; there is \(all.map(\.name).joined(separator: ", "))")
            }
            return Terminal.data(markdown ? StagePage.markdown([stage]) : StagePage.text(stage))
        }
        Terminal.data(markdown ? StagePage.markdown(all) : all.map { "\($0.name)  \($0.summary)" }.joined(separator: "\n"))
    }
}
