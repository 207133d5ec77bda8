public import CarpusSimulation
import CarpusCore
public import Foundation

/// A virtual patient's scans and the truth about them, as files: BIDS or classic DICOM, and beside them `derivatives/truth` in the
/// form a run of Carpus writes its results.
public struct SimulatedStudy: Sendable {
    /// How the scans are stored.
    public enum Format: String, Sendable, CaseIterable {
        /// BIDS: NIfTI with sidecars.
        case nifti
        /// Classic single-frame DICOM, a study a visit, a folder a series.
        case dicom
    }

    /// Who is scanned, and how.
    public let patient: VirtualPatient.Parameters
    public let examination: Examination
    public let format: Format
    /// The subject's label.
    public let subject: String
    /// Distance between samples of the wrist, mm.
    public let step: Double

    /// A study to be written.
    public init(_ patient: VirtualPatient.Parameters, examination: Examination = Examination(), format: Format = .nifti, subject: String = "01", step: Double = 0.25) {
        if let complaint = patient.complaint ?? examination.complaint { preconditionFailure(complaint) }
        (self.patient, self.examination, self.format, self.subject, self.step) = (patient, examination, format, subject, step)
    }

    /// Writes the study: to the side, then renamed, so that it is whole or absent.
    ///
    /// - Parameters:
    ///   - replacing: whether a folder that is there may be replaced.
    ///   - tell: gets a line as each visit and series begins.
    /// - Throws: `IOError` when the files cannot be written.
    public func write(to folder: URL, replacing: Bool = false, tell: (String) -> Void = { _ in }) throws {
        try OutputFile.writeFolder(to: folder, replacing: replacing) { side in
            let person = VirtualPatient(patient), names = SimulatedNames(root: side, subject: subject)
            var table = MeasureTable(), last: [CarpusCore.Measurement] = []
            for visit in 0..<patient.visits {
                tell("visit \(visit + 1) of \(patient.visits): the wrist")
                let rows = try SimulatedVisit(study: self, person: person, names: names, visit: visit).write(tell: tell)
                table.add(rows, of: subject)
                if visit > 0 { table.add(TruthMeasures.change(from: last, to: rows, visits: (names.visit(visit - 1), names.visit(visit))), of: subject) }
                last = rows
            }
            try SimulatedDataset(names: names, person: person, study: self).write(table)
        }
    }
}
