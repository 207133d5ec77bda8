import ArgumentParser

struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run a bare network on an array.", subcommands: [ModelsForward.self])
}
