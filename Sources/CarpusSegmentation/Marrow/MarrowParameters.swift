extension MarrowSegmentation {
    /// What counts as the marrow of a bone. Lengths are in mm; the defaults are those of a human wrist.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The share of a region's outline that must lie on a dark rim or an edge, 0 to 1.
        public var rim = 0.8
        /// The share of its convex hull that a region must fill, 0 to 1: marrow is compact, the space between bones is not.
        public var solidity = 0.8
        /// The radius of the largest disc a region must hold in its slice, mm.
        public var minimumRadius = 1.2
        /// The share of a region's outline that may lie on the border of the field of view, 0 to 1.
        public var maximumBorder = 0.3
        /// The volume of the smallest component that is kept, mm³.
        public var minimumVolume = 30.0
        /// The volume of the largest component that is kept, mm³.
        public var maximumVolume = 40_000.0
        /// The least Dice overlap of the pieces of one bone in neighbouring slices, 0 to 1.
        public var overlap = 0.45
        /// How many times brighter or darker than the typical marrow of this image a region may be, above 1.
        public var brightnessRange = 1.8
        /// How many times coarser or finer in texture than the typical marrow of this image a region may be, above 1.
        public var textureRange = 1.8

        /// The defaults.
        public init() {}

        /// What is wrong with these parameters, nil when nothing is.
        public var complaint: String? {
            for (name, value) in [("rim", rim), ("solidity", solidity), ("maximumBorder", maximumBorder), ("overlap", overlap)] where !(0...1 ~= value) {
                return "\(name) must lie between 0 and 1"
            }
            if !(minimumRadius > 0 && minimumRadius.isFinite) { return "minimumRadius must be above 0 mm" }
            if !(minimumVolume >= 0 && minimumVolume < maximumVolume && maximumVolume.isFinite) {
                return "minimumVolume must be 0 mm³ or more and below maximumVolume"
            }
            for (name, value) in [("brightnessRange", brightnessRange), ("textureRange", textureRange)] where !(value > 1 && value.isFinite) {
                return "\(name) must be above 1"
            }
            return nil
        }
    }
}
