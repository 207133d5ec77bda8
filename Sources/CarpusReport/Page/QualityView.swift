import CarpusCore

/// What came in: series found and missing, doubts about them, and their noise, fat suppression, contrast agent and motion where these were measured.
struct QualityView {
    struct Input { let role, visit, state, stateWord, remark: String }
    /// Wrapped, so that a template can tell an empty list from a table.
    struct Inputs { let list: [Input] }
    let inputs: Inputs?
    let concerns: [Concern]
    /// A doubt, told once for all the series that share it.
    struct Concern { let severityWord, sentence, origin: String }
    let tables: [MeasurementGroup.Table]

    /// What is told of a series' quality: a caption, and the quantities under it.
    private static let subjects: [(caption: String, quantities: [String])] = [
        ("Noise", ["noise", "signal", "signal-to-noise"]),
        ("Fat suppression", ["fat-signal-ratio", "fat-bright-share"]),
        ("Contrast agent", ["gain", "signal-gained-share", "signal-lost-share"]),
        ("Motion of dynamic series", ["displacement-mean", "displacement-max", "frames-rejected"]),
    ]

    /// Stages whose doubts are about what came in.
    private static let checks = ["measure.noise", "check.suppression", "subtract.contrast", "correct.motion"]

    init(_ c: ReportContent) {
        let reading = c.steps.filter { Self.isInput($0.stage) }
        inputs = reading.isEmpty ? nil : Inputs(list: reading.map { step in
            let remarks = c.findings.filter { $0.step == step.name && $0.occasion == step.occasion }.count
            return Input(
                role: step.name.hasPrefix("input.") ? String(step.name.dropFirst(6)) : step.name, visit: step.occasion, state: step.status,
                stateWord: step.status == "done" ? "found" : step.status == "failed" ? "not readable" : "missing", remark: step.reason ?? (remarks == 0 ? "" : Numbers.count(remarks, "finding")))
        })
        let names = Set(c.steps.filter { Self.isInput($0.stage) || Self.checks.contains(String($0.stage.prefix { $0 != "/" })) }.map(\.name))
        let doubts = Finding.Severity.allCases.reversed().flatMap { severity in c.findings.filter { names.contains($0.step) && $0.value.severity == severity } }
        var alike: [String: [ReportContent.Sourced<Finding>]] = [:], order: [String] = []
        for doubt in doubts {
            let key = "\(doubt.value.severity.rawValue)\u{0}\(doubt.value.sentence)"
            if alike[key] == nil { order.append(key) }
            alike[key, default: []].append(doubt)
        }
        concerns = order.compactMap { key in
            guard let all = alike[key], let first = all.first else { return nil }
            let view = FindingView(first)
            return Concern(severityWord: view.severityWord, sentence: view.sentence, origin: all.map { Wording.origin($0.step, $0.occasion) }.joined(separator: "; "))
        }
        tables = Self.subjects.compactMap { subject in
            let rows = c.measurements.filter { subject.quantities.contains($0.value.quantity) }
            return rows.isEmpty ? nil : MeasurementGroup.table(subject.caption, rows.map { row in
                var m = row.value
                m.region = [row.step, Wording.occasion(m.visit ?? row.occasion)].filter { !$0.isEmpty }.joined(separator: ", ")
                return m
            })
        }
    }

    private static func isInput(_ stage: String) -> Bool { stage == "input" || stage.hasPrefix("input/") }
}
