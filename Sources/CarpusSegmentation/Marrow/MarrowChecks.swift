import CarpusCore

/// What is checked of each bone once its sections are joined. Lengths are in mm.
struct MarrowChecks: Sendable {
    /// The share of a section's outline that must be lined by cortex, 0 to 1.
    static let cortex = 0.55
    /// How far an end section may reach beyond its neighbour.
    static let overhang = 1.5
    /// The share of an end section that must lie within that reach, 0 to 1.
    static let contained = 0.85
    /// How many times the area of its neighbour an end section may have.
    static let growth = 1.6
    /// The radius of the largest disc from which on what is cut by the border of the view may be widest there.
    static let shaft = 3.3
    /// How many times that radius the disc must otherwise lie from the border.
    static let away = 3.0
    /// How many median absolute deviations from the median of the bone's core its marrow may be.
    static let deviations: Float = 3
    /// The share of the median by which marrow may always be darker or brighter: oedema darkens it.
    static let darker: Float = 0.4, brighter: Float = 0.28

    /// The slices, prepared.
    let slices: [MarrowSlice]

    /// The bone's sections, trimmed, without those that do not hold; empty when it is no bone.
    func checked(_ chain: [MarrowRegion]) -> [MarrowRegion] {
        var bone = chain.map { slices[$0.slice].trimmed($0) }
        bone = withinOwnRange(bone).filter { !$0.pixels.isEmpty && slices[$0.slice].cortex(of: $0.pixels) >= Self.cortex }
        bone = withoutOverhangingEnds(bone)
        guard bone.count >= min(2, slices.count), isShaftIfCut(bone) else { return [] }
        return bone
    }

    /// Without what is much brighter or darker than the bone's own core, such as the cartilage on a gradient echo and the
    /// thin dark line before it.
    private func withinOwnRange(_ bone: [MarrowRegion]) -> [MarrowRegion] {
        let core = bone.flatMap { r in slices[r.slice].core(of: r.pixels).map { slices[r.slice].wide.values[$0] } }
        let values = Robust.sample(core, limit: 20_000), centre = Robust.median(values)
        let spread = Robust.median(values.map { abs($0 - centre) })
        let darker = max(Self.deviations * spread, Self.darker * centre), brighter = max(Self.deviations * spread, Self.brighter * centre)
        return bone.map { slices[$0.slice].restricted($0, to: (centre - darker)...(centre + brighter)) }
    }

    /// Ends that are much larger than the section beside them, or lie elsewhere, are blurred tissue and not the bone.
    private func withoutOverhangingEnds(_ bone: [MarrowRegion]) -> [MarrowRegion] {
        var rest = bone[...]
        while rest.count > 1, !continues(rest[rest.startIndex], rest[rest.startIndex + 1]) { rest.removeFirst() }
        while rest.count > 1, !continues(rest[rest.endIndex - 1], rest[rest.endIndex - 2]) { rest.removeLast() }
        return Array(rest)
    }

    private func continues(_ end: MarrowRegion, _ neighbour: MarrowRegion) -> Bool {
        guard Double(end.pixels.count) <= Self.growth * Double(neighbour.pixels.count) else { return false }
        let plane = slices[end.slice].flat
        var member = [Bool](repeating: false, count: plane.values.count)
        for p in neighbour.pixels { member[p] = true }
        let distance = DistanceTransform.distances(to: member, width: plane.width, height: plane.height, spacing: plane.spacing)
        let near = end.pixels.reduce(0) { $0 + (Double(distance[$1]) <= Self.overhang ? 1 : 0) }
        return Double(near) >= Self.contained * Double(end.pixels.count)
    }

    /// Bones are wide, or wider at their ends than where the border cuts their shafts; what lies between two shafts tapers
    /// away from the border.
    private func isShaftIfCut(_ bone: [MarrowRegion]) -> Bool {
        guard bone.contains(where: { r in r.pixels.contains { slices[r.slice].border[$0] } }) else { return true }
        let widest = bone.map { region -> (depth: Double, fromBorder: Double) in
            let slice = slices[region.slice], depths = slice.depths(of: region.pixels), depth = depths.max() ?? 0
            let at = region.pixels[depths.firstIndex(of: depth) ?? 0]
            return (Double(depth), slice.distanceToBorder(at, among: region.pixels))
        }.max { $0.depth < $1.depth }
        guard let widest else { return false }
        return widest.depth >= Self.shaft || widest.fromBorder >= Self.away * widest.depth
    }
}

extension MarrowSlice {
    /// The pixels that lie well inside a region: deeper than 1 mm, or than two thirds of the deepest where it is small.
    func core(of pixels: [Int]) -> [Int] {
        let depths = depths(of: pixels), enough = min(1, 2 * (depths.max() ?? 0) / 3)
        return zip(pixels, depths).filter { $1 >= enough }.map(\.0)
    }

    /// How far each pixel of a region lies from what is not in it, mm.
    func depths(of pixels: [Int]) -> [Float] {
        guard !pixels.isEmpty else { return [] }
        let patch = Patch(pixels, planeWidth: flat.width, margin: 1)
        let distance = DistanceTransform.distances(to: patch.inside.map(!), width: patch.width, height: patch.height, spacing: flat.spacing)
        return pixels.map { distance[$0 % flat.width - patch.x0 + ($0 / flat.width - patch.y0) * patch.width] }
    }

    /// How far a pixel lies from the nearest of a region's pixels at the border of the view, mm; infinite when none is.
    func distanceToBorder(_ pixel: Int, among pixels: [Int]) -> Double {
        pixels.filter { border[$0] }.reduce(Double.infinity) { nearest, p in
            let dx = Double(p % flat.width - pixel % flat.width) * flat.spacing.x, dy = Double(p / flat.width - pixel / flat.width) * flat.spacing.y
            return min(nearest, (dx * dx + dy * dy).squareRoot())
        }
    }

    /// The part of a region within a range of the flattened image at 0.8 mm: without tongues, its largest piece, holes filled.
    func restricted(_ region: MarrowRegion, to range: ClosedRange<Float>) -> MarrowRegion {
        let kept = region.pixels.filter { range.contains(wide.values[$0]) }
        var restricted = region
        restricted.pixels = []
        guard !kept.isEmpty else { return restricted }
        var patch = Patch(kept, planeWidth: flat.width, margin: Int(1.5 / min(flat.spacing.x, flat.spacing.y)) + 2)
        patch.openToLargest(0.7, spacing: flat.spacing)
        patch.close(0.3, spacing: flat.spacing)
        patch.fillHoles()
        let allowed = Set(region.pixels)
        restricted.pixels = patch.pixels(planeWidth: flat.width, planeHeight: flat.height).filter { allowed.contains($0) }
        return restricted
    }
}
