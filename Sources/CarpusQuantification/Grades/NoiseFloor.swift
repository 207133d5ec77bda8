/// What counts as nothing: a site has a grade above 0 only when all its measures exceed its floor.
///
/// RAMRIS gives grade 1 to anything above 0. Measured volumes are never quite 0, and most healthy wrists show a little.
public struct NoiseFloor: Sendable, Hashable, Codable {
    /// mL.
    public var volume: Double?
    /// Share of the bone, or of the joint's capacity.
    public var fraction: Double?
    /// mm; tendon sheaths.
    public var thickness: Double?

    /// A floor; what is nil is left to the next more general one, and is 0 in the end.
    public init(volume: Double? = nil, fraction: Double? = nil, thickness: Double? = nil) {
        (self.volume, self.fraction, self.thickness) = (volume, fraction, thickness)
    }

    /// This floor, with what it leaves open from a more general one.
    func filled(from other: NoiseFloor) -> NoiseFloor {
        NoiseFloor(volume: volume ?? other.volume, fraction: fraction ?? other.fraction, thickness: thickness ?? other.thickness)
    }

    var isValid: Bool { [volume, fraction, thickness].allSatisfy { $0.map { $0 >= 0 && $0.isFinite } ?? true } }

    private enum CodingKeys: String, CodingKey, CaseIterable { case volume, fraction, thickness }

    // A misspelt member would be a floor of 0 that nobody asked for.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseMembers(except: CodingKeys.allCases.map(\.rawValue), of: "a noise floor")
        let c = try decoder.container(keyedBy: CodingKeys.self)
        volume = try c.decodeIfPresent(Double.self, forKey: .volume)
        fraction = try c.decodeIfPresent(Double.self, forKey: .fraction)
        thickness = try c.decodeIfPresent(Double.self, forKey: .thickness)
    }
}
