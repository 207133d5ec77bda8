import Foundation

/// A picture as it is shown.
struct FigureView {
    let title, origin, data, altText, caption: String
    let width, height: Int?

    init(_ f: ReportContent.Sourced<Figure>) {
        (title, altText, caption) = (f.value.title, f.value.altText, f.value.caption)
        origin = Wording.origin(f.step, f.occasion)
        data = f.value.webp.base64EncodedString()
        // Told beforehand, the page does not jump while pictures are read.
        (width, height) = f.value.width > 0 ? (f.value.width, f.value.height) : (nil, nil)
    }
}

/// A sentence of the methods and the steps it speaks of.
struct MethodView {
    let sentence, steps: String

    /// Each sentence once, whatever number of visits or steps it was true for.
    static func all(in steps: [ReportContent.Step]) -> [MethodView] {
        var sentences: [String] = [], names: [String: [String]] = [:]
        for step in steps where !step.methods.isEmpty {
            if names[step.methods] == nil { sentences.append(step.methods) }
            if names[step.methods]?.contains(step.name) != true { names[step.methods, default: []].append(step.name) }
        }
        return sentences.map { MethodView(sentence: $0, steps: names[$0, default: []].joined(separator: ", ")) }
    }
}

/// What ran; one of these, so that a template can tell an empty list from a table.
struct StepTable { let rows: [StepView] }

/// A step as it is shown.
struct StepView {
    let name, stage, occasion, status, statusWord: String
    let reason, parameters: String?

    init(_ s: ReportContent.Step) {
        (name, stage, status, reason) = (s.name, s.stage, s.status, s.reason)
        occasion = s.occasion.isEmpty ? "all" : s.occasion.replacingOccurrences(of: ">", with: " → ")
        statusWord = Wording.status(s.status)
        parameters = s.parameters.isEmpty ? nil : s.parameters.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
    }
}

/// What ran, in full.
struct ProvenanceView {
    let `protocol`, digest: String
    let steps: StepTable?

    init(_ c: ReportContent) {
        `protocol` = "\(c.analysis.name), version \(c.analysis.version)"
        digest = c.analysis.digest
        steps = c.steps.isEmpty ? nil : StepTable(rows: c.steps.map(StepView.init))
    }
}
