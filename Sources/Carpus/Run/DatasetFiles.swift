import CarpusCore
import CarpusPipeline
import Foundation

/// The files a run leaves beside its subjects and measures, as BIDS derivatives have them: what the folder is, whose results lie in it, which
/// files BIDS does not know, and the record.
struct DatasetFiles {
    let output: URL
    let plan: Plan
    let study: Study
    /// The folder of scans; only what its own description publishes is told of it.
    let input: URL

    /// What BIDS 1.10 knows nothing of: change between visits, perfusion maps, transforms, DICOM, reports, viewers' legends and our own files.
    static let ignored = [
        "*.html", "measures.*", "group.*", "methods.md", "record.json", "logs", ".carpus", "sub-*/change", "sub-*/figures", "sub-*/ses-*/dce", "sub-*/ses-*/dicom",
        "*_xfm.*", "*_dseg.ctbl", "*_dseg.itksnap.txt",
    ]

    func write(record: RunRecord) throws {
        try put("measures.json", MeasureTable.dictionary)
        try put("participants.tsv", TabTable.text(["participant_id", "sessions"], study.subjects.map { ["sub-\($0.id)", "\($0.visits.count)"] }) + "\n")
        try put("participants.json", Self.participantDictionary)
        for subject in study.subjects { try put("sub-\(subject.id)/sub-\(subject.id)_sessions.tsv", sessions(of: subject)) }
        try put("sessions.json", Self.sessionDictionary)
        try put(".bidsignore", Self.ignored.joined(separator: "\n") + "\n")
        try put("README.md", readme)
        try put("dataset_description.json", try description())
        try put("methods.md", MethodsText(plan: plan, ran: record.stepsDone).markdown())
        try OutputFile.write(to: output.appending(path: "record.json")) { try JSONEncoder.readable.encode(record).write(to: $0) }
    }

    /// Days are counted from the first visit: the days of the calendar stay untold.
    private func sessions(of subject: SubjectInput) -> String {
        let first = subject.visits.compactMap(\.date).min { $0.days(to: $1) > 0 }
        return TabTable.text(["session_id", "days", "side"], subject.visits.map { visit in
            let days = first.flatMap { first in visit.date.map { "\(first.days(to: $0))" } }
            return ["ses-\(visit.id)", days, study.sides[subject.id]?[visit.id]?.rawValue]
        }) + "\n"
    }

    private static let participantDictionary = JSON.object([
        "Description": .string("The participants whose scans were analysed"), "participant_id": .object(["Description": .string("Subject, sub-<label>")]),
        "sessions": .object(["Description": .string("Number of visits with scans that the protocol uses")]),
    ])

    private static let sessionDictionary = JSON.object([
        "Description": .string("The visits of a participant"),
        "session_id": .object(["Description": .string("Visit, ses-<label>")]),
        "days": .object(["Description": .string("Days since the first visit whose day is known"), "Units": .string("d")]),
        "side": .object(["Description": .string("Side of the wrist"), "Levels": .object(["L": .string("left"), "R": .string("right")])]),
    ])

    private func description() throws -> JSON {
        var members: [String: JSON] = [
            "Name": .string(plan.analysis.reportTitle), "BIDSVersion": .string("1.10.0"), "DatasetType": .string("derivative"),
            "GeneratedBy": .array([.object(["Name": .string("Carpus"), "Version": .string(Version.current), "Description": .string("protocol \(plan.analysis.name) version \(plan.analysis.version)")])]),
        ]
        if let source = sourceDataset() { members["SourceDatasets"] = .array([source]) }
        return .object(members)
    }

    /// The scans by their DOI, when the input is a BIDS dataset that has one. A path or a name would tell where they came from, or whose they are.
    private func sourceDataset() -> JSON? {
        guard let data = FileManager.default.contents(atPath: input.appending(path: "dataset_description.json").path(percentEncoded: false)),
              let told = try? JSONDecoder().decode(JSON.self, from: data),   // what is no JSON has no DOI, and the scans are none the worse
              case .string(let doi)? = told["DatasetDOI"], doi.contains(pattern: "^(doi:|https://doi\\.org/)?10\\.[0-9]{4,}/[^ ]+$") else { return nil }
        return .object(["DOI": .string(doi)])
    }

    private var readme: String {
        """
        # \(plan.analysis.reportTitle)

        Results of Carpus \(Version.current) by the protocol `\(plan.analysis.name)`, version \(plan.analysis.version). For research, not for diagnosis.

        - `sub-ID.html`: a subject's report; it needs no network.
        - `measures.tsv`: one row a measurement, with unit, status and reason; `measures.json` explains the columns. A row whose status is `not-scorable` has no value: it is not a zero.
        - `sub-ID/ses-V/`: images and label maps as NIfTI. Beside a label map lie its legend (`.tsv`), a colour table for 3D Slicer (`.ctbl`) and a label description for ITK-SNAP (`.itksnap.txt`).
        - `sub-ID/change/`: what changed between visits.
        - `methods.md`: what was done, with sources. `record.json`: what ran, on what, with which parameters, versions and digests.
        - `.carpus`: intermediate results, by which a second run goes on; it may be removed.

        """
    }

    private func put(_ name: String, _ text: String) throws { try OutputFile.write(text, to: output.appending(path: name)) }
    private func put(_ name: String, _ json: JSON) throws { try OutputFile.write(to: output.appending(path: name)) { try JSONEncoder.readable.encode(json).write(to: $0) } }
}
