/// Table E.1-1 of DICOM PS3.15: what becomes of each element under the Basic Application Level Confidentiality Profile and its options.
///
/// The rows stand in `ConfidentialityProfile.tsv`, in the letters of the standard: X remove, Z empty, D dummy, U another UID, K keep, C clean;
/// several with slashes leave the choice. The basic column is that of edition 2026c, the options' are those of 2024d, which has all but 33 of
/// its rows. Private elements, curves and overlays are no rows: they are told by their groups.
struct ConfidentialityProfile: Sendable {
    /// One element.
    struct Row: Sendable {
        let keyword: String
        /// The form that the standard gives it; files may have another.
        let vr: String
        /// The letters of the basic profile.
        let basic: String
        /// The letter of each option that has one.
        let options: [Option: String]
    }

    /// The options of PS3.15 E.3, by the names of the columns.
    enum Option: String, CaseIterable, Sendable {
        case uids, device, institution, characteristics, fullDates, modifiedDates, descriptors, structuredContent, graphics
    }

    /// By tag.
    let rows: [UInt32: Row]

    /// The table.
    static let standard = ConfidentialityProfile(table: String(decoding: PackageResources.ConfidentialityProfile_tsv, as: UTF8.self))

    /// - Parameter table: tab-separated, with a first line of names; its form is ours, and a fault in it is one.
    init(table: String) {
        let lines = table.split(whereSeparator: \.isNewline).map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        let columns = lines[0].dropFirst(4).map { Option(rawValue: $0) }
        rows = Dictionary(uniqueKeysWithValues: lines.dropFirst().map { cells in
            guard cells.count == lines[0].count, let tag = UInt32(cells[0], radix: 16) else { preconditionFailure("the table of elements has a line with \(cells.count) cells") }
            let told = zip(columns, cells.dropFirst(4)).compactMap { option, letter in letter == "-" ? nil : option.map { ($0, letter) } }
            return (tag, Row(keyword: cells[1], vr: cells[2], basic: cells[3], options: Dictionary(uniqueKeysWithValues: told)))
        })
    }
}
