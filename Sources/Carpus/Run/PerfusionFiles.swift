import CarpusCore
import CarpusIO
public import CarpusPerfusion
public import Foundation

/// Maps of a dynamic series as files of one folder, under names after BIDS derivatives.
public struct PerfusionFiles {
    private let folder: URL

    /// Files in a folder that is there.
    public init(in folder: URL) { self.folder = folder }

    /// The maps of classes and enhancement.
    public func write(_ maps: ClassifyPerfusion.Outputs) throws {
        try write(maps.labels, "class")
        try write(maps.arteries, "arteries")
        for (map, name) in [
            (maps.ME, "ME"), (maps.IRE, "IRE"), (maps.Tonset, "Tonset"), (maps.Tpeak, "Tpeak"), (maps.washIn, "washIn"), (maps.washOut, "washOut"),
            (maps.iAUC60, "iAUC60"), (maps.iAUC90, "iAUC90"), (maps.fitError, "fitError"), (maps.probability, "probability"),
        ] { try write(map, name) }
    }

    /// The maps of a model.
    public func write(_ maps: FitPharmacokinetics.Outputs) throws {
        try write(maps.outcomes, "outcome")
        for (map, name) in [
            (maps.Ktrans, "Ktrans"), (maps.kep, "kep"), (maps.ve, "ve"), (maps.vp, "vp"), (maps.Fp, "Fp"), (maps.PS, "PS"), (maps.Ta, "Ta"), (maps.KtransError, "KtransError"), (maps.residual, "residual"),
        ] { if let map { try write(map, name) } }
    }

    /// The mean curves of regions as a table, `curves.tsv`: relative enhancement at each time in s.
    public func write(_ curves: [RegionCurve]) throws {
        let rows = curves.flatMap { c in c.times.indices.map { "\(c.region)\t\(c.voxels)\t\(c.times[$0])\t\(c.mean[$0])\t\(c.low[$0])\t\(c.middle[$0])\t\(c.high[$0])" } }
        try OutputFile.write((["region\tvoxels\ttime\tmean\tp10\tmedian\tp90"] + rows).joined(separator: "\n") + "\n", to: folder.appending(path: "curves.tsv"))
    }

    private func write(_ map: Volume<Float>, _ name: String) throws {
        try NIfTI.write(map, to: folder.appending(path: "desc-\(name)_dcemap.nii.gz"))
    }

    private func write(_ labels: LabelMap, _ name: String) throws {
        try NIfTI.write(labels, to: folder.appending(path: "desc-\(name)_dseg.nii.gz"))
        try OutputFile.write(labels.legend.table, to: folder.appending(path: "desc-\(name)_dseg.tsv"))
    }
}
