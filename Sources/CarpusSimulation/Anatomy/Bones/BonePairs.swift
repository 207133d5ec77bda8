/// How neighbouring bones share the space between them.
struct BonePairs: Sendable {
    /// Who yields where two solids overlap.
    enum Rule: Sendable { case both, second, first }
    /// The gap between two bones and who keeps its shape.
    struct Pair: Sendable {
        var gap: Float, rule: Rule

        /// What is left of a bone that yields, from its own untrimmed distance and the other's.
        /// Half-way between two bones the difference would give half of it; not all faces are parallel, so that a little more is nearer the truth.
        @inline(__always) func cut(_ own: Float, _ other: Float) -> Float { rule == .second ? gap - other : (own - other + gap) * 0.55 }
    }

    private var pairs: [Pair]

    /// Gaps of a wrist whose cartilage has a given thickness, mm: both layers and a film, times a factor of the joint.
    init(cartilage: Float) {
        let joint = 2 * cartilage + 0.25
        pairs = Array(repeating: Pair(gap: 0.9 * joint, rule: .both), count: 225)
        for (a, b, factor, rule) in Self.special {
            pairs[a * 15 + b] = Pair(gap: factor * joint, rule: rule)
            pairs[b * 15 + a] = Pair(gap: factor * joint, rule: rule == .both ? .both : rule == .first ? .second : .first)
        }
    }

    /// What bone `a` has to yield to bone `b`; `.second` when `b` keeps its shape and `a` yields all.
    subscript(a: Int, b: Int) -> Pair { pairs[a * 15 + b] }

    /// A bone that keeps its shape presses it into the other: heads into cups.
    private static let special: [(Int, Int, Float, Rule)] = [
        // Radius with scaphoid, lunate and the ulna's head; ulna with lunate and triquetrum, the disc between.
        (0, 2, 1.02, .second), (0, 3, 1.02, .second), (0, 1, 1.0, .second), (1, 3, 1.7, .both), (1, 4, 1.9, .both),
        // The head of the capitate; the scaphoid's round end; within the rows.
        (8, 2, 0.9, .first), (8, 3, 0.9, .first), (2, 6, 0.9, .first), (2, 7, 0.9, .first), (2, 3, 0.85, .both), (3, 4, 0.85, .both),
        (4, 9, 0.92, .both), (3, 9, 0.95, .second), (4, 5, 0.9, .both), (8, 9, 0.85, .both), (7, 8, 0.85, .both), (6, 7, 0.85, .both),
        // Carpometacarpal joints, and the bases among themselves.
        (10, 6, 0.95, .first), (7, 11, 0.85, .first), (12, 8, 0.85, .first), (9, 13, 0.85, .both), (9, 14, 0.85, .both),
        (11, 12, 0.8, .both), (12, 13, 0.8, .both), (13, 14, 0.8, .both),
    ]
}
