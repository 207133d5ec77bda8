public import CarpusCore
import CarpusIO
public import CarpusPerfusion
import CarpusPipeline
public import Foundation

/// Maps of a dynamic series as files of one folder, under names after BIDS derivatives.
public struct PerfusionFiles {
    private let folder: URL

    /// Files in a folder that is there.
    public init(in folder: URL) { self.folder = folder }

    /// The maps of classes and enhancement.
    public func write(_ maps: ClassifyPerfusion.Outputs) throws {
        try write(maps.labels, "class")
        for (map, name) in [
            (maps.ME, "ME"), (maps.IRE, "IRE"), (maps.Tonset, "Tonset"), (maps.Tpeak, "Tpeak"), (maps.washIn, "washIn"), (maps.washOut, "washOut"),
            (maps.iAUC60, "iAUC60"), (maps.iAUC90, "iAUC90"), (maps.fitError, "fitError"), (maps.probability, "probability"),
        ] { try write(map, name) }
    }

    /// A label map under a name of its own: `arteries`, `body`.
    public func write(_ labels: LabelMap, as name: String) throws { try write(labels, name) }

    /// A picture, `NAME.png`.
    public func write(_ figure: FigureArtifact, as name: String) throws {
        try OutputFile.write(to: folder.appending(path: name + ".png")) { try figure.png.write(to: $0) }
    }

    /// How frames had moved as a table, `motion.tsv`: frames counted from 0, times in s, displacements and their standard errors in mm.
    public func write(_ motion: FrameMotion) throws {
        let m = motion.content, rejected = Set(m.rejected)
        let rows = m.times.indices.map { "\($0)\t\(m.times[$0])\t\(m.displacements[$0])\t\(m.standardErrors[$0].map { "\($0)" } ?? "n/a")\t\(rejected.contains($0) ? 1 : 0)" }
        try OutputFile.write((["frame\ttime\tdisplacement\tstandard_error\trejected"] + rows).joined(separator: "\n") + "\n", to: folder.appending(path: "motion.tsv"))
    }

    /// The maps of a T1 fit.
    public func write(_ maps: FitT1.Outputs) throws {
        try write(maps.outcomes, "T1outcome")
        for (map, name) in [(maps.T1, "T1"), (maps.S0, "S0"), (maps.fitError, "T1fitError"), (maps.T1Error, "T1Error")] { try write(map, name) }
    }

    /// The maps of a model, and the arterial input it used as a table with its sidecar, `input.tsv` and `input.json`.
    public func write(_ maps: FitPharmacokinetics.Outputs) throws {
        try write(maps.outcomes, "outcome")
        for (map, name) in [
            (maps.Ktrans, "Ktrans"), (maps.kep, "kep"), (maps.ve, "ve"), (maps.vp, "vp"), (maps.Fp, "Fp"), (maps.PS, "PS"), (maps.Ta, "Ta"), (maps.KtransError, "KtransError"), (maps.residual, "residual"),
        ] { if let map { try write(map, name) } }
        try OutputFile.write(maps.input.table, to: folder.appending(path: "input.tsv"))
        try OutputFile.write(to: folder.appending(path: "input.json")) { try JSONEncoder.readable.encode(JSON.object(maps.input.sidecar)).write(to: $0) }
    }

    /// The mean curves of regions as a table, `curves.tsv`: relative enhancement at each time in s.
    public func write(_ curves: [RegionCurve]) throws {
        let rows = curves.flatMap { c in
            c.times.indices.map { i in
                let numbers = [c.times, c.mean, c.low, c.lowerQuartile, c.middle, c.upperQuartile, c.high].map { "\($0[i])" }
                return "\(c.region)\t\(c.voxels)\t" + numbers.joined(separator: "\t")
            }
        }
        try OutputFile.write((["region\tvoxels\ttime\tmean\tp10\tp25\tmedian\tp75\tp90"] + rows).joined(separator: "\n") + "\n", to: folder.appending(path: "curves.tsv"))
    }

    private func write(_ map: Volume<Float>, _ name: String) throws {
        try NIfTI.write(map, to: folder.appending(path: "desc-\(name)_dcemap.nii.gz"))
    }

    private func write(_ labels: LabelMap, _ name: String) throws {
        try NIfTI.write(labels, to: folder.appending(path: "desc-\(name)_dseg.nii.gz"))
        try OutputFile.write(labels.legend.table, to: folder.appending(path: "desc-\(name)_dseg.tsv"))
    }
}
