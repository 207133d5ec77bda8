import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusSegmentation
import Foundation

extension Models {
    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Grow a random forest for segment.forest from labelled examinations.")

        @Option(name: .customLong("case"), help: ArgumentHelp(
            "One examination: its true labels, its images by role and where to look, on one grid: truth=FILE,t1=FILE,stir=FILE,mask=FILE. Once for each.", valueName: "files"))
        var cases: [String]
        @Option(help: "Where the forest goes, .forest.", completion: .file(extensions: ["forest"]))
        var output: String
        @Option(help: "Names of the labels to learn, separated by commas (default: all of the first case's legend).")
        var labels: String?
        @Option(help: "A note on where the cases come from, kept in the file.")
        var note = ""
        @Option(help: "Trees.")
        var trees = ForestSegmentation.Training().trees
        @Option(help: "Voxels taken of all cases; half of them background.")
        var samples = ForestSegmentation.Training().samples
        @Option(help: "Equal seeds and cases give equal forests.")
        var seed: UInt64 = 1
        @Flag(help: "Overwrite what is there.")
        var force = false

        func run() throws {
            let target = try Output.file(output, force: force)
            var loaded: [ForestSegmentation.Case] = [], roles: [String] = []
            for (number, text) in cases.enumerated() {
                var files: [String: URL] = [:], order: [String] = []
                for part in text.split(separator: ",") {
                    let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                    guard pair.count == 2, files.updateValue(URL(filePath: pair[1]), forKey: pair[0]) == nil else { throw ValidationError("--case: '\(part)' is no NAME=FILE, or a name stands there twice") }
                    if pair[0] != "truth", pair[0] != "mask" { order.append(pair[0]) }
                }
                guard let truth = files["truth"], !order.isEmpty else { throw ValidationError("--case: truth=FILE and at least one image are needed") }
                if number == 0 { roles = order } else if Set(order) != Set(roles) { throw ValidationError("--case: every case needs the images of the first, \(roles.joined(separator: ", "))") }
                loaded.append(.init(
                    images: try Dictionary(uniqueKeysWithValues: order.map { name in (name, try NIfTI.readVolume(files[name] ?? truth)) }),
                    truth: try NIfTI.readLabels(truth, legend: try Legend.beside(truth)), mask: try files["mask"].map { try NIfTI.readLabels($0) }))
            }
            guard let all = loaded.first?.truth.legend else { throw ValidationError("--case is needed at least once") }
            let wanted = labels?.split(separator: ",").map(String.init)
            if let stray = wanted?.first(where: { all[$0] == nil }) { throw ValidationError("--labels: the first case's legend has no '\(stray)'; it has \(all.labels.map(\.name).joined(separator: ", "))") }
            let legend = Legend(all.labels.filter { wanted?.contains($0.name) ?? true })
            var training = ForestSegmentation.Training()
            (training.trees, training.samples, training.seed) = (trees, samples, seed)
            let model = try ForestSegmentation.train(loaded, roles: roles, legend: legend, note: note, parameters: training)
            try model.encoded().write(to: target, options: .atomic)
        }
    }
}
