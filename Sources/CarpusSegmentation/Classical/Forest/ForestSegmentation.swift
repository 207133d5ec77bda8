public import CarpusCore

/// Lesions by a random forest on features of several scales.
public enum ForestSegmentation {
    /// One examination to learn from.
    public struct Case: Sendable {
        /// Images by role, on one grid.
        public var images: [String: Volume<Float>]
        /// What is true, on the same grid.
        public var truth: LabelMap
        /// Where to look; everywhere when nil.
        public var mask: LabelMap?

        /// An examination.
        public init(images: [String: Volume<Float>], truth: LabelMap, mask: LabelMap? = nil) { (self.images, self.truth, self.mask) = (images, truth, mask) }
    }

    /// How the forest grows.
    public struct Training: Sendable, Hashable, Codable {
        /// Trees, and how deep they grow.
        public var trees = 60, depth = 14
        /// Voxels taken of all cases at most: half of them lesions, or as many as there are, and no more background than lesions.
        public var samples = 60_000
        /// Equal seeds and cases give equal forests.
        public var seed: UInt64 = 1

        /// The defaults.
        public init() {}
    }

    /// How voxels are labelled.
    public struct Parameters: Sendable, Hashable, Codable {
        /// A label needs more than this probability, and more than any other label; the forest has seen as many voxels of lesions as of the
        /// background, so that its probabilities are those of a world in which half is lesion.
        public var probability = 0.7
        /// Pieces smaller than this are left out, mm³.
        public var minimumVolume = 5.0

        /// The defaults.
        public init() {}

        /// What is wrong with these parameters, nil when nothing is.
        public var complaint: String? {
            if !(probability > 0 && probability < 1) { return "probability must be between 0 and 1" }
            return minimumVolume >= 0 && minimumVolume.isFinite ? nil : "minimumVolume must be 0 mm³ or more"
        }
    }

    /// Grows a forest.
    ///
    /// - Parameter note: what the cases are, kept in the model.
    /// - Throws: `SegmentationError` when a case lacks an image, grids differ, or there is nothing to learn.
    public static func train(_ cases: [Case], roles: [String], legend: Legend, note: String, parameters: Training = Training()) throws -> ForestModel {
        guard !roles.isEmpty, !legend.labels.isEmpty, legend.labels.count < 255, !cases.isEmpty else { throw SegmentationError(.badParameter, "a forest needs cases, roles and up to 254 labels") }
        guard (1...1000).contains(parameters.trees), (1...30).contains(parameters.depth), (100...10_000_000).contains(parameters.samples) else {
            throw SegmentationError(.badParameter, "a forest has 1 to 1000 trees, 1 to 30 deep, and sees 100 to 10,000,000 voxels")
        }
        let rows = try rows(cases, roles: roles, legend: legend, parameters)
        guard Set(rows.classes).count > 1 else { throw SegmentationError(.nothingToSegment, "the cases hold one class only; a forest needs voxels with a label and without") }
        var growth = ForestGrowth()
        (growth.treeCount, growth.depth, growth.seed) = (parameters.trees, parameters.depth, parameters.seed)
        return ForestModel(roles: roles, legend: legend, training: note, forest: growth.forest(from: rows))
    }

