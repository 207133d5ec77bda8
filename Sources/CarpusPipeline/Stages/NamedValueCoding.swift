// The two halves of Codable that only know properties by name: all a stage's ports and parameters need.

/// A decoder that answers for named values of one level.
protocol NamedValueDecoder: Decoder {
    func value<T: Decodable>(_: T.Type, _ key: String, optional: Bool) throws -> T?
}

extension NamedValueDecoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    func container<K: CodingKey>(keyedBy _: K.Type) -> KeyedDecodingContainer<K> { KeyedDecodingContainer(NamedValueDecoding(decoder: self)) }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { preconditionFailure("ports and parameters have names") }
    func singleValueContainer() -> any SingleValueDecodingContainer { preconditionFailure("ports and parameters have names") }
}

private struct NamedValueDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: any NamedValueDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }
    func contains(_: Key) -> Bool { true }
    func decodeNil(forKey _: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let value = try decoder.value(type, key.stringValue, optional: false) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "nothing for '\(key.stringValue)'"))
        }
        return value
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try decoder.value(type, key.stringValue, optional: true)
    }

    // The library's own versions for simple types would ask `contains` and lose that the property is optional.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try decoder.value(type, key.stringValue, optional: true) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try decoder.value(type, key.stringValue, optional: true) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try decoder.value(type, key.stringValue, optional: true) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try decoder.value(type, key.stringValue, optional: true) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try decoder.value(type, key.stringValue, optional: true) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try decoder.value(type, key.stringValue, optional: true) }

    func nestedContainer<N: CodingKey>(keyedBy _: N.Type, forKey _: Key) -> KeyedDecodingContainer<N> { preconditionFailure("one level only") }
    func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedDecodingContainer { preconditionFailure("one level only") }
    func superDecoder() -> any Decoder { preconditionFailure("one level only") }
    func superDecoder(forKey _: Key) -> any Decoder { preconditionFailure("one level only") }
}

/// An encoder that takes named values of one level.
protocol NamedValueEncoder: Encoder {
    func write(_ value: any Encodable, _ key: String) throws
}

extension NamedValueEncoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    func container<K: CodingKey>(keyedBy _: K.Type) -> KeyedEncodingContainer<K> { KeyedEncodingContainer(NamedValueEncoding(encoder: self)) }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure("ports have names") }
    func singleValueContainer() -> any SingleValueEncodingContainer { preconditionFailure("ports have names") }
}

private struct NamedValueEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: any NamedValueEncoder
    var codingPath: [any CodingKey] { [] }
    mutating func encodeNil(forKey _: Key) {}
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder.write(value, key.stringValue) }
    mutating func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { if let value { try encoder.write(value, key.stringValue) } }
    mutating func nestedContainer<N: CodingKey>(keyedBy _: N.Type, forKey _: Key) -> KeyedEncodingContainer<N> { preconditionFailure("one level only") }
    mutating func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedEncodingContainer { preconditionFailure("one level only") }
    mutating func superEncoder() -> any Encoder { preconditionFailure("one level only") }
    mutating func superEncoder(forKey _: Key) -> any Encoder { preconditionFailure("one level only") }
}
