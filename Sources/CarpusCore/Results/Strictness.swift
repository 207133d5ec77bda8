/// What becomes of results that a check speaks against.
public enum Strictness: String, Sendable, Hashable, Codable, CaseIterable {
    /// There are none, and what depends on them is not scorable.
    case refuse
    /// They are given with a serious finding, to be looked at.
    case doubt
}
