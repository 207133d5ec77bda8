/// Something that cannot be measured or compared: what, and what to do.
public struct QuantificationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let gridMismatch = Code(raw: "grid mismatch"), noOverlap = Code(raw: "no overlap")
        public static let badTransform = Code(raw: "bad transform"), badParameter = Code(raw: "bad parameter")
        public static let noTissue = Code(raw: "no tissue"), noSignal = Code(raw: "no signal"), ambiguous = Code(raw: "ambiguous")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// What happened and what to do, in one sentence.
    public let message: String

    /// An error of a given kind.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
