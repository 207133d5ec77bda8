public import CarpusCore
import CarpusIO
public import Foundation

/// Images of how probable each label is, as files: one a label.
public enum ProbabilityFiles {
    /// The files in the order of a legend's labels. BIDS names tell their label (`…_label-synovitis_probseg.nii.gz`: letters and figures of its name), in
    /// whatever order they are given; files whose names tell none are taken as they come, by rising value.
    ///
    /// - Throws: `IOError` when some names tell a label and some do not, a label has two files or none, or a file is of no label of the legend.
    public static func ordered(_ files: [URL], by legend: Legend) throws -> [URL] {
        let told = files.map { BIDSName($0.lastPathComponent).entities["label"] }
        guard let named = told.firstIndex(where: { $0 != nil }) else { return files }
        if let unnamed = told.firstIndex(of: nil) {
            throw IOError(.inconsistent, at: files[unnamed], "its name tells no label, while \(files[named].lastPathComponent) does; give all of them a label- entity, or none")
        }
        let expected = legend.labels.map { BIDSLabel.label($0.name) }
        for (i, label) in told.enumerated() {
            guard let label, expected.contains(label) else {
                throw IOError(.inconsistent, at: files[i], "it is of the label '\(told[i] ?? "")', which is not in the legend: \(expected.joined(separator: ", "))")
            }
            if let twin = told[..<i].firstIndex(of: label) {
                throw IOError(.inconsistent, at: files[i], "it is of the label '\(label)', as \(files[twin].lastPathComponent) is; give one image a label")
            }
        }
        return try expected.map { label in
            guard let at = told.firstIndex(of: label) else {
                throw IOError(.inconsistent, at: files[0], "beside it there is no image of the label '\(label)'; give one image a label of the legend")
            }
            return files[at]
        }
    }
}
