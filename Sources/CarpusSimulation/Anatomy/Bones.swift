/// placeholder: the fifteen bones
struct Bones: Sendable {
    /// How far from a bone its distance is still computed, mm.
    static let reach: Float = 8
}
