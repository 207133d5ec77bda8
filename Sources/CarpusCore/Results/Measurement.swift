/// Left or right.
public enum Laterality: String, Sendable, Hashable, Codable, CaseIterable {
    case left = "L", right = "R"
}

/// A number with what is needed to believe it: what, where, in which unit, and whether it may be used.
public struct Measurement: Sendable, Hashable, Codable {
    /// Whether a number may be used.
    public enum Status: String, Sendable, Hashable, Codable {
        /// Use it.
        case ok
        /// Use it after looking.
        case review
        /// There is no number, and the reason says why.
        case notScorable = "not-scorable"
    }
    /// `volume`, `volume-change`, `ramris`, ...
    public var quantity: String
    /// The number, nil when there is none.
    public var value: Double?
    /// Unit in UCUM: `mL`, `mm`, `1`.
    public var unit: String
    /// Where: the name of an anatomical region, lesion or component.
    public var region: String
    /// Which wrist, when known.
    public var side: Laterality?
    /// May it be used.
    public var status: Status
    /// Why it is not simply `ok`.
    public var reason: String?
    /// What made it, a stage's name and version.
    public var method: String
    /// Visit, or `A>B` for a change; filled in by the run.
    public var visit: String?
    /// SHA-256 of the data it was measured on; filled in by the run.
    public var source: String?

    /// A number that may be used, or one to be looked at.
    public init(_ quantity: String, _ value: Double, unit: String, region: String, status: Status = .ok, reason: String? = nil, method: String) {
        precondition(status != .notScorable && value.isFinite, "a measurement has a finite value; without one it is not scorable")
        (self.quantity, self.value, self.unit, self.region) = (quantity, value, unit, region)
        (self.status, self.reason, self.method) = (status, reason, method)
    }

    /// No number, and why.
    public static func notScorable(_ quantity: String, unit: String, region: String, because reason: String, method: String) -> Measurement {
        var m = Measurement(quantity, 0, unit: unit, region: region, method: method)
        (m.value, m.status, m.reason) = (nil, .notScorable, reason)
        return m
    }
}