    /// The voxels a forest learns from: of each label at most its part of half of them, and as many of the background as of all labels together,
    /// evenly over the cases, so that those without lesions teach too.
    static func rows(_ cases: [Case], roles: [String], legend: Legend, _ parameters: Training) throws -> TrainingRows {
        var rows = TrainingRows(featureCount: roles.count * VoxelFeatures.names.count, classCount: legend.labels.count + 1)
        let classOf = Dictionary(uniqueKeysWithValues: legend.labels.enumerated().map { ($1.value, $0 + 1) }), share = parameters.samples / cases.count
        func usable(_ number: Int) throws -> ([Volume<Float>], [Bool]) {
            let (images, usable) = try inputs(cases[number].images, roles: roles, mask: cases[number].mask)
            guard cases[number].truth.grid.matches(images[0].grid) else { throw SegmentationError(.gridMismatch, "the truth of case \(number + 1) does not lie on its images' grid") }
            return (images, usable)
        }
        func places(_ number: Int, _ usable: [Bool]) -> [[Int]] {
            var places = [[Int]](repeating: [], count: rows.classCount)
            for i in usable.indices where usable[i] { places[classOf[cases[number].truth.labels[i]] ?? 0].append(i) }
            return places
        }
        var randoms = cases.indices.map { SplitMix(seed: parameters.seed &+ UInt64($0) &* 0x9E37_79B9) }
        let lesions = try cases.indices.map { number in
            try places(number, usable(number).1).dropFirst().map { chosen($0, share / 2 / legend.labels.count, &randoms[number]) }
        }
        let background = min(share / 2, max(1, lesions.joined().reduce(0) { $0 + $1.count } / cases.count))
        for number in cases.indices {
            let (images, usable) = try usable(number), columns = VoxelFeatures(images, usable: usable).columns
            let picked = [chosen(places(number, usable)[0], background, &randoms[number])] + lesions[number]
            for (k, voxels) in picked.enumerated() {
                for i in voxels {
                    for column in columns { rows.features.append(column[i]) }
                    rows.classes.append(UInt8(k))
                }
            }
        }
        return rows
    }

    /// So many of the places, each at most once, in a random order.
    private static func chosen(_ places: [Int], _ count: Int, _ random: inout SplitMix) -> [Int] {
        guard places.count > count else { return places }
        var pool = places
        for i in 0..<count { pool.swapAt(i, i + random.below(pool.count - i)) }
        return Array(pool[..<count])
    }

    /// Labels images.
    ///
    /// - Parameters:
    ///   - images: by role, on one grid.
    ///   - mask: where to look; everywhere when nil.
    /// - Throws: `SegmentationError` when a role is missing or grids differ.
    public static func segment(_ images: [String: Volume<Float>], model: ForestModel, inside mask: LabelMap? = nil, parameters: Parameters = Parameters()) throws -> SegmentationResult {
        if let complaint = parameters.complaint { throw SegmentationError(.badParameter, complaint) }
        let (stack, usable) = try inputs(images, roles: model.roles, mask: mask)
        let grid = stack[0].grid, columns = VoxelFeatures(stack, usable: usable).columns, values = model.legend.labels.map(\.value)
        var labels = [UInt16](repeating: 0, count: grid.count)
        labels.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(blocksOf: grid.count) { range in
                var p = [Float](repeating: 0, count: model.forest.classCount)
                for i in range where usable[i] {
                    model.forest.probabilities({ columns[$0][i] }, into: &p)
                    var best = 1
                    for k in 2..<max(2, p.count) where p[k] > p[best] { best = k }
                    if Double(p[best]) > parameters.probability { out[i] = values[best - 1] }
                }
            }
        }
        for value in values {
            let pieces = Components(size: grid.size) { labels[$0] == value }, enough = parameters.minimumVolume * (1 - 1e-9)
            for i in labels.indices where pieces.labels[i] > 0 && Double(pieces.sizes[Int(pieces.labels[i]) - 1]) * grid.voxelVolume < enough { labels[i] = 0 }
        }
        var result = SegmentationResult(labels: LabelMap(grid: grid, labels: labels, legend: model.legend))
        if !labels.contains(where: { $0 > 0 }) { result.findings.append(Finding(.note, "segment.forest.nothing-found", "The forest labelled nothing.")) }
        return result
    }

    private static func inputs(_ images: [String: Volume<Float>], roles: [String], mask: LabelMap?) throws -> ([Volume<Float>], [Bool]) {
        let stack = try roles.map { role in
            guard let image = images[role] else { throw SegmentationError(.missingInput, "the forest needs an image of '\(role)'; it knows \(roles.joined(separator: ", "))") }
            return image
        }
        guard stack.allSatisfy({ $0.grid.matches(stack[0].grid) }) else { throw SegmentationError(.gridMismatch, "the images do not lie on one grid; align them to one another first") }
        return (stack, try Region.usable(stack[0], inside: mask))
    }
}
