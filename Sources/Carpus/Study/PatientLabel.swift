import CarpusIO
import CarpusPipeline

/// The participant's label of a patient whose folders bear none.
///
/// A label stands in every result, so it must not tell who the patient is. The ID of scans that were de-identified is a pseudonym and serves;
/// a folder's name serves where it is not the patient's; else the label is the beginning of a SHA-256 of the ID. It stays the same when scans
/// are added. Whoever knows an ID can find its label, and nobody can find an ID without guessing it.
struct PatientLabel {
    private let id: String
    private let isDeidentified: Bool
    /// The ID and the parts of the name, in small letters and digits.
    private let identity: [String]

    /// - Parameter series: those of one patient, one or more.
    init(_ series: [DICOMSeries]) {
        id = series[0].patientID
        isDeidentified = series.allSatisfy(\.isDeidentified)
        let names = series.flatMap { $0.patientName.split { "^= ,".contains($0) }.map(String.init) }
        identity = Set(([id] + names).map(Self.plain)).filter { $0.count > 3 }.sorted()
    }

    /// The label.
    ///
    /// - Parameters:
    ///   - folder: the name of the folder that holds this patient's scans and no others, where there is one.
    ///   - root: the name of the input folder, fit for a label; serves where the header has no ID.
    func label(folder: String?, root: String) -> String {
        if let folder, !isNamed(BIDSName.label(folder)) { return BIDSName.label(folder) }
        if id.isEmpty { return isNamed(root) ? Self.pseudonym(root) : root }
        return isDeidentified ? BIDSName.label(id) : Self.pseudonym(id)
    }

    /// Whether a label tells the patient's name or ID. Words of three letters and fewer, as `01`, name nobody.
    func isNamed(_ label: String) -> Bool {
        let label = Self.plain(label)
        return !isDeidentified && identity.contains { label.contains($0) }
    }

    private static func pseudonym(_ text: String) -> String { String(Digest.hex(of: "participant " + text).prefix(10)) }
    private static func plain(_ text: some StringProtocol) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
}
