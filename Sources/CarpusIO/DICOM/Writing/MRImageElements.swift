import CarpusCore
import Foundation

/// The elements of classic MR images (MR Image Storage, PS3.3 A.4), module by module.
///
/// ImageType is ORIGINAL\PRIMARY, as a scanner's: the values were computed from no other image, which DERIVED would claim, and
/// viewers and protocols treat the series as acquired. That no patient and no scanner was there is said by QualityControlImage,
/// which marks phantoms, by ImageComments, Manufacturer and ManufacturerModelName. SyntheticData (0008,001C) would say it best,
/// but is newer than many a validator, which then reports an error.
extension DICOMElementList {
    static let storageClass = "1.2.840.10008.5.1.4.1.1.4"

    /// What all images of a series share.
    init(_ series: MRSeriesDescription, grid: Grid, frames times: [Double], range: StoredRange) {
        self.init()
        put("SpecificCharacterSet", 0x0008_0005, "CS", "ISO_IR 192")
        put("SOPClassUID", 0x0008_0016, "UI", Self.storageClass)
        putPatient(series.patient)
        putStudy(series.study)
        putSeries(series)
        putEquipment(series)
        putAcquisition(series.acquisition)
        if let contrast = series.contrast { putContrast(contrast) }
        putKind()
        putGrid(grid, thickness: series.acquisition.sliceThickness)
        if times.count > 1 { putFrames(times) }
        putPixelFormat(grid, range)
    }

    /// What is one image's own.
    mutating func putImage(of series: MRSeriesDescription, number: Int, frame: Int, isSeries: Bool, slice: Int, grid: Grid, time: Double) {
        put("SOPInstanceUID", 0x0008_0018, "UI", DICOMUID.derived(from: "\(series.instanceUID) frame \(frame) slice \(slice)"))
        put("AcquisitionNumber", 0x0020_0012, "IS", frame + 1)
        put("InstanceNumber", 0x0020_0013, "IS", number)
        if isSeries { put("TemporalPositionIdentifier", 0x0020_0100, "IS", frame + 1) }
        let moment = series.start.adding(seconds: time)
        put("AcquisitionDate", 0x0008_0022, "DA", moment.date)
        put("AcquisitionTime", 0x0008_0032, "TM", moment.time)
        put("ContentDate", 0x0008_0023, "DA", moment.date)
        put("ContentTime", 0x0008_0033, "TM", moment.time)
        let position = grid.worldFromVoxel(Vector3(0, 0, Double(slice)))
        put("ImagePositionPatient", 0x0020_0032, [position.x, position.y, position.z])
        put("SliceLocation", 0x0020_1041, position.dot(grid.direction.x.cross(grid.direction.y)))
    }

    private mutating func putPatient(_ patient: MRSeriesDescription.Patient) {
        put("PatientName", 0x0010_0010, "PN", patient.name)
        put("PatientID", 0x0010_0020, "LO", patient.id)
        put("PatientBirthDate", 0x0010_0030, "DA", patient.birthDate ?? "")
        put("PatientSex", 0x0010_0040, "CS", patient.sex?.rawValue ?? "")
        if let age = patient.age { put("PatientAge", 0x0010_1010, "AS", String(format: "%03dY", age)) }
    }

    private mutating func putStudy(_ study: MRSeriesDescription.Study) {
        put("StudyInstanceUID", 0x0020_000D, "UI", study.instanceUID)
        put("StudyDate", 0x0008_0020, "DA", study.start.date)
        put("StudyTime", 0x0008_0030, "TM", study.start.time)
        put("ReferringPhysicianName", 0x0008_0090, "PN", "")
        put("StudyID", 0x0020_0010, "SH", study.id)
        put("AccessionNumber", 0x0008_0050, "SH", study.accessionNumber)
        put("StudyDescription", 0x0008_1030, "LO", study.description)
    }

    private mutating func putSeries(_ series: MRSeriesDescription) {
        put("Modality", 0x0008_0060, "CS", "MR")
        put("SeriesInstanceUID", 0x0020_000E, "UI", series.instanceUID)
        put("SeriesNumber", 0x0020_0011, "IS", series.number)
        put("SeriesDate", 0x0008_0021, "DA", series.start.date)
        put("SeriesTime", 0x0008_0031, "TM", series.start.time)
        put("SeriesDescription", 0x0008_103E, "LO", series.description)
        put("ProtocolName", 0x0018_1030, "LO", series.protocolName ?? series.description)
        put("BodyPartExamined", 0x0018_0015, "CS", "WRIST")
        put("Laterality", 0x0020_0060, "CS", series.laterality.rawValue)
        put("PatientPosition", 0x0018_5100, "CS", series.position.rawValue)
        put("FrameOfReferenceUID", 0x0020_0052, "UI", series.frameOfReferenceUID)
        put("PositionReferenceIndicator", 0x0020_1040, "LO", "")
        item(0x0008_2218) {  // AnatomicRegionSequence
            $0.put("CodeValue", 0x0008_0100, "SH", "74670003")
            $0.put("CodingSchemeDesignator", 0x0008_0102, "SH", "SCT")
            $0.put("CodeMeaning", 0x0008_0104, "LO", "Wrist joint")
        }
    }

