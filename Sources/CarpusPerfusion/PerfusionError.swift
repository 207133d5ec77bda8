/// A series that cannot be analysed, or a question it cannot answer: what, and what to do.
public struct PerfusionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let badTimes = Code(raw: "bad times"), tooFewFrames = Code(raw: "too few frames"), notFinite = Code(raw: "not finite")
        public static let gridMismatch = Code(raw: "grid mismatch"), badParameter = Code(raw: "bad parameter"), emptyRegion = Code(raw: "empty region")
        public static let badInput = Code(raw: "bad arterial input"), needsT1 = Code(raw: "needs T1"), noBaseline = Code(raw: "no baseline")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// What happened and what to do, in one sentence.
    public let message: String

    /// An error of a given kind.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
