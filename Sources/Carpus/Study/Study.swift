public import CarpusCore
import CarpusIO
public import CarpusPipeline
public import Foundation

/// A folder of scans seen through a protocol: subjects, their visits, and which series plays which role.
public struct Study: Sendable {
    /// Subjects by id.
    public let subjects: [SubjectInput]
    /// The side of each subject's wrist at each visit, where the headers tell.
    public let sides: [String: [String: Laterality]]
    /// A file of each DICOM series by SeriesInstanceUID, for objects that get its patient and study.
    let dicomFiles: [String: URL]
    /// Files that are no scans, and why; relative paths.
    public let skipped: [(path: String, reason: String)]

    /// Reads headers below a folder and gives roles.
    ///
    /// - Parameter only: one subject's id; nil for all.
    /// - Throws: `IOError` when the folder is missing, `RunError` when it holds no scan or not the subject.
    public init(at folder: URL, protocol analysis: AnalysisProtocol, only: String? = nil) throws {
        let scan = try FolderScan(folder, analysis: analysis)
        var all: [SubjectInput] = [], sides: [String: [String: Laterality]] = [:]
        let bySubject = Dictionary(grouping: scan.candidates, by: \.subject)
        for (id, candidates) in bySubject.sorted(by: { $0.key < $1.key }) where only == nil || only == id || only == "sub-\(id)" {
            let byVisit = Dictionary(grouping: candidates, by: \.visit)
            // Visits without any role are no visits: a folder of derived files beside the scans.
            let used = byVisit.filter { $0.value.contains { candidate in analysis.series.contains { candidate.meets($0) } } }
            let days = try SessionDays(of: id, in: folder)
            let dates = used.compactMapValues { candidates in candidates.compactMap(\.date).min { $0.days(to: $1) > 0 } }.merging(used.keys.compactMap { v in days[v].map { (v, $0) } }) { $1 }
            let order = VisitOrder(used.reduce(into: [:]) { $0[$1.key] = ($1.value.allSatisfy(\.visitIsNamed), dates[$1.key]) })
            let doubts = (scan.doubts[id] ?? []) + (order.finding.map { [$0] } ?? [])
            let visits = try order.ids.map { visit in
                let candidates = used[visit] ?? [], known = Set(candidates.compactMap(\.laterality))
                if known.count == 1 { sides[id, default: [:]][visit] = known.first }
                return try Self.visit(visit, candidates: candidates, sides: known, date: dates[visit], doubts: doubts, analysis: analysis)
            }
            if !visits.isEmpty { all.append(SubjectInput(id: id, visits: visits, orderDoubt: order.doubt)) }
        }
        guard !all.isEmpty else { throw Self.nothing(in: folder, scan: scan, only: only, ids: bySubject.keys.sorted()) }
        (subjects, self.sides, skipped) = (all, sides, scan.skipped)
        dicomFiles = Dictionary(scan.candidates.compactMap(\.dicomFile)) { first, _ in first }
    }

    private static func visit(_ id: String, candidates: [SeriesCandidate], sides: Set<Laterality>, date: VisitDate?, doubts: [Finding], analysis: AnalysisProtocol) throws -> SubjectInput.Visit {
        var series: [String: SubjectInput.Series] = [:], missing: [String: String] = [:], taken: Set<String> = []
        for rule in analysis.series {
            let fitting = candidates.filter { !taken.contains($0.path) && $0.meets(rule) }
            guard let first = fitting.first else {
                missing[rule.role] = "no series at visit \(id) was recognised as '\(rule.role)'"
                continue
            }
            taken.insert(first.path)
            var findings = series.isEmpty ? doubts : []
            if fitting.count > 1 {
                let others = fitting.dropFirst().map(\.reference).joined(separator: ", ")
                findings.append(Finding(.warning, "study.several-matches", "\(fitting.count) series were recognised as '\(rule.role)'; the first is used.", evidence: ["used": first.reference, "others": others]))
            }
            if sides.count > 1 {
                findings.append(Finding(.serious, "study.both-sides", "The series of this visit name both sides; left and right may be mixed.", evidence: ["visit": id]))
            }
            series[rule.role] = try first.input(kind: rule.kind, findings: findings)
        }
        let side = sides.count == 1 ? sides.first.map { VisitSide(letter: $0.rawValue) } : nil
        return SubjectInput.Visit(id: id, series: series, missing: missing, date: date, side: side)
    }

    private static func nothing(in folder: URL, scan: FolderScan, only: String?, ids: [String]) -> RunError {
        let place = folder.path(percentEncoded: false)
        if let only, !ids.isEmpty, !ids.contains(only), !ids.contains(where: { "sub-\($0)" == only }) {
            return RunError(code: .noInput, message: "\(place): there is no subject '\(only)'; there is \(ids.joined(separator: ", "))")
        }
        guard !scan.candidates.isEmpty else {
            return RunError(code: .noInput, message: "\(place): no NIfTI or DICOM series was found (\(scan.skipped.count) other files); give the folder that holds the scans")
        }
        let seen = scan.candidates.prefix(5).map(\.path).joined(separator: ", ")
        return RunError(code: .noInput, message: "\(place): none of the \(scan.candidates.count) series plays a role of the protocol (\(seen)); see what 'carpus info' tells of them and correct 'series' in the protocol")
    }
}
