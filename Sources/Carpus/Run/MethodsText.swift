import CarpusPipeline
import Foundation

/// What a run did, in sentences for a paper: `methods.md`.
///
/// The sentences are those the stages give of themselves, in the order of the protocol, each once; behind them stand the parameters by which the
/// protocol differs from the stages' own, and the works cited. Steps that ran nowhere are not told as methods.
struct MethodsText {
    let plan: Plan
    /// The steps that gave results, at one visit or more.
    let ran: Set<String>

    /// The text as Markdown.
    ///
    /// - Throws: when a stage cannot read its own parameters.
    func markdown() throws -> String {
        let sentences = try sentences(), cited = Bibliography.works(citedIn: sentences.map(\.text), stages: nodes.map(\.stage.name))
        func numbers(_ sentence: Sentence) -> String {
            let own = Bibliography.works(citedIn: [sentence.text], stages: sentence.stages)
            let found = own.compactMap { work in cited.firstIndex { $0.reference == work.reference }.map { $0 + 1 } }
            return found.isEmpty ? "" : " [" + found.map(String.init).joined(separator: ", ") + "]"
        }
        let a = plan.analysis
        var lines = [
            "# Methods", "",
            "Scans were analysed with Carpus \(Version.current) by the protocol `\(a.name)`, version \(a.version) (SHA-256 `\(a.digest)`). "
                + "Numbers in brackets are the works below.", "",
        ]
        lines += sentences.map { "- \($0.text)\(numbers($0)) (\($0.steps.map { "`\($0)`" }.joined(separator: ", ")))" }
        let absent = plan.nodes.filter { !ran.contains($0.name) }.map { "`\($0.name)`" }
        if !absent.isEmpty { lines += ["", "Steps of the protocol that gave no result at any visit: \(absent.joined(separator: ", "))."] }
        lines += ["", "## Parameters", "", "What the protocol sets otherwise than the stages do; all values stand in `record.json`.", ""] + parameters
        if !cited.isEmpty { lines += ["", "## References", ""] + cited.enumerated().map { "\($0 + 1). \($1.reference)" } }
        return (lines + ["", "Results are for research, not for diagnosis."]).joined(separator: "\n") + "\n"
    }

    private var nodes: [Plan.Node] { plan.nodes.filter { ran.contains($0.name) } }

    private struct Sentence {
        let text: String
        var steps, stages: [String]
    }

    private func sentences() throws -> [Sentence] {
        var all: [Sentence] = []
        for node in nodes {
            let text = try node.stage.methods(node.parameters)
            guard !text.isEmpty else { continue }
            if let i = all.firstIndex(where: { $0.text == text }) {
                all[i].steps.append(node.name)
                all[i].stages.append(node.stage.name)
            } else {
                all.append(Sentence(text: text, steps: [node.name], stages: [node.stage.name]))
            }
        }
        return all
    }

    private var parameters: [String] {
        let rows = nodes.map { node -> String in
            let changed = node.stage.parameters.compactMap { field -> String? in
                guard let value = node.parameters[field.name], value != field.standard else { return nil }
                return "`\(field.name)` = " + Self.words(value)
            }
            return "| `\(node.name)` | `\(node.stage.name)` \(node.stage.version) | \(changed.isEmpty ? "as the stage has them" : changed.joined(separator: "; ")) |"
        }
        return ["| step | stage and version | parameters |", "|---|---|---|"] + rows
    }

    /// A value in a cell; what is long is told by its size.
    private static func words(_ value: JSON) -> String {
        if case .string(let text) = value { return text.replacing("|", with: "\\|").replacing("\n", with: " ") }
        let text = value.canonical
        if text.count <= 120 { return "`\(text.replacing("|", with: "\\|"))`" }
        switch value {
        case .array(let all): return "a list of \(all.count)"
        case .object(let all): return "a mapping of \(all.count)"
        default: return text
        }
    }
}
