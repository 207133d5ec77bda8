/// The elements Carpus reads, each with its keyword and the VR to assume where a file does not tell it.
struct DICOMTag: Hashable, Sendable {
    let number: UInt32
    let vr: String
    let keyword: String
    /// Who defined it, for a private element.
    let creator: String?

    private init(_ number: UInt32, _ vr: String, _ keyword: String, by creator: String? = nil) {
        (self.number, self.vr, self.keyword, self.creator) = (number, vr, keyword, creator)
    }
}

extension DICOMTag {
    // The file and where it belongs.
    static let transferSyntax = DICOMTag(0x0002_0010, "UI", "TransferSyntaxUID")
    static let sopClass = DICOMTag(0x0008_0016, "UI", "SOPClassUID"), sopInstance = DICOMTag(0x0008_0018, "UI", "SOPInstanceUID")
    static let patientID = DICOMTag(0x0010_0020, "LO", "PatientID"), patientName = DICOMTag(0x0010_0010, "PN", "PatientName")
    static let issuer = DICOMTag(0x0010_0021, "LO", "IssuerOfPatientID")
    static let identityRemoved = DICOMTag(0x0012_0062, "CS", "PatientIdentityRemoved"), burnedIn = DICOMTag(0x0028_0301, "CS", "BurnedInAnnotation")
    static let studyUID = DICOMTag(0x0020_000D, "UI", "StudyInstanceUID"), seriesUID = DICOMTag(0x0020_000E, "UI", "SeriesInstanceUID")
    static let frameOfReference = DICOMTag(0x0020_0052, "UI", "FrameOfReferenceUID"), studyTime = DICOMTag(0x0008_0030, "TM", "StudyTime")
    static let studyDate = DICOMTag(0x0008_0020, "DA", "StudyDate"), modality = DICOMTag(0x0008_0060, "CS", "Modality")
    static let manufacturer = DICOMTag(0x0008_0070, "LO", "Manufacturer")
    static let studyDescription = DICOMTag(0x0008_1030, "LO", "StudyDescription"), seriesDescription = DICOMTag(0x0008_103E, "LO", "SeriesDescription")
    static let protocolName = DICOMTag(0x0018_1030, "LO", "ProtocolName"), bodyPart = DICOMTag(0x0018_0015, "CS", "BodyPartExamined")
    static let seriesLaterality = DICOMTag(0x0020_0060, "CS", "Laterality"), imageLaterality = DICOMTag(0x0020_0062, "CS", "ImageLaterality")
    static let frameLaterality = DICOMTag(0x0020_9072, "CS", "FrameLaterality"), patientPosition = DICOMTag(0x0018_5100, "CS", "PatientPosition")

    // Kind of image.
    static let imageType = DICOMTag(0x0008_0008, "CS", "ImageType"), frameType = DICOMTag(0x0008_9007, "CS", "FrameType")
    static let complexComponent = DICOMTag(0x0008_9208, "CS", "ComplexImageComponent")
    static let fieldStrength = DICOMTag(0x0018_0087, "DS", "MagneticFieldStrength")
    static let echoTime = DICOMTag(0x0018_0081, "DS", "EchoTime"), effectiveEchoTime = DICOMTag(0x0018_9082, "FD", "EffectiveEchoTime")
    static let repetitionTime = DICOMTag(0x0018_0080, "DS", "RepetitionTime"), inversionTime = DICOMTag(0x0018_0082, "DS", "InversionTime")
    static let flipAngle = DICOMTag(0x0018_1314, "DS", "FlipAngle"), bValue = DICOMTag(0x0018_9087, "FD", "DiffusionBValue")
    static let thickness = DICOMTag(0x0018_0050, "DS", "SliceThickness"), sliceSpacing = DICOMTag(0x0018_0088, "DS", "SpacingBetweenSlices")

    // Where.
    static let position = DICOMTag(0x0020_0032, "DS", "ImagePositionPatient"), orientation = DICOMTag(0x0020_0037, "DS", "ImageOrientationPatient")
    static let pixelSpacing = DICOMTag(0x0028_0030, "DS", "PixelSpacing")
    static let mosaicCount = DICOMTag(0x0019_100A, "US", "NumberOfImagesInMosaic", by: "SIEMENS MR HEADER")

