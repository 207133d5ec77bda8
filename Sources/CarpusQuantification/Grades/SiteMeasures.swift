import CarpusCore

/// The measurements of one wrist at one visit, by quantity and region.
struct SiteMeasures {
    private struct Key: Hashable { let quantity, region: String }
    private var rows: [Key: Measurement] = [:]

    /// - Throws: `QuantificationError` when a quantity of a region occurs twice.
    init(_ measurements: [Measurement]) throws {
        for row in measurements {
            let old = rows.updateValue(row, forKey: Key(quantity: row.quantity, region: row.region))
            guard old == nil else {
                throw QuantificationError(.ambiguous, "there are two values of \(row.quantity) for \(row.region); give the measures of one wrist at one visit")
            }
        }
    }

    subscript(quantity: String, region: String) -> Measurement? { rows[Key(quantity: quantity, region: region)] }

    /// A number that may be used, nil otherwise.
    func value(_ quantity: String, _ region: String) -> Double? { self[quantity, region]?.value }

    /// Puts two sites of a lesion together under the first one's name: volumes and capacities add up.
    ///
    /// A site that is not there, or is empty and does not tell its capacity, makes the fraction of both not scorable.
    mutating func join(_ lesion: String, _ site: String, with other: String) {
        let one = "\(lesion)/\(site)", two = "\(lesion)/\(other)"
        guard let first = self["volume", one], let second = self["volume", two], let a = first.value, let b = second.value else {
            return put(.notScorable("fraction", unit: "1", region: one, because: "the volume of \(self["volume", one]?.value == nil ? site : other) is not known", method: ""))
        }
        guard let c = capacity(lesion, site), let d = capacity(lesion, other) else {
            return put(.notScorable("fraction", unit: "1", region: one, because: "the capacities of \(site) and \(other) are not known", method: ""))
        }
        let parts = [first, second, self["fraction", one], self["fraction", two]].compactMap(\.self), reasons = parts.compactMap { $0.status == .ok ? nil : $0.reason }
        let status: Measurement.Status = parts.allSatisfy { $0.status == .ok } ? .ok : .review
        let reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        put(Measurement("volume", a + b, unit: first.unit, region: one, status: status, reason: reason, method: first.method))
        put(Measurement("fraction", (a + b) / (c + d), unit: "1", region: one, status: status, reason: reason, method: first.method))
        for end in ["volume-low", "volume-high", "fraction-low", "fraction-high"] { rows[Key(quantity: end, region: one)] = nil }
    }

    private mutating func put(_ row: Measurement) { rows[Key(quantity: row.quantity, region: row.region)] = row }

    private func capacity(_ lesion: String, _ site: String) -> Double? {
        if let told = value("capacity", site), told > 0 { return told }
        guard let volume = value("volume", "\(lesion)/\(site)"), let fraction = value("fraction", "\(lesion)/\(site)"), fraction > 0, volume > 0 else { return nil }
        return volume / fraction
    }
}
