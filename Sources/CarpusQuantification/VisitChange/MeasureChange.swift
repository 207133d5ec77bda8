import CarpusCore

/// The change of one measure.
struct MeasureChange {
    let quantity, region, unit: String
    let before, after: Measurement?
    let days: Int?
    let rule: DetectableRule?
    let method: String

    /// Quantities whose values are ranks, not amounts.
    static let ordinal: Set<String> = ["ramris"]

    /// One row a kind of change, always the same ones.
    var rows: [Measurement] {
        let isAmount = !Self.ordinal.contains(quantity)
        let amounts = isAmount ? ["relative-change", "symmetrised-change", "annual-change", "annual-symmetrised-change"] : []
        guard let (a, b) = values else {
            return (["change"] + amounts + ["change-direction"]).map { none($0, lack) }
        }
        let change = b - a, mean = (a + b) / 2
        var rows = [row("change", change)]
        if isAmount {
            let symmetrised = mean == 0 ? nil : change / mean
            rows.append(a == 0 ? none("relative-change", "the baseline is 0") : row("relative-change", change / a))
            rows.append(symmetrised.map { row("symmetrised-change", $0) } ?? none("symmetrised-change", "the mean of both visits is 0"))
            rows += annual(change, symmetrised)
        }
        return rows + [direction(change, mean)]
    }

    // MARK: Values

    private var values: (Double, Double)? {
        guard let a = before?.value, let b = after?.value, before?.unit == after?.unit else { return nil }
        return (a, b)
    }

    /// Why there is no change.
    private var lack: String {
        guard let before else { return "there is no \(quantity) of \(region) at the baseline" }
        guard let after else { return "there is no \(quantity) of \(region) at the follow-up" }
        if before.value == nil { return "baseline: \(before.reason ?? "not scorable")" }
        if after.value == nil { return "follow-up: \(after.reason ?? "not scorable")" }
        return "the visits are measured in different units, \(before.unit) and \(after.unit)"
    }

    /// What has to be looked at, at either visit.
    private var doubt: String? {
        let doubts = [("baseline", before), ("follow-up", after)].compactMap { name, row in row?.status == .review ? "\(name): \(row?.reason ?? "to be looked at")" : nil }
        return doubts.isEmpty ? nil : doubts.joined(separator: "; ")
    }

    // MARK: Rows

    private func unit(of kind: String) -> String {
        switch kind {
        case "change": unit
        case "annual-change": unit == "1" ? "/a" : unit + "/a"
        case "annual-symmetrised-change": "/a"
        default: "1"
        }
    }

    private func row(_ kind: String, _ value: Double, saying word: String? = nil) -> Measurement {
        let reasons = [word, doubt].compactMap(\.self)
        return Measurement(
            "\(quantity)-\(kind)", value, unit: unit(of: kind), region: region, status: doubt == nil ? .ok : .review, reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "), method: method)
    }

    private func none(_ kind: String, _ reason: String) -> Measurement { .notScorable("\(quantity)-\(kind)", unit: unit(of: kind), region: region, because: reason, method: method) }

    private func annual(_ change: Double, _ symmetrised: Double?) -> [Measurement] {
        guard let days, days > 0 else {
            let why = days == nil ? "the dates of the visits are not known" : "the follow-up is not dated after the baseline"
            return [none("annual-change", why), none("annual-symmetrised-change", why)]
        }
        let years = Double(days) / VisitChange.daysPerYear
        return [
            row("annual-change", change / years),
            symmetrised.map { row("annual-symmetrised-change", $0 / years) } ?? none("annual-symmetrised-change", "the mean of both visits is 0"),
        ]
    }

    /// Whether it is more than error. A change has to exceed all limits that are given.
    private func direction(_ change: Double, _ mean: Double) -> Measurement {
        guard let rule else { return none("change-direction", "no smallest detectable change of \(quantity) of \(region) is known") }
        // As products, so that a mean of 0 needs no exception.
        let limits = [rule.absolute, rule.relative.map { $0 * abs(mean) }].compactMap(\.self), isReal = limits.allSatisfy { abs(change) > $0 }
        let told = [rule.absolute.map { "\(Plain.text($0))" + (unit == "1" ? "" : " \(unit)") }, rule.relative.map { "\(Plain.text($0)) of the mean" }].compactMap(\.self).joined(separator: " and ")
        let word = !isReal ? "within-noise" : change > 0 ? "increase" : "decrease"
        return row("change-direction", !isReal ? 0 : change > 0 ? 1 : -1, saying: "\(word): the smallest detectable change is \(told)")
    }
}
