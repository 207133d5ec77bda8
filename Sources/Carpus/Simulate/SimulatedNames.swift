import CarpusSimulation
import Foundation

/// Where each file of a simulated study lies: BIDS for the scans, BIDS derivatives for the truth.
struct SimulatedNames {
    /// The study's folder.
    let root: URL
    /// The subject's label.
    let subject: String

    var subjectFolder: String { "sub-\(subject)" }

    /// The label of a visit, the first being 0.
    func visit(_ i: Int) -> String { String(format: "%02d", i + 1) }
    func session(_ i: Int) -> String { "\(subjectFolder)/ses-\(visit(i))" }
    func prefix(_ i: Int) -> String { "\(subjectFolder)_ses-\(visit(i))" }

    /// The folder and the name without suffix of a series: `sub-01/ses-01/anat/sub-01_ses-01_acq-stir`.
    func stem(_ visit: Int, _ role: SeriesRole) -> String {
        "\(session(visit))/\(role.folder)/\(prefix(visit))" + (role.entities.isEmpty ? "" : "_\(role.entities)")
    }

    /// A scan.
    func scan(_ visit: Int, _ role: SeriesRole) -> URL { root.appending(path: "\(stem(visit, role))_\(role.suffix)") }
    /// A file of the truth.
    func truth(_ path: String) -> URL { root.appending(path: "derivatives/truth/\(path)") }
}

extension SeriesRole {
    /// BIDS folder.
    var folder: String { self == .dce ? "dce" : "anat" }
    /// BIDS entities beside subject and session.
    var entities: String {
        switch self {
        case .t1, .dce: ""
        case .t1gd: "ce-gadolinium"
        case .stir: "acq-stir"
        case .gre: "acq-gre"
        case .t1gdFatSaturated: "acq-axialFS_ce-gadolinium"
        }
    }
    /// BIDS suffix.
    var suffix: String {
        switch self {
        case .t1, .t1gd, .t1gdFatSaturated: "T1w"
        case .stir: "T2w"
        case .gre: "T2starw"
        case .dce: "dce"
        }
    }
}