    private mutating func putEquipment(_ series: MRSeriesDescription) {
        put("Manufacturer", 0x0008_0070, "LO", "Carpus")
        put("ManufacturerModelName", 0x0008_1090, "LO", "virtual scanner")
        put("SoftwareVersions", 0x0018_1020, "LO", series.softwareVersion)
    }

    private mutating func putAcquisition(_ a: MRSeriesDescription.Acquisition) {
        precondition(!a.sequence.isEmpty && !a.variant.isEmpty, "an acquisition has a sequence and a variant, if only none")
        put("ScanningSequence", 0x0018_0020, "CS", a.sequence.map(\.rawValue))
        put("SequenceVariant", 0x0018_0021, "CS", a.variant.map(\.rawValue))
        put("ScanOptions", 0x0018_0022, "CS", a.options.map(\.rawValue))
        put("MRAcquisitionType", 0x0018_0023, "CS", a.isThreeDimensional ? "3D" : "2D")
        put("RepetitionTime", 0x0018_0080, Self.milliseconds(a.repetitionTime))
        put("EchoTime", 0x0018_0081, Self.milliseconds(a.echoTime))
        if let inversion = a.inversionTime {
            put("InversionTime", 0x0018_0082, Self.milliseconds(inversion))
        } else if a.sequence.contains(.inversionRecovery) {
            put("InversionTime", 0x0018_0082, "DS", "")
        }
        put("NumberOfAverages", 0x0018_0083, a.averages)
        put("ImagingFrequency", 0x0018_0084, a.imagingFrequency)
        put("ImagedNucleus", 0x0018_0085, "SH", "1H")
        put("EchoNumbers", 0x0018_0086, "IS", 1)
        put("MagneticFieldStrength", 0x0018_0087, a.fieldStrength)
        put("EchoTrainLength", 0x0018_0091, "IS", a.echoTrainLength)
        if let bandwidth = a.pixelBandwidth { put("PixelBandwidth", 0x0018_0095, bandwidth) }
        put("FlipAngle", 0x0018_1314, a.flipAngle)
    }

    private mutating func putContrast(_ contrast: MRSeriesDescription.Contrast) {
        put("ContrastBolusAgent", 0x0018_0010, "LO", contrast.agent)
        put("ContrastBolusRoute", 0x0018_1040, "LO", "IV")
        put("ContrastBolusIngredient", 0x0018_1048, "CS", "GADOLINIUM")
        if let volume = contrast.volume {
            put("ContrastBolusVolume", 0x0018_1041, volume)
            put("ContrastBolusTotalDose", 0x0018_1044, volume)
        }
        if let start = contrast.start { put("ContrastBolusStartTime", 0x0018_1042, "TM", start.time) }
    }

    private mutating func putKind() {
        put("ImageType", 0x0008_0008, "CS", ["ORIGINAL", "PRIMARY", "OTHER"])
        put("QualityControlImage", 0x0028_0300, "CS", "YES")
        put("ImageComments", 0x0020_4000, "LT", "Simulated by Carpus: no patient was scanned.")
    }

    private mutating func putGrid(_ grid: Grid, thickness: Double?) {
        let (x, y, step) = (grid.direction.x, grid.direction.y, grid.worldFromVoxel.linear.z)
        let apart = abs(step.dot(x.cross(y)))
        put("ImageOrientationPatient", 0x0020_0037, [x.x, x.y, x.z, y.x, y.y, y.z])
        // Between rows first.
        put("PixelSpacing", 0x0028_0030, [grid.spacing.y, grid.spacing.x])
        put("SliceThickness", 0x0018_0050, thickness ?? apart)
        put("SpacingBetweenSlices", 0x0018_0088, apart)
    }

    private mutating func putFrames(_ times: [Double]) {
        put("NumberOfTemporalPositions", 0x0020_0105, "IS", times.count)
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }, mean = steps.reduce(0, +) / Double(steps.count)
        if steps.allSatisfy({ abs($0 - mean) < 1e-3 }) { put("TemporalResolution", 0x0020_0110, Self.milliseconds(mean)) }
    }

    private mutating func putPixelFormat(_ grid: Grid, _ range: StoredRange) {
        put("SamplesPerPixel", 0x0028_0002, "US", 1)
        put("PhotometricInterpretation", 0x0028_0004, "CS", "MONOCHROME2")
        put("Rows", 0x0028_0010, "US", grid.size.y)
        put("Columns", 0x0028_0011, "US", grid.size.x)
        put("BitsAllocated", 0x0028_0100, "US", 16)
        put("BitsStored", 0x0028_0101, "US", range.bits)
        put("HighBit", 0x0028_0102, "US", range.bits - 1)
        put("PixelRepresentation", 0x0028_0103, "US", 0)
        put("WindowCenter", 0x0028_1050, range.window.centre)
        put("WindowWidth", 0x0028_1051, range.window.width)
    }

    /// ms from s, to the nanosecond, so that 11 ms are written as 11.
    private static func milliseconds(_ seconds: Double) -> Double { (seconds * 1e9).rounded() / 1e6 }
}
