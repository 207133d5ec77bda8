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
}
