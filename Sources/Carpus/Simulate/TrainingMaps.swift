import CarpusCore
import CarpusIO
import CarpusPipeline
import CarpusSimulation
public import Foundation

/// Label maps of many virtual wrists, for training: what each point is made of, and the labels to be learnt. Signals are made from
/// them where they are used.
public struct TrainingMaps: Sendable {
    /// Seed of the first wrist; the others have the next ones.
    public let seed: UInt64
    /// How many wrists.
    public let count: Int
    /// Distance of samples, mm.
    public let step: Double
    /// Disease activity; drawn for each wrist when nil.
    public let activity: Double?

    /// Maps to be written.
    public init(seed: UInt64, count: Int, step: Double = 0.5, activity: Double? = nil) {
        precondition(count > 0 && (0.1...3).contains(step), "maps have a number and a step")
        (self.seed, self.count, self.step, self.activity) = (seed, count, step, activity)
    }

    /// Writes the maps, a folder a wrist, each whole or absent; wrists that are there already are left alone, so that an interrupted
    /// run goes on.
    ///
    /// - Parameter tell: gets a line as each wrist begins.
    /// - Throws: `IOError` when a file cannot be written.
    public func write(to folder: URL, tell: (String) -> Void = { _ in }) throws {
        // What an interrupted run left half done is in no one's way, but of no use either.
        let files = FileManager.default, path = folder.path(percentEncoded: false)
        for name in files.fileExists(atPath: path) ? try files.contentsOfDirectory(atPath: path) : [] where name.hasPrefix(".part-sub-") {
            try files.removeItem(at: folder.appending(path: name))
        }
        let digits = max(4, String(count).count)
        for i in 0..<count {
            let name = "sub-" + String(format: "%0\(digits)d", i + 1), place = folder.appending(path: name, directoryHint: .isDirectory)
            if FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) { continue }
            tell("wrist \(i + 1) of \(count)")
            var parameters = VirtualPatient.Parameters(seed: seed &+ UInt64(i))
            (parameters.visits, parameters.activity) = (1, activity)
            try OutputFile.writeFolder(to: place) { try write(VirtualPatient(parameters), named: name, to: $0) }
        }
    }

    private func write(_ person: VirtualPatient, named name: String, to folder: URL) throws {
        let (specimen, counts) = person.wrist.sampled(person.course.visits[0], step: step)
        let maps: [(String, [UInt8], Legend?)] = [
            ("seg-tissue_dseg", specimen.tissue, Self.tissueLegend), ("desc-variant_dseg", specimen.variant, nil),
            ("seg-anatomy_dseg", specimen.region, WristAnatomy.legend), ("seg-lesions_dseg", specimen.lesion, WristAnatomy.lesionLegend),
        ]
        for (what, values, legend) in maps {
            let stem = folder.appending(path: "\(name)_\(what)")
            try OutputFile.write(to: stem.appendingPathExtension("nii.gz")) {
                try NIfTI.write(LabelMap(grid: specimen.grid, labels: values.map(UInt16.init), legend: legend ?? Legend([])), to: $0)
            }
            if let legend { try OutputFile.write(legend.table, to: stem.appendingPathExtension("tsv")) }
        }
        var table = MeasureTable(), rows = TruthMeasures.rows(counts)
        for i in rows.indices { rows[i].side = person.wrist.side }
        table.add(rows, of: String(name.dropFirst(4)))
        try table.write(to: folder.appending(path: "measures.tsv"))
        let truth: JSON = .object(["Patient": try JSON(encoding: person.parameters), "Shape": try JSON(encoding: person.wrist.shape), "State": try JSON(encoding: person.course.visits[0])])
        try OutputFile.write(truth.readable(), to: folder.appending(path: "\(name)_truth.json"))
    }

    /// Names of tissues; 0 is air.
    private static let tissueLegend = Legend(Tissue.allCases.dropFirst().enumerated().map { i, t in
        Label(value: UInt16(t.rawValue), name: "\(t)", color: Palette.distinct(i))
    })
}
