import CarpusCore
import CarpusIO
import CarpusPipeline
import Foundation

/// Every series below a folder, with the subject and visit it belongs to.
struct FolderScan {
    let candidates: [SeriesCandidate]
    /// What is doubtful about who a subject is, by label.
    let doubts: [String: [Finding]]
    let skipped: [(path: String, reason: String)]

    init(_ folder: URL, analysis: AnalysisProtocol) throws {
        let root = folder.standardizedFileURL.resolvingSymlinksInPath()
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder), isFolder.boolValue else {
            throw IOError(.missing, at: folder, "there is no such folder; give the folder that holds the scans")
        }
        let naming = Naming(root: root, subjectPattern: analysis.subjectPattern, visitPattern: analysis.visitPattern)
        let images = try Self.images(below: root)
        let dicom = try DICOMFolder.scan(root)
        let found = try images.enumerated().map { try Self.candidate($1, number: $0 + 1, naming: naming) } + Self.candidates(dicom.series, naming: naming)
        let labels = Person.labels(Set(found.map(\.0)))
        candidates = found.map { person, candidate in
            var candidate = candidate
            candidate.subject = labels[person] ?? person.pseudonym
            return candidate
        }.sorted { $0.path.localizedStandardCompare($1.path) == .orderedAscending }
        doubts = PersonDoubts.findings(found).reduce(into: [:]) { $0[labels[$1.key] ?? $1.key.pseudonym] = $1.value }
        let named = Set(images.map { $0.path(percentEncoded: false) })
        skipped = dicom.skipped.filter { !named.contains($0.file.path(percentEncoded: false)) }.map { (naming.relative($0.file), $0.reason) }
    }

    /// Whether a name is that of a NIfTI file; an .img goes with its .hdr.
    static func isNIfTI(_ file: URL) -> Bool {
        let name = file.lastPathComponent.lowercased()
        return [".nii", ".nii.gz", ".hdr", ".hdr.gz"].contains(where: name.hasSuffix)
    }

    /// NIfTI files below a folder. What is derived is no scan: BIDS keeps it in `derivatives`, and a run of Carpus in its own folder.
    static func images(below root: URL) throws -> [URL] {
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isDirectoryKey], options: [.skipsHiddenFiles]) else { return [] }
        var files: [URL] = []
        for case let file as URL in walk {
            if try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true {
                if isDerived(file) { walk.skipDescendants() }
            } else if isNIfTI(file) {
                files.append(file)
            }
        }
        return files.sorted { $0.path < $1.path }
    }

    private static func isDerived(_ folder: URL) -> Bool {
        folder.lastPathComponent == "derivatives" || FileManager.default.fileExists(atPath: folder.appending(path: ".carpus").path(percentEncoded: false))
    }

    private static func candidate(_ file: URL, number: Int, naming: Naming) throws -> (Person, SeriesCandidate) {
        let sidecar = try Sidecar(beside: file)
        let path = naming.relative(file), visit = naming.visit(ofPath: path)
        let candidate = SeriesCandidate(
            source: .nifti(file, sidecar: sidecar?.file), path: path, reference: Naming.isBIDS(path) ? path : "NIfTI file \(number)",
            subject: "", visit: visit ?? "01", visitIsNamed: visit != nil, attributes: sidecar?.attributes ?? [:], laterality: sidecar?.laterality)
        return (naming.subject(ofPath: path).map(Person.told) ?? .hidden("folder " + (naming.numberedFolder(ofPath: path) ?? naming.root.lastPathComponent)), candidate)
    }

    /// DICOM series belong to a person and a study date, wherever they lie.
    private static func candidates(_ series: [DICOMSeries], naming: Naming) -> [(Person, SeriesCandidate)] {
        let persons = Person.persons(of: series, naming: naming)
        let bySubject = Dictionary(grouping: zip(persons, series), by: \.0).mapValues { pairs in Set(pairs.map { $0.1.studyDate ?? $0.1.studyUID }).sorted() }
        return zip(persons, series).map { person, s in
            let path = naming.relative(s.files[0]), visit = naming.visit(ofPath: path)
            let number = (bySubject[person]?.firstIndex(of: s.studyDate ?? s.studyUID) ?? 0) + 1
            let candidate = SeriesCandidate(
                source: .dicom(s), path: path, reference: "DICOM series" + (s.attributes["SeriesNumber"].flatMap { Int($0) }.map { " \($0)" } ?? ""),
                subject: "", visit: visit ?? (number < 10 ? "0\(number)" : "\(number)"), visitIsNamed: visit != nil, attributes: s.attributes, laterality: s.laterality)
            return (person, candidate)
        }
    }
}

/// What a path says about subject and visit.
struct Naming {
    let root: URL
    let subjectPattern: String?
    let visitPattern: String?

    func relative(_ file: URL) -> String {
        let path = file.standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false), base = root.path(percentEncoded: false)
        return path.hasPrefix(base) ? String(path.dropFirst(base.count).drop { $0 == "/" }) : file.lastPathComponent
    }

    /// Whether a relative path is one that BIDS gives, and so tells no more than the labels of subject and session do.
    static func isBIDS(_ path: String) -> Bool {
        path.contains(pattern: "^sub-[A-Za-z0-9]+/(ses-[A-Za-z0-9]+/)?[a-z]+/sub-[A-Za-z0-9]+(_[a-z]+-[A-Za-z0-9]+)*_[A-Za-z0-9]+\\.nii(\\.gz)?$")
    }

    /// The protocol's pattern, a `sub-` folder or entity, or a folder called subject, patient or participant with a number of up to three digits, as it is written.
    /// No other name serves: a longer number may be an ID, a word a name.
    func subject(ofPath path: String) -> String? {
        if let subjectPattern, let found = path.firstGroup(of: subjectPattern) { return found }
        // BIDS ends a label at an underscore; a file's also ends at the extension.
        if let bids = path.firstGroup(of: "(?:^|/)sub-([^/_]+)(?:_[^/]*)?/") ?? path.firstGroup(of: "(?:^|/)sub-([^/_.]+)[^/]*$") { return bids }
        return numberedFolder(ofPath: path).flatMap { $0.filter(\.isNumber).count <= 3 ? $0 : nil }
    }

    /// A folder called subject, patient or participant with a number: of one person, whether or not the number may be told.
    func numberedFolder(ofPath path: String) -> String? { path.firstGroup(of: "(?i)(?:^|/)((?:subject|patient|participant|pat|subj)[-_]?[0-9]+)(?=/)") }

    /// The protocol's pattern, a `ses-` entity, or a folder or file name that begins with visit, study, session or timepoint and a number.
    func visit(ofPath path: String) -> String? {
        if let visitPattern, let found = path.firstGroup(of: visitPattern) { return BIDSName.label(found) }
        if let bids = path.firstGroup(of: "(?:^|[/_])ses-([A-Za-z0-9]+)") { return bids }
        return path.firstGroup(of: "(?i)(?:^|/)(?:visit|study|session|timepoint|tp)[-_]?([0-9]+)(?=[/_])")
    }
}
