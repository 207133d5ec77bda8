import CarpusCore
import CarpusPipeline
import CarpusSimulation
import Foundation

/// The files of a simulated study that belong to no visit: descriptions, participants, true measures.
struct SimulatedDataset {
    let names: SimulatedNames
    let person: VirtualPatient
    let study: SimulatedStudy

    func write(_ table: MeasureTable) throws {
        let shape = person.wrist.shape
        try put("dataset_description.json", description("raw", "A virtual wrist, simulated by Carpus").readable())
        try put("participants.tsv", "participant_id\tage\tsex\tside\tsimulated\nsub-\(names.subject)\t\(Int(shape.ageYears))\t\(person.isFemale ? "F" : "M")\t\(person.wrist.side.rawValue)\tyes\n")
        // DICOM headers tell the days themselves.
        if study.format == .nifti { try put("\(names.subjectFolder)/\(names.subjectFolder)_sessions.tsv", sessions) }
        try put(".bidsignore", "sub-*/ses-*/dce\nsub-*/ses-*/dicom\n")
        try put("README.md", readme)
        let truth = names.truth("")
        try OutputFile.write(description("derivative", "The truth about a virtual wrist").readable(), to: truth.appending(path: "dataset_description.json"))
        try OutputFile.write(MeasureTable.dictionary, to: truth.appending(path: "measures.json"))
        try table.write(to: truth.appending(path: "measures.tsv"))
        let whole: JSON = .object([
            "Patient": try JSON(encoding: study.patient), "Shape": try JSON(encoding: shape), "Examination": try JSON(encoding: study.examination),
            "Activity": .number(person.activity), "DaysFromFirstVisit": .array(person.days.map(JSON.integer)), "SamplingStep": .number(study.step),
        ])
        try OutputFile.write(whole.readable(), to: truth.appending(path: "\(names.subjectFolder)/\(names.subjectFolder)_truth.json"))
    }

    private var sessions: String {
        let lines = person.days.enumerated().map { "ses-\(names.visit($0))\t\(SimulatedDICOM.date(after: $1, separator: "-"))T09:30:00" }
        return (["session_id\tacq_time"] + lines).joined(separator: "\n") + "\n"
    }

    private func put(_ name: String, _ text: String) throws { try OutputFile.write(text, to: names.root.appending(path: name)) }

    private func description(_ kind: String, _ name: String) -> JSON {
        .object([
            "Name": .string(name), "BIDSVersion": .string("1.10.0"), "DatasetType": .string(kind), "License": .string("CC0"),
            "GeneratedBy": .array([.object(["Name": .string("Carpus"), "Version": .string(Version.current), "Description": .string("carpus simulate; no patient, no volunteer")])]),
        ])
    }

    private var readme: String {
        """
        # A virtual wrist

        No patient, no volunteer: every voxel was computed by Carpus \(Version.current). What is simulated, and what gives it away, stands in
        Docs/VirtualWrist.md of Carpus. The same command makes the same bytes:

            \(command)

        The truth lies in derivatives/truth, in the form a run writes its results, so that `carpus evaluate RESULTS derivatives/truth` compares
        the two.

        """
    }

    /// The command that makes this study, every option spelled out.
    private var command: String {
        let p = study.patient, e = study.examination
        let roles = SeriesRole.allCases.filter(e.roles.contains).map(\.rawValue).joined(separator: " ")
        let words = [
            "carpus simulate --output STUDY --seed \(p.seed) --visits \(p.visits)", p.activity.map { "--activity \($0)" }, p.side.map { "--side \($0.rawValue)" },
            "--format \(study.format.rawValue) --field \(e.fieldTesla) --in-plane \(e.inPlane)", "--slice-thickness \(e.sliceThickness) --frames \(e.frames)",
            "--subject \(names.subject) --step \(study.step) --series \(roles)",
        ]
        return words.compactMap { $0 }.joined(separator: " ").replacing(" --format", with: " \\\n        --format").replacing(" --subject", with: " \\\n        --subject")
    }
}
