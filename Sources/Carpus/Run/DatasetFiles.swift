import CarpusPipeline
import Foundation

/// The files a run leaves beside its subjects and measures: the data dictionary, the BIDS description, the record.
struct DatasetFiles {
    let output: URL
    let plan: Plan

    func write(subjects: [String], record: RunRecord) throws {
        try put("measures.json", MeasureTable.dictionary)
        try put("participants.tsv", (["participant_id"] + subjects.map { "sub-\($0)" }).joined(separator: "\n") + "\n")
        // BIDS knows neither change between visits nor perfusion maps nor our own files.
        try put(".bidsignore", ["*.html", "measures.*", "record.json", "logs", ".carpus", "sub-*/change", "sub-*/figures", "sub-*/ses-*/dce", "*_xfm.*"].joined(separator: "\n") + "\n")
        let description = JSON.object([
            "Name": .string(plan.analysis.reportTitle), "BIDSVersion": .string("1.10.0"), "DatasetType": .string("derivative"),
            "GeneratedBy": .array([.object(["Name": .string("Carpus"), "Version": .string(Version.current), "Description": .string("protocol \(plan.analysis.name) version \(plan.analysis.version)")])]),
        ])
        try OutputFile.write(to: output.appending(path: "dataset_description.json")) { try JSONEncoder.readable.encode(description).write(to: $0) }
        try OutputFile.write(to: output.appending(path: "record.json")) { try JSONEncoder.readable.encode(record).write(to: $0) }
    }

    private func put(_ name: String, _ text: String) throws { try OutputFile.write(text, to: output.appending(path: name)) }
}
