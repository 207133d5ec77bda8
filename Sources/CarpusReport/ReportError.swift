/// A figure or page that could not be made: what happened, in one sentence.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        /// The drawing library refused.
        public static let drawing = Code(raw: "drawing")
        /// A setting is out of range.
        public static let badParameter = Code(raw: "bad parameter")
        /// Images that belong together lie on different grids.
        public static let gridMismatch = Code(raw: "grid mismatch")
        /// The page's own template is damaged.
        public static let template = Code(raw: "template")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// What happened and what to do.
    public let message: String

    init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
