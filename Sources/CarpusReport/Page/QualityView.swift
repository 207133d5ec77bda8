import CarpusCore

/// What came in: series found and missing, doubts about them, and motion where it was measured.
struct QualityView {
    struct Input { let role, visit, state, stateWord, remark: String }
    /// Wrapped, so that a template can tell an empty list from a table.
    struct Inputs { let list: [Input] }
    let inputs: Inputs?
    let concerns: [FindingView]
    let motion: MeasurementGroup.Table?

    private static let motionQuantities = ["displacement-mean", "displacement-max", "frames-rejected"]

    init(_ c: ReportContent) {
        let reading = c.steps.filter { Self.isInput($0.stage) }
        inputs = reading.isEmpty ? nil : Inputs(list: reading.map { step in
            let remarks = c.findings.filter { $0.step == step.name && $0.occasion == step.occasion }.count
            return Input(
                role: step.name.hasPrefix("input.") ? String(step.name.dropFirst(6)) : step.name, visit: step.occasion, state: step.status,
                stateWord: step.status == "done" ? "found" : step.status == "failed" ? "not readable" : "missing", remark: step.reason ?? (remarks == 0 ? "" : Numbers.count(remarks, "finding")))
        })
        let names = Set(reading.map(\.name))
        concerns = Finding.Severity.allCases.reversed().flatMap { severity in c.findings.filter { names.contains($0.step) && $0.value.severity == severity }.map(FindingView.init) }
        let moved = c.measurements.filter { Self.motionQuantities.contains($0.value.quantity) }
        motion = moved.isEmpty ? nil : MeasurementGroup.table("Motion of dynamic series", moved.map { row in
            var m = row.value
            m.region = [m.region, Wording.occasion(m.visit ?? row.occasion)].filter { !$0.isEmpty }.joined(separator: ", ")
            return m
        })
    }

    private static func isInput(_ stage: String) -> Bool { stage == "input" || stage.hasPrefix("input/") }
}