    // When.
    static let temporalOffset = DICOMTag(0x0020_930D, "FD", "TemporalPositionTimeOffset"), frameReferenceTime = DICOMTag(0x0018_9151, "DT", "FrameReferenceDateTime")
    static let frameAcquisitionTime = DICOMTag(0x0018_9074, "DT", "FrameAcquisitionDateTime"), acquisitionDateTime = DICOMTag(0x0008_002A, "DT", "AcquisitionDateTime")
    static let acquisitionDate = DICOMTag(0x0008_0022, "DA", "AcquisitionDate"), acquisitionTime = DICOMTag(0x0008_0032, "TM", "AcquisitionTime")
    static let contentDate = DICOMTag(0x0008_0023, "DA", "ContentDate"), contentTime = DICOMTag(0x0008_0033, "TM", "ContentTime")
    static let triggerTime = DICOMTag(0x0018_1060, "DS", "TriggerTime"), temporalResolution = DICOMTag(0x0020_0110, "DS", "TemporalResolution")
    static let temporalPosition = DICOMTag(0x0020_0100, "IS", "TemporalPositionIdentifier"), temporalIndex = DICOMTag(0x0020_9128, "UL", "TemporalPositionIndex")
    static let acquisitionNumber = DICOMTag(0x0020_0012, "IS", "AcquisitionNumber")
    static let philipsBegin = DICOMTag(0x2005_10A0, "FL", "PhilipsDynamicScanBeginTime", by: "Philips MR Imaging DD 001")

    // Pixels.
    static let rows = DICOMTag(0x0028_0010, "US", "Rows"), columns = DICOMTag(0x0028_0011, "US", "Columns"), frames = DICOMTag(0x0028_0008, "IS", "NumberOfFrames")
    static let samples = DICOMTag(0x0028_0002, "US", "SamplesPerPixel"), photometric = DICOMTag(0x0028_0004, "CS", "PhotometricInterpretation")
    static let bitsAllocated = DICOMTag(0x0028_0100, "US", "BitsAllocated")
    static let rescaleSlope = DICOMTag(0x0028_1053, "DS", "RescaleSlope"), rescaleIntercept = DICOMTag(0x0028_1052, "DS", "RescaleIntercept")
    static let realWorldSlope = DICOMTag(0x0040_9225, "FD", "RealWorldValueSlope"), realWorldIntercept = DICOMTag(0x0040_9224, "FD", "RealWorldValueIntercept")
    static let philipsScale = DICOMTag(0x2005_100E, "FL", "PhilipsScaleSlope", by: "Philips MR Imaging DD 001")

    static let lossy = DICOMTag(0x0028_2110, "CS", "LossyImageCompression"), lossyRatio = DICOMTag(0x0028_2112, "DS", "LossyImageCompressionRatio")
    static let lossyMethod = DICOMTag(0x0028_2114, "CS", "LossyImageCompressionMethod")

    // Functional groups of multi-frame files.
    static let shared = DICOMTag(0x5200_9229, "SQ", "SharedFunctionalGroupsSequence"), perFrame = DICOMTag(0x5200_9230, "SQ", "PerFrameFunctionalGroupsSequence")
    /// Philips' copy of the classic header: its positions are half a voxel off, so only private elements are taken from it.
    static let philipsClassic = DICOMTag(0x2005_140F, "SQ", "PhilipsClassicHeader", by: "Philips MR Imaging DD 005")

