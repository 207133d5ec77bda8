import CarpusCore
import CarpusIO
import CarpusQuantification
import Foundation

/// A run's output folder against the truth's.
struct FolderComparison {
    let result, truth: OutputListing
    let parameters: LabelEvaluation.Parameters

    /// Calls `body` with each line, occasion by occasion, so that no more is held than an occasion has: first maps and transforms, then measures.
    ///
    /// - Throws: `IOError` when the folders have nothing in common, or a file of theirs cannot be read; what `body` throws.
    func forEachRow(_ body: (EvaluationRow) throws -> Void) throws {
        let here = result.occasions, there = truth.occasions
        guard !here.isDisjoint(with: there) else {
            func list(_ all: Set<EvaluatedOccasion>) -> String { all.sorted().prefix(5).map { $0.description.isEmpty ? "no session" : "\($0)" }.joined(separator: ", ") + (all.count > 5 ? ", ..." : "") }
            throw IOError(.inconsistent, at: result.folder, "no session is in the truth too: here \(list(here)), in \(truth.folder.path(percentEncoded: false)) \(list(there))")
        }
        // Lines are held back until one compares something: folders with nothing in common are a fault and no table.
        var held: [EvaluationRow] = [], isCommon = false
        func tell(_ rows: [EvaluationRow]) throws {
            if isCommon { return try rows.forEach(body) }
            held += rows
            guard rows.contains(where: { $0.measure != "missing" && $0.region != MeasureComparison.all }) else { return }
            isCommon = true
            try held.forEach(body)
            held = []
        }
        let transforms = TransformComparison.Matched(result: result, truth: truth), occasions = here.union(there).sorted()
        for occasion in occasions {
            let maps = truth.maps.filter { $0.occasion == occasion }
            try tell(SessionLabels(occasion: occasion, truths: maps, parameters: parameters).rows(of: result.maps.filter { $0.occasion == occasion }))
            try tell(transforms.rows(of: occasion))
        }
        var measures = MeasureComparison(result.measures, against: truth.measures)
        for occasion in occasions { try tell(measures.rows(of: occasion)) }
        try tell(measures.summary)
        guard isCommon else {
            throw IOError(.inconsistent, at: result.folder, "nothing of it is in the truth too: no region, no measure and no transform has the same name in \(truth.folder.path(percentEncoded: false)); here \(regionNames(held, "truth")), there \(regionNames(held, "result"))")
        }
    }

    /// The first names of what is missing on a side, for people.
    private func regionNames(_ rows: [EvaluationRow], _ side: String) -> String {
        var names: [String] = []
        for row in rows where row.region != MeasureComparison.all && row.note?.contains("missing in the \(side)") == true && !names.contains(row.region) { names.append(row.region) }
        return names.isEmpty ? "nothing" : names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
    }
}

/// The label maps of one session against the truth's.
private struct SessionLabels {
    struct Truth {
        let entry: OutputListing.Entry
        let map: LabelMap
    }
    let occasion: EvaluatedOccasion
    let truths: [Truth]
    let parameters: LabelEvaluation.Parameters

    init(occasion: EvaluatedOccasion, truths: [OutputListing.Entry], parameters: LabelEvaluation.Parameters) throws {
        (self.occasion, self.parameters) = (occasion, parameters)
        self.truths = try truths.map { Truth(entry: $0, map: try LabelComparison.read($0.url).map) }
    }

    func rows(of results: [OutputListing.Entry]) throws -> [EvaluationRow] {
        let maps = try results.map { (entry: $0, map: try LabelComparison.read($0.url).map) }
        let named = Set(maps.flatMap { $0.map.legend.labels.map(\.name) })
        var lacking: [(region: String, file: String)] = []
        for truth in truths {
            let counts = truth.map.counts
            for label in truth.map.legend.labels where counts[label.value] != nil && !named.contains(label.name) && !lacking.contains(where: { $0.region == label.name }) {
                lacking.append((label.name, file(truth.entry)))
            }
        }
        let absent = Set(lacking.map(\.region))
        let compared = try maps.flatMap { try rows(of: $0.map, in: file($0.entry), absent: absent) }
        return compared + lacking.map { .missing(.labels, occasion, region: $0.region, "missing in the result; the truth is \($0.file)") }
    }

    /// - Parameter absent: regions of the truth that no map of the result's session names.
    private func rows(of map: LabelMap, in name: String, absent: Set<String>) throws -> [EvaluationRow] {
        var used: [LabelMap] = [], place: [Int: Int] = [:], regions: [LabelEvaluation.Region] = [], sources: [String: String] = [:], unknown: [String] = []
        let counts = map.counts
        for label in map.legend.labels {
            guard let chosen = truth(of: label.name, on: map.grid), let value = truths[chosen].map.legend[label.name]?.value else {
                if counts[label.value] != nil { unknown.append(label.name) }
                continue
            }
            let truth = truths[chosen], fits = matches(truth.map.grid, map.grid)
            if place[chosen] == nil {
                place[chosen] = used.count
                used.append(fits ? truth.map : truth.map.resampled(onto: map.grid))
            }
            regions.append(.init(name: label.name, resultValue: label.value, truth: place[chosen] ?? 0, truthValue: value))
            sources[label.name] = "the truth is \(file(truth.entry))" + (fits ? "" : carried(truth.map, value))
        }
        let missing = unknown.map { EvaluationRow.missing(.labels, occasion, region: $0, "missing in the truth; the map is \(name)") }
        guard !regions.isEmpty else { return missing }
        let beside = Set(place.keys.flatMap { LabelComparison.strangers(truths[$0].map, to: map.legend) })
        let scores = try LabelEvaluation.evaluate(map, truths: used, regions: regions, missing: beside.intersection(absent).count, parameters: parameters)
        return scores.map { LabelComparison.row($0, occasion, ["the map is \(name)"] + (sources[$0.region].map { [$0] } ?? [])) } + missing
    }

    /// The truth's map of a region: the first on the same grid, else the finest.
    private func truth(of region: String, on grid: Grid) -> Int? {
        let all = truths.indices.filter { truths[$0].map.legend[region] != nil }
        return all.first { matches(truths[$0].map.grid, grid) } ?? all.min { truths[$0].map.grid.voxelVolume < truths[$1].map.grid.voxelVolume }
    }

    private func matches(_ a: Grid, _ b: Grid) -> Bool { a.matches(b, within: LabelEvaluation.gridTolerance) }

    private func carried(_ map: LabelMap, _ value: UInt16) -> String {
        ", carried from \(LabelComparison.words(map.grid)) by nearest neighbour, where it has \(String(format: "%.4g", map.volume(of: value))) mL"
    }

    private func file(_ entry: OutputListing.Entry) -> String { entry.url.lastPathComponent }
}
