public import CarpusCore

/// All that a subject's page says, in plain values; no times, so that equal results make equal pages.
public struct ReportContent: Sendable {
    /// What stands above the page.
    public var title: String
    /// Whose results.
    public var subject: String
    /// The visits, in order, and the side of the wrist at each where it is known.
    public var visits: [Visit] = []
    /// The protocol that was run.
    public var analysis: Analysis
    /// The version of Carpus.
    public var toolkit: String
    /// What became of each step.
    public var steps: [Step] = []
    /// The doubts.
    public var findings: [Sourced<Finding>] = []
    /// The numbers; `visit` of each is filled in, `A>B` for changes.
    public var measurements: [Sourced<Measurement>] = []
    /// The pictures.
    public var figures: [Sourced<Figure>] = []
    /// The slices to look through.
    public var stacks: [Sourced<SliceStack>] = []

    /// A page of a subject, empty but for its head.
    public init(title: String, subject: String, analysis: Analysis, toolkit: String) {
        (self.title, self.subject, self.analysis, self.toolkit) = (title, subject, analysis, toolkit)
    }

    /// A visit.
    public struct Visit: Sendable, Hashable {
        /// Its name.
        public var id: String
        /// Which wrist, when known.
        public var side: Laterality?
        /// A visit of given name and side.
        public init(_ id: String, side: Laterality?) { (self.id, self.side) = (id, side) }
    }

    /// A protocol.
    public struct Analysis: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its own version.
        public var version: Int
        /// SHA-256 of the file.
        public var digest: String
        /// A protocol of given name, version and digest.
        public init(name: String, version: Int, digest: String) { (self.name, self.version, self.digest) = (name, version, digest) }
    }

    /// A step and what became of it.
    public struct Step: Sendable, Hashable {
        /// The name in the protocol; the stage with its version.
        public var name, stage: String
        /// A visit, a pair `A>B`, or empty for the subject.
        public var occasion: String
        /// `done`, `not-scorable` or `failed`.
        public var status: String
        /// Why it is not done.
        public var reason: String?
        /// Names and values, in order.
        public var parameters: [Setting]
        /// A sentence for the methods section.
        public var methods: String

        /// A step of given name and fate.
        public init(_ name: String, stage: String, occasion: String, status: String, reason: String? = nil, parameters: [Setting] = [], methods: String = "") {
            (self.name, self.stage, self.occasion, self.status) = (name, stage, occasion, status)
            (self.reason, self.parameters, self.methods) = (reason, parameters, methods)
        }
    }

    /// A parameter as it was set.
    public struct Setting: Sendable, Hashable {
        /// Its name and its value as text.
        public var name, value: String
        /// A parameter of given name and value.
        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// Something and the step that made it.
    public struct Sourced<Value: Sendable>: Sendable {
        /// What was made.
        public var value: Value
        /// The step's name in the protocol, and its occasion.
        public var step, occasion: String
        /// Something made by a step on an occasion.
        public init(_ value: Value, step: String, occasion: String) { (self.value, self.step, self.occasion) = (value, step, occasion) }
    }
}
