import CDCMTK
import CarpusCore
public import Foundation

/// A DICOM file whose patient and study a new object belongs to. Their elements are taken over byte for byte, in the file's own
/// character set; dates come from it too, so that equal input gives equal objects.
public struct StudySource: Sendable {
    /// The file.
    public let file: URL
    /// By what a patient is told from others when what is tracked gets its UIDs: what the caller calls the patient, the PatientID and who gave it.
    private let patient: [String]
    /// What the file tells of patient and study.
    private let told: [String]
    private let studyUID: String

    /// A file of the study.
    ///
    /// - Parameter participant: what the patient is called here: numbers that hospitals give are not unique, and may be missing.
    /// - Throws: `IOError` when the file cannot be read.
    public init(_ file: URL, participant: String) throws {
        self.file = file
        let values = try DICOMFile.values(of: DICOMTag.identifying, in: file)
        patient = [participant, values[.patientID] ?? "", values[.patientIDIssuer] ?? ""]
        told = DICOMTag.identifying.map { values[$0] ?? "" }
        studyUID = values[.studyUID] ?? ""
    }

    /// The UID of something that is followed over visits: equal for one patient's same thing at each. Where the side is not known, or the thing is a numbered
    /// piece, nobody can say that it is the same at another visit: its UID is of this study.
    func trackingUID(_ name: String, side: Laterality?) -> String {
        let isFollowed = side != nil && !WristAnatomy.isNumberedPiece(name)
        return Self.uid(["tracked", name, side?.rawValue ?? ""] + patient + (isFollowed ? [] : [studyUID]))
    }

    /// The UID of an object: of what it holds by itself, and of what it gets from this file.
    func instanceUID(of content: String) -> String { Self.uid(["object", content] + patient + told) }

    /// Texts with their lengths, so that no two lists read the same.
    private static func uid(_ parts: [String]) -> String { DICOMUID.derived(from: parts.map { "\($0.utf8.count) \($0)" }.joined(separator: " ")) }

    /// The elements of the modules Patient, Clinical Trial Subject, General Study, Patient Study (with the visit) and Clinical Trial Study, how far they were
    /// de-identified, and the moment that is told as when the content was made: that of the study.
    static let loans: [cdcmtk_loan] =
        same.map { cdcmtk_loan(to: $0, from: ($0, 0, 0, 0)) } + [
            cdcmtk_loan(to: 0x0008_0023, from: (0x0008_0020, 0x0008_0022, 0x0008_0023, 0)), cdcmtk_loan(to: 0x0008_0033, from: (0x0008_0030, 0x0008_0032, 0x0008_0033, 0)),
        ]

    private static let same: [UInt32] = [
        0x0008_0005, 0x0008_0201,   // character set and time zone
        0x0008_0020, 0x0008_0030, 0x0008_0050, 0x0008_0051, 0x0008_0090, 0x0008_0096, 0x0008_009C, 0x0008_009D, 0x0008_1030, 0x0008_1032, 0x0008_1048, 0x0008_1049, 0x0008_1060,
        0x0008_1062, 0x0008_1080, 0x0008_1084, 0x0008_1110, 0x0008_1120,
        0x0010_0010, 0x0010_0020, 0x0010_0021, 0x0010_0022, 0x0010_0024, 0x0010_0026, 0x0010_0027, 0x0010_0028, 0x0010_0030, 0x0010_0032, 0x0010_0033, 0x0010_0034, 0x0010_0035,
        0x0010_0040, 0x0010_0101, 0x0010_0200, 0x0010_1001, 0x0010_1002, 0x0010_1010, 0x0010_1020, 0x0010_1021, 0x0010_1030, 0x0010_1100, 0x0010_2160, 0x0010_2180, 0x0010_21B0,
        0x0010_2201, 0x0010_2202, 0x0010_2203, 0x0010_2292, 0x0010_2293, 0x0010_2294, 0x0010_2297, 0x0010_2298, 0x0010_2299, 0x0010_4000, 0x0010_9431,
        0x0012_0010, 0x0012_0020, 0x0012_0021, 0x0012_0030, 0x0012_0031, 0x0012_0040, 0x0012_0042, 0x0012_0050, 0x0012_0051, 0x0012_0052, 0x0012_0053, 0x0012_0062, 0x0012_0063,
        0x0012_0064, 0x0012_0081, 0x0012_0082, 0x0012_0083,
        0x0020_000D, 0x0020_0010, 0x0028_0303, 0x0032_1033, 0x0032_1034, 0x0032_1066, 0x0032_1067, 0x0038_0010, 0x0038_0014, 0x0038_0060, 0x0038_0062, 0x0038_0064, 0x0038_0500,
    ]
}
