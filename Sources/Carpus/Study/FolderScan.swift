import CarpusCore
import CarpusIO
import CarpusPipeline
import Foundation

/// Every series below a folder, with the subject and visit it belongs to.
struct FolderScan {
    let candidates: [SeriesCandidate]
    let skipped: [(path: String, reason: String)]

    init(_ folder: URL, analysis: AnalysisProtocol) throws {
        let root = folder.standardizedFileURL.resolvingSymlinksInPath()
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path(percentEncoded: false), isDirectory: &isFolder), isFolder.boolValue else {
            throw IOError(.missing, at: folder, "there is no such folder; give the folder that holds the scans")
        }
        let naming = Naming(root: root, subjectPattern: analysis.subjectPattern, visitPattern: analysis.visitPattern)
        let images = try Self.images(below: root)
        let nifti = try images.enumerated().map { try Self.candidate($1, number: $0 + 1, naming: naming) }
        let dicom = try DICOMFolder.scan(root)
        let named = Set(images.map { $0.path(percentEncoded: false) })
        candidates = (nifti + Self.candidates(dicom.series, naming: naming)).sorted { $0.path.localizedStandardCompare($1.path) == .orderedAscending }
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

    private static func candidate(_ file: URL, number: Int, naming: Naming) throws -> SeriesCandidate {
        let sidecar = try Sidecar(beside: file)
        let path = naming.relative(file)
        return SeriesCandidate(
            source: .nifti(file, sidecar: sidecar?.file), path: path, reference: Naming.isBIDS(path) ? path : "NIfTI file \(number)",
            subject: naming.subject(ofPath: path) ?? naming.rootName, visit: naming.visit(ofPath: path) ?? "01",
            attributes: sidecar?.attributes ?? [:], laterality: sidecar?.laterality)
    }

    /// DICOM series belong to a patient and a study date, wherever they lie.
    private static func candidates(_ series: [DICOMSeries], naming: Naming) -> [SeriesCandidate] {
        let patients = Dictionary(grouping: series, by: \.patientID)
        return patients.flatMap { patient, series -> [SeriesCandidate] in
            let tops = Set(series.map { naming.relative($0.files[0]).split(separator: "/").map(String.init) }.map { $0.count > 1 ? $0[0] : "" })
            let shared = patients.contains { other, list in other != patient && list.contains { tops.contains(naming.relative($0.files[0]).split(separator: "/").first.map(String.init) ?? "") } }
            let ownFolder = tops.count == 1 && tops.first != "" && !shared && patients.count > 1 ? tops.first : nil
            let dates = Set(series.map { $0.studyDate ?? $0.studyUID }).sorted()
            let label = PatientLabel(series)
            return series.map { s in
                let path = naming.relative(s.files[0]), told = naming.subject(ofPath: path)
                let number = (dates.firstIndex(of: s.studyDate ?? s.studyUID) ?? 0) + 1
                return SeriesCandidate(
                    source: .dicom(s), path: path, reference: "DICOM series" + (s.attributes["SeriesNumber"].flatMap { Int($0) }.map { " \($0)" } ?? ""),
                    subject: told ?? label.label(folder: ownFolder, root: naming.rootName), subjectIsPatient: told.map(label.isNamed) ?? false,
                    visit: naming.visit(ofPath: path) ?? (number < 10 ? "0\(number)" : "\(number)"), attributes: s.attributes, laterality: s.laterality)
            }
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

    /// The input folder's own name as a subject.
    var rootName: String { BIDSName.label(root.lastPathComponent) }

    /// The protocol's pattern, a `sub-` entity, or a folder called subject, patient or participant with a number.
    func subject(ofPath path: String) -> String? {
        if let subjectPattern, let found = path.firstGroup(of: subjectPattern) { return BIDSName.label(found) }
        if let bids = path.firstGroup(of: "(?:^|/)sub-([A-Za-z0-9]+)") { return bids }
        return path.firstGroup(of: "(?i)(?:^|/)((?:subject|patient|participant|pat|subj)[-_]?[0-9]+)(?=/)").map(BIDSName.label)
    }

    /// The protocol's pattern, a `ses-` entity, or a folder or file name that begins with visit, study, session or timepoint and a number.
    func visit(ofPath path: String) -> String? {
        if let visitPattern, let found = path.firstGroup(of: visitPattern) { return BIDSName.label(found) }
        if let bids = path.firstGroup(of: "(?:^|[/_])ses-([A-Za-z0-9]+)") { return bids }
        return path.firstGroup(of: "(?i)(?:^|/)(?:visit|study|session|timepoint|tp)[-_]?([0-9]+)(?=[/_])")
    }
}
