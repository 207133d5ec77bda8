/// A key of any name.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue _: Int) { nil }
}

extension Decoder {
    /// Refuses members that nobody knows.
    ///
    /// - Throws: `DecodingError` that names the member and those there are.
    func refuseMembers(except known: [String], of what: String) throws {
        let given = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let stranger = given.sorted().first(where: { !known.contains($0) }) else { return }
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: "\(what) has no '\(stranger)'; it has \(known.joined(separator: ", "))"))
    }
}
