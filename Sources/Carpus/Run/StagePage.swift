public import CarpusPipeline

/// A stage's page, made from its types.
public enum StagePage {
    /// For a terminal.
    public static func text(_ stage: AnyStage) -> String {
        var lines = ["\(stage.name), version \(stage.version)", stage.summary, "", "Inputs"]
        lines += stage.inputs.map { "  \($0.name): \($0.kind)\(Self.arity($0))" }
        lines += ["Outputs"] + stage.outputs.map { "  \($0.name): \($0.kind)\(Self.arity($0))" }
        if !stage.parameters.isEmpty { lines.append("Parameters") }
        lines += stage.parameters.map { "  \($0.name) = \($0.standard == .null ? "unset" : $0.standard.canonical): \($0.expectation)" }
        return lines.joined(separator: "\n")
    }

    /// For Docs/.
    public static func markdown(_ stages: [AnyStage]) -> String {
        let pages = stages.map { stage -> String in
            var lines = ["## `\(stage.name)`", "", "\(stage.summary) Version \(stage.version).", "", "| port | kind |", "|---|---|"]
            lines += stage.inputs.map { "| in `\($0.name)` | \($0.kind)\(Self.arity($0)) |" } + stage.outputs.map { "| out `\($0.name)` | \($0.kind)\(Self.arity($0)) |" }
            if !stage.parameters.isEmpty { lines += ["", "| parameter | default | takes |", "|---|---|---|"] }
            lines += stage.parameters.map { "| `\($0.name)` | \($0.standard == .null ? "unset" : "`\($0.standard.canonical)`") | \($0.expectation) |" }
            return lines.joined(separator: "\n")
        }
        return "# Stages\n\nMade by `carpus stages --markdown`; do not edit.\n\n" + pages.joined(separator: "\n\n")
    }

    private static func arity(_ port: Port) -> String {
        switch port.arity {
        case .one: ""
        case .optional: ", optional"
        case .many: ", any number"
        }
    }
}