    /// Elements that say how an image was made: they go into attributes and sidecars. None of them names a person or a place.
    static let descriptive: [DICOMTag] = [
        studyDate, modality, manufacturer, seriesDescription, protocolName, bodyPart, seriesLaterality, imageLaterality, patientPosition,
        imageType, fieldStrength, echoTime, repetitionTime, inversionTime, flipAngle, thickness, sliceSpacing, complexComponent,
        DICOMTag(0x0008_1090, "LO", "ManufacturerModelName"), DICOMTag(0x0018_1020, "LO", "SoftwareVersions"), DICOMTag(0x0020_0011, "IS", "SeriesNumber"),
        DICOMTag(0x0018_0020, "CS", "ScanningSequence"), DICOMTag(0x0018_0021, "CS", "SequenceVariant"), DICOMTag(0x0018_0022, "CS", "ScanOptions"),
        DICOMTag(0x0018_0023, "CS", "MRAcquisitionType"), DICOMTag(0x0018_0024, "SH", "SequenceName"), DICOMTag(0x0018_0091, "IS", "EchoTrainLength"),
        DICOMTag(0x0018_0083, "DS", "NumberOfAverages"), DICOMTag(0x0018_0084, "DS", "ImagingFrequency"), DICOMTag(0x0018_0095, "DS", "PixelBandwidth"),
        DICOMTag(0x0018_1250, "SH", "ReceiveCoilName"), DICOMTag(0x0018_0010, "LO", "ContrastBolusAgent"), DICOMTag(0x0018_1040, "LO", "ContrastBolusRoute"),
        DICOMTag(0x0018_1041, "DS", "ContrastBolusVolume"), DICOMTag(0x0018_1042, "TM", "ContrastBolusStartTime"), DICOMTag(0x0018_1043, "TM", "ContrastBolusStopTime"),
        DICOMTag(0x0018_1044, "DS", "ContrastBolusTotalDose"), DICOMTag(0x0018_1046, "DS", "ContrastFlowRate"), DICOMTag(0x0018_1048, "CS", "ContrastBolusIngredient"),
        DICOMTag(0x0018_1049, "DS", "ContrastBolusIngredientConcentration"),
    ]

    private static let structural: [DICOMTag] = [
        sopClass, sopInstance, patientID, patientName, identityRemoved, burnedIn, studyUID, seriesUID, frameOfReference, studyTime, studyDescription, frameLaterality, frameType, effectiveEchoTime, bValue, position, orientation,
        pixelSpacing, mosaicCount, temporalOffset, frameReferenceTime, frameAcquisitionTime, acquisitionDateTime, acquisitionDate, acquisitionTime,
        contentDate, contentTime, triggerTime, temporalResolution, temporalPosition, temporalIndex, acquisitionNumber, philipsBegin, rows, columns, frames,
        samples, photometric, bitsAllocated, rescaleSlope, rescaleIntercept, realWorldSlope, realWorldIntercept, philipsScale, lossy, lossyRatio, lossyMethod, shared, perFrame, philipsClassic, issuer,
    ]

    /// Sequences inside functional groups whose single item holds what is wanted.
    private static let groups: [UInt32] = [
        0x0018_9006, 0x0018_9112, 0x0018_9114, 0x0018_9115, 0x0018_9117, 0x0018_9119, 0x0018_9226, 0x0018_9042, 0x0020_9071, 0x0020_9111, 0x0020_9113,
        0x0020_9116, 0x0020_9310, 0x0028_9110, 0x0028_9145, 0x0040_9096,
    ]

    /// Elements that say whose an image is and of which study: read only where an object of the same study is written.
    static let identifying: [DICOMTag] = [
        patientID, patientIDIssuer, studyUID, studyDate, studyTime, studyDescription, DICOMTag(0x0008_0005, "CS", "SpecificCharacterSet"),
        DICOMTag(0x0010_0010, "PN", "PatientName"), DICOMTag(0x0010_0030, "DA", "PatientBirthDate"), DICOMTag(0x0010_0040, "CS", "PatientSex"),
        DICOMTag(0x0010_1010, "AS", "PatientAge"), DICOMTag(0x0010_1030, "DS", "PatientWeight"), DICOMTag(0x0008_0050, "SH", "AccessionNumber"),
        DICOMTag(0x0008_0090, "PN", "ReferringPhysicianName"), DICOMTag(0x0020_0010, "SH", "StudyID"),
    ]
    static let patientIDIssuer = DICOMTag(0x0010_0021, "LO", "IssuerOfPatientID")

    /// What is asked of `cgdcm_read_header` to read an image.
    static let wanted = asked(descriptive + structural + groups.map { DICOMTag($0, "SQ", "FunctionalGroup") })

    /// Elements as `cgdcm_read_header` is asked for them.
    static func asked(_ tags: [DICOMTag]) -> String {
        tags.map { tag in
            let digits = String(tag.number, radix: 16, uppercase: true)
            return String(repeating: "0", count: 8 - digits.count) + digits + " \(tag.vr) \(tag.keyword)" + (tag.creator.map { "|\($0)|" } ?? "")
        }.joined(separator: "\n")
    }
}
