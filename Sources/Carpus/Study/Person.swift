import CarpusIO
import CarpusPipeline
import Foundation

/// Whom scans belong to, and the participant's label under which results tell of them.
///
/// A label stands in every result, so it must not tell who the patient is. A name counts where somebody gave it for that purpose: a `sub-` folder, the protocol's
/// pattern, or the ID of scans that were de-identified. All others get the beginning of a SHA-256 of what tells them apart, whatever their folders are called and
/// however many they are. Whoever knows an ID can find its label, and nobody can find an ID without guessing it.
struct Person: Hashable {
    /// A name that may be shown.
    let name: String?
    /// Whether a path told the name.
    private let isPlaced: Bool
    /// What tells the person apart.
    private let key: String

    /// A person whom a path names.
    static func told(_ name: String) -> Person { Person(name: name, isPlaced: true, key: "label " + name) }
    /// A person of whom there is nothing to show.
    static func hidden(_ key: String) -> Person { Person(name: nil, isPlaced: false, key: "participant " + key) }

    /// Ten digits that stand for the person.
    var pseudonym: String { String(digits.prefix(10)) }
    private var digits: String { Digest.hex(of: key) }

    /// The label of each of several persons, no two the same.
    ///
    /// Labels have letters and digits of ASCII only. Names that differ in other characters alone get digits behind them that tell them apart; one without any becomes a pseudonym.
    static func labels(_ persons: Set<Person>) -> [Person: String] {
        Dictionary(grouping: persons, by: \.plainLabel).reduce(into: [:]) { labels, group in
            let (label, persons) = group
            // The one that is written as the label is keeps it, the one of a folder before the one of a header.
            let exact = persons.filter { $0.name == label }, keeper = exact.first(where: \.isPlaced) ?? (exact.count == 1 ? exact.first : nil)
            for person in persons { labels[person] = persons.count == 1 || person == keeper ? label : label + person.digits.prefix(6) }
        }
    }

    private var plainLabel: String {
        guard let name, name.contains(where: { $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return pseudonym }
        return BIDSName.label(name)
    }

    // MARK: DICOM

    /// The person of each series: what paths tell, else the ID, else the folder below the input, else the study.
    static func persons(of series: [DICOMSeries], naming: Naming) -> [Person] {
        let told = series.map { naming.subject(ofPath: naming.relative($0.files[0])) }
        let nameless = Nameless(series.indices.filter { told[$0] == nil && series[$0].patientKey.isEmpty }.map { (series[$0], naming.relative(series[$0].files[0])) }, naming: naming)
        return series.indices.map { i in
            let s = series[i]
            if let name = told[i] { return .told(name) }
            if s.patientKey.isEmpty { return .hidden(nameless.key(of: s, path: naming.relative(s.files[0]))) }
            return s.isDeidentified ? Person(name: s.patientID, isPlaced: false, key: "participant " + s.patientKey) : .hidden(s.patientKey)
        }
    }
}

/// Scans whose headers have no ID and whose paths tell no subject. A study is of one person, and so is a folder directly below the input; session folders there say that the input is one person's.
private struct Nameless {
    private var keyOfStudy: [String: String] = [:]

    init(_ series: [(series: DICOMSeries, path: String)], naming: Naming) {
        var groups: [(places: Set<String>, studies: Set<String>)] = []
        for (study, members) in Dictionary(grouping: series, by: { Self.study($0.series, $0.path) }).sorted(by: { $0.key < $1.key }) {
            let places = Set(members.compactMap { Self.place($0.path, naming) })
            let touching = groups.filter { !$0.places.isDisjoint(with: places) }
            groups.removeAll { !$0.places.isDisjoint(with: places) }
            groups.append(touching.reduce((places, [study])) { ($0.0.union($1.places), $0.1.union($1.studies)) })
        }
        for group in groups {
            let key = group.places.min() ?? group.studies.min() ?? ""
            for study in group.studies { keyOfStudy[study] = key }
        }
    }

    func key(of series: DICOMSeries, path: String) -> String { keyOfStudy[Self.study(series, path)] ?? "" }

    private static func study(_ series: DICOMSeries, _ path: String) -> String { "study " + (series.studyUID.isEmpty ? path : series.studyUID) }

    private static func place(_ path: String, _ naming: Naming) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count > 1, let top = parts.first else { return nil }
        return naming.visit(ofPath: top + "/") == nil ? "folder " + top : "input " + naming.root.lastPathComponent
    }
}
