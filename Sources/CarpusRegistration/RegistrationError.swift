/// Images that cannot be aligned: what, and what to do.
public struct RegistrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let badParameter = Code(raw: "bad parameter"), noSignal = Code(raw: "no signal")
        public static let gridMismatch = Code(raw: "grid mismatch"), noOverlap = Code(raw: "no overlap")
        public static let engineFailed = Code(raw: "engine failed"), badGeometry = Code(raw: "bad geometry")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// What happened and what to do, in one sentence.
    public let message: String

    /// An error of a given kind.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
