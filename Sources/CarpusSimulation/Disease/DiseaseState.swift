/// The disease of one wrist at one visit, as dials: what is wanted. What the model makes of it is measured, and the measure is the truth.
public struct DiseaseState: Sendable, Hashable, Codable {
    /// Disease of a synovial compartment.
    public struct Joint: Sendable, Hashable, Codable {
        /// Inflamed synovium, mL.
        public var synovitis = 0.0
        /// Fluid beyond the normal film, mL; it does not enhance.
        public var effusion = 0.0
        /// Relative sizes of the patches synovitis grows in.
        public var patches: [Double] = []
        public init() {}
    }
    /// Disease of a tendon's sheath.
    public struct Sheath: Sendable, Hashable, Codable {
        /// Largest width between tendon and sheath, mm, 0 to 5.
        public var thickness = 0.0
        /// Share of fluid, the rest is inflamed tissue.
        public var fluidShare = 0.3
        public init() {}
    }
    /// Disease of a bone.
    public struct Bone: Sendable, Hashable, Codable {
        /// Share of the assessed marrow that is oedematous, 0 to 1.
        public var oedema = 0.0
        /// Radii of erosions, mm; 0 for one that is not there yet or has healed.
        public var erosions: [Double] = []
        /// Radius of a cyst within the bone, mm; no lesion RAMRIS counts.
        public var cyst = 0.0
        public init() {}
    }

    /// The three joints in the order of `WristAnatomy.joints`.
    public var joints = [Joint](repeating: Joint(), count: 3)
    /// The ten compartments in the order of `WristAnatomy.tendonCompartments`.
    public var sheaths = [Sheath](repeating: Sheath(), count: 10)
    /// The fifteen bones in the order of `WristAnatomy.bones`.
    public var bones = [Bone](repeating: Bone(), count: 15)
    /// Radius of a dorsal ganglion, mm; no lesion RAMRIS counts.
    public var ganglion = 0.0
    /// How vascular inflamed tissue is, 0 to 1: from mostly persistent to mostly washout enhancement.
    public var vascularity = 0.5

    /// No disease.
    public init() {}
}
