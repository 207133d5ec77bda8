/// Something that cannot be segmented: what, and what to do.
public struct SegmentationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        /// The mask lies on another grid than the image.
        public static let gridMismatch = Code(raw: "grid mismatch")
        /// A parameter is out of range.
        public static let badParameter = Code(raw: "bad parameter")
        /// There is nothing to look at: an empty mask, or no finite value.
        public static let nothingToSegment = Code(raw: "nothing to segment")
        /// A model whose manifest or network is not sound.
        public static let badModel = Code(raw: "bad model")
        /// An input the model needs is not there.
        public static let missingInput = Code(raw: "missing input")
        /// A network's file is damaged, or no ONNX.
        public static let unreadableNetwork = Code(raw: "unreadable network")
        /// A network needs an operator, or a form of one, that the engine lacks.
        public static let unsupportedOperator = Code(raw: "unsupported operator")
        /// An input of a network is missing, unknown, or of a shape that does not fit.
        public static let badNetworkInput = Code(raw: "bad network input")
        /// A network needs more memory than there is.
        public static let networkTooLarge = Code(raw: "network too large")
        /// The engine itself failed.
        public static let engineFault = Code(raw: "engine fault")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// What happened and what to do, in one sentence.
    public let message: String

    /// An error of a given kind.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
