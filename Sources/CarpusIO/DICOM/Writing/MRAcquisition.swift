extension MRSeriesDescription {
    /// How the images were made, in the words of DICOM's MR Image Module (PS3.3 C.8.3.1).
    public struct Acquisition: Sendable, Hashable {
        /// The kinds of excitation and echo, one or two of them.
        public var sequence: [ScanningSequence]
        /// What is special about it.
        public var variant: [SequenceVariant]
        /// Fat saturation and the like.
        public var options: [ScanOption]
        /// Whether a slab was encoded in three dimensions.
        public var isThreeDimensional: Bool
        /// s.
        public var repetitionTime: Double
        /// s.
        public var echoTime: Double
        /// s; for inversion recovery.
        public var inversionTime: Double?
        /// Degrees.
        public var flipAngle: Double
        /// Echoes per excitation.
        public var echoTrainLength: Int
        /// Times each line was measured.
        public var averages: Double
        /// Hz per pixel.
        public var pixelBandwidth: Double?
        /// T.
        public var fieldStrength: Double
        /// mm; less than the distance of the slices where there are gaps, the same where it is nil.
        public var sliceThickness: Double?

        /// An acquisition.
        public init(
            sequence: [ScanningSequence], variant: [SequenceVariant] = [.none], options: [ScanOption] = [], isThreeDimensional: Bool = false, repetitionTime: Double,
            echoTime: Double, inversionTime: Double? = nil, flipAngle: Double, echoTrainLength: Int = 1, averages: Double = 1, pixelBandwidth: Double? = nil,
            fieldStrength: Double, sliceThickness: Double? = nil
        ) {
            (self.sequence, self.variant, self.options, self.isThreeDimensional) = (sequence, variant, options, isThreeDimensional)
            (self.repetitionTime, self.echoTime, self.inversionTime, self.flipAngle) = (repetitionTime, echoTime, inversionTime, flipAngle)
            (self.echoTrainLength, self.averages, self.pixelBandwidth) = (echoTrainLength, averages, pixelBandwidth)
            (self.fieldStrength, self.sliceThickness) = (fieldStrength, sliceThickness)
        }

        /// MHz, of hydrogen in this field: 42.576 MHz/T (CODATA 2018, the proton shielded by water).
        public var imagingFrequency: Double { 42.576_384_74 * fieldStrength }
    }

    /// ScanningSequence.
    public enum ScanningSequence: String, Sendable, Hashable, CaseIterable {
        case spinEcho = "SE", inversionRecovery = "IR", gradientRecalled = "GR", echoPlanar = "EP", research = "RM"
    }

    /// SequenceVariant.
    public enum SequenceVariant: String, Sendable, Hashable, CaseIterable {
        case segmented = "SK", magnetizationTransfer = "MTC", steadyState = "SS", timeReversedSteadyState = "TRSS", spoiled = "SP"
        case magnetizationPrepared = "MP", oversampledPhase = "OSP", none = "NONE"
    }

    /// ScanOptions.
    public enum ScanOption: String, Sendable, Hashable, CaseIterable {
        case fatSaturation = "FS", flowCompensation = "FC", partialFourierFrequency = "PFF", partialFourierPhase = "PFP", spatialPresaturation = "SP"
    }
}
