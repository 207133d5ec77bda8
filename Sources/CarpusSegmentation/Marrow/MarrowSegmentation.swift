public import CarpusCore

/// The bones' marrow on a T1- or GRE-like wrist, by a marker-based watershed: the classical baseline.
///
/// Marrow is a compact region ringed by the dark line of the cortex. In each slice the dark lines (closing top-hat) and
/// steep edges are found at two scales; the watershed (Beucher and Meyer, in Mathematical Morphology in Image Processing,
/// 1993) of the distance to them parts the space between them into rooms; rooms that are compact, ringed, and look like
/// most such rooms of the image are kept, and joined from slice to slice by overlap. Each section must then be lined by a
/// line darker than both its sides, keep to its bone's own brightness, and go on from its neighbour (`MarrowChecks`).
/// Missing part of a bone is preferred to leaving it. The components are numbered, not named.
public enum MarrowSegmentation {
    /// Finds the marrow.
    ///
    /// - Parameters:
    ///   - image: a T1- or GRE-like image, any unit, larger where there is more signal. Slices may be thick.
    ///   - mask: where to look; everywhere when nil. Its outline counts as the border of the field of view.
    /// - Returns: one label a component, the largest first, and what is doubtful.
    /// - Throws: `SegmentationError` when the mask lies on another grid or leaves nothing to look at.
    public static func segment(_ image: Volume<Float>, inside mask: LabelMap? = nil, parameters: Parameters = Parameters()) throws -> SegmentationResult {
        if let complaint = parameters.complaint { throw SegmentationError(.badParameter, complaint) }
        let usable = try Region.usable(image, inside: mask)
        // Worked on in one orientation, so that the axes' order and direction in the file cannot matter.
        let stack = SliceStack(image, usable: usable)
        let slices = stack.marrowSlices()
        let candidates = regions(slices, parameters)
        guard let consensus = MarrowConsensus(candidates) else {
            return none(image.grid, "Fewer than three regions look like a bone's section: ringed by a dark line and compact.")
        }
        let bones = chains(candidates, consensus, stack, parameters)
        return result(bones.chains, dropped: bones.dropped, slices: slices, stack: stack, grid: image.grid, parameters: parameters)
    }

    private static func none(_ grid: Grid, _ why: String) -> SegmentationResult {
        SegmentationResult(
            labels: LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: Legend.components("marrow", count: 0)),
            findings: [Finding(.warning, "segment.marrow.none", "No marrow was found. \(why)")])
    }

    private static func regions(_ slices: [MarrowSlice], _ parameters: Parameters) -> [MarrowRegion] {
        concurrently(slices.count) { slices[$0].regions(slice: $0, minimumRadius: parameters.minimumRadius) }.flatMap { $0 }
    }

    /// The results of independent pieces of work, in order.
    static func concurrently<T: Sendable>(_ count: Int, _ body: @Sendable (Int) -> T) -> [T] {
        var results = [T?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(count) { out[$0] = body($0) }
        }
        return results.map { $0! }
    }

    /// Regions joined to bones, and how many single sections were dropped because nothing above or below confirms them.
    private static func chains(
        _ candidates: [MarrowRegion], _ consensus: MarrowConsensus, _ stack: SliceStack, _ p: Parameters
    ) -> (chains: [[MarrowRegion]], dropped: Int) {
        let alike = candidates.filter { consensus.accepts($0, p) && $0.border <= p.maximumBorder + 0.1 && $0.area >= 8 && $0.purity >= 0.75 }
        let strong = alike.filter { $0.border <= p.maximumBorder && $0.rim >= p.rim && $0.solidity >= p.solidity }
        var chains = MarrowChains(strong, slices: stack.count, pixelsPerSlice: stack.width * stack.height, overlap: p.overlap)
        let before = chains.chains.count
        if stack.count > 1 { chains.keep { $0.count > 1 } }
        let weak = alike.filter { $0.rim >= p.rim - 0.15 && $0.solidity >= p.solidity - 0.05 }
        chains.extend(with: weak, overlap: max(p.overlap, 0.6))
        chains.join()
        // What is only seen along the border of the image is skin, fat or tendon unless it is as wide as a long bone.
        chains.keep { $0.contains { $0.insideView || $0.radius >= 3 } }
        return (chains.chains, before - chains.chains.count)
    }

    private static func result(
        _ chains: [[MarrowRegion]], dropped: Int, slices: [MarrowSlice], stack: SliceStack, grid: Grid, parameters: Parameters
    ) -> SegmentationResult {
        let checks = MarrowChecks(slices: slices)
        var bones = concurrently(chains.count) { checks.checked(chains[$0]) }
        func volume(_ bone: [MarrowRegion]) -> Double { Double(bone.reduce(0) { $0 + $1.pixels.count }) * grid.voxelVolume }
        let found = bones.count
        bones = bones.filter { parameters.minimumVolume...parameters.maximumVolume ~= volume($0) }
        guard !bones.isEmpty else { return none(grid, "No region is confirmed by its neighbour slices and of a bone's size.") }
        let order = bones.indices.sorted { volume(bones[$0]) != volume(bones[$1]) ? volume(bones[$0]) > volume(bones[$1]) : $0 < $1 }
        var labels = [UInt16](repeating: 0, count: grid.count)
        for (k, i) in order.enumerated() {
            for region in bones[i] { for p in region.pixels { labels[stack.offset(p, slice: region.slice)] = UInt16(k + 1) } }
        }
        let map = LabelMap(grid: grid, labels: labels, legend: Legend.components("marrow", count: bones.count))
        let atBorder = order.indices.filter { k in bones[order[k]].contains { region in region.pixels.contains { slices[region.slice].border[$0] } } }
        return SegmentationResult(labels: map, findings: findings(bones.count, dropped: dropped + found - bones.count, atBorder: atBorder))
    }

    private static func findings(_ count: Int, dropped: Int, atBorder: [Int]) -> [Finding] {
        var findings = [Finding(.note, "segment.marrow.unnamed", "The \(count) components of marrow are numbered by size, not named; small or unsharp bones may be missing or incomplete.")]
        if !atBorder.isEmpty {
            let names = atBorder.map { "marrow-\($0 + 1)" }.joined(separator: " ")
            findings.append(Finding(.warning, "segment.marrow.out-of-view",
                "\(atBorder.count) components run out of the field of view or the mask; their volumes are those of the part inside.", evidence: ["components": names]))
        }
        if dropped > 0 {
            findings.append(Finding(.note, "segment.marrow.dropped",
                "\(dropped) regions could not be told from soft tissue, or were too small or large for a bone, and were left out.", evidence: ["regions": "\(dropped)"]))
        }
        return findings
    }
}
