import CarpusCore

/// What one bone is built from, as data: the hand's frame of a neutral wrist, mm.
struct BoneFigure: Sendable {
    /// Which rigid piece of the hand a bone moves with in flexion and deviation.
    enum Row: Sendable { case forearm, proximal, distal }

    let row: Row
    /// About where its middle lies (of a long bone: of its end): shapes vary about it.
    let middle: SIMD3<Float>
    /// The axis along which it is longest.
    let axis: SIMD3<Float>
    /// Its parts in their order, for a wrist of given traits.
    let parts: @Sendable (BoneTraits) -> [Part]

    /// The fifteen in the order of `WristAnatomy.bones`.
    static let all = [radius, ulna, scaphoid, lunate, triquetrum, pisiform, trapezium, trapezoid, capitate, hamate] + metacarpals

    /// Millimetres of the hand for one of the figures', so that spacings are those of the measured wrist.
    static let scale: Float = 0.95

    /// Factors on the size of each bone that bring the mean volumes of the population to those of the measured wrist: found once.
    static let calibration: [Float] = [1, 1, 0.964, 0.891, 0.964, 0.980, 0.945, 0.979, 0.961, 0.976, 1, 1, 1, 1, 1]
}
