/// How the parts of a body, each rigid, moved between two scans: the whole, and each part by itself.
///
/// At the wrist the parts are bones: every one of them moves a little by itself whenever the hand is laid down anew.
public struct PartMotions: Sendable, Hashable, Codable {
    /// One part.
    public struct Part: Sendable, Hashable, Codable {
        /// Its value in the anatomy map.
        public let label: UInt16
        /// Its name there.
        public let name: String
        /// World points of the fixed scan to those of the moving one, for points of this part.
        public let movingFromFixed: RigidTransform
        /// How far that takes the part from where the whole does, and the error to expect of it, root mean square over the part, mm.
        public let motion, error: Double

        /// A part's motion.
        public init(label: UInt16, name: String, movingFromFixed: RigidTransform, motion: Double, error: Double) {
            (self.label, self.name, self.movingFromFixed, self.motion, self.error) = (label, name, movingFromFixed, motion, error)
        }

        /// The motion the other way.
        var inverse: Part { Part(label: label, name: name, movingFromFixed: movingFromFixed.inverse, motion: motion, error: error) }
    }
    /// World points of the fixed scan to those of the moving one, for what is in no part.
    public let whole: RigidTransform
    /// The parts whose motion could be told, by rising label.
    public let parts: [Part]
    /// Parts whose motion could not be told, by name, and why; they move with the whole.
    public let left: [String: String]

    /// Motions of a whole and of its parts.
    public init(whole: RigidTransform, parts: [Part], left: [String: String] = [:]) {
        precondition(Set(parts.map(\.label)).count == parts.count, "a part moves in one way")
        (self.whole, self.parts, self.left) = (whole, parts.sorted { $0.label < $1.label }, left)
    }

    /// The motions the other way.
    public var inverse: PartMotions {
        PartMotions(whole: whole.inverse, parts: parts.map(\.inverse), left: left)
    }
}
