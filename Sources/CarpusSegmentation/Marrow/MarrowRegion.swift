import CarpusCore

/// A region of one slice that may be the marrow of a bone, and what speaks for it.
struct MarrowRegion: Sendable {
    /// Its slice.
    let slice: Int
    /// Its pixels in the slice, holes and narrow bays filled.
    var pixels: [Int]
    /// Area, mm².
    let area: Double
    /// The share of its outline on a rim, of what is not at the border of the field of view.
    let rim: Double
    /// The share of its outline at the border of the field of view.
    let border: Double
    /// The share of its convex hull that it fills.
    let solidity: Double
    /// The radius of its largest disc, mm.
    let radius: Double
    /// The median of the flattened image.
    let brightness: Float
    /// The standard deviation of what is finer than 0.35 mm, over the brightness.
    let texture: Float

    /// The share of its pixels that are neither on a rim nor much darker or brighter than the rest: low where a gap in a
    /// rim let the region run out of its bone.
    let purity: Double
    /// Whether it keeps well away from the border of the image, where skin and fat lie.
    let insideView: Bool

    /// How much it looks like a bone's section, 0 to 1.
    var score: Double { rim * rim * solidity * purity * purity * radius / (radius + 1) }
}

extension MarrowSlice {
    /// The regions between the rims, at two scales and three depths of rim: no one threshold rings every bone.
    func regions(slice: Int, minimumRadius: Double) -> [MarrowRegion] {
        var regions: [MarrowRegion] = []
        for sigma in [0.5, 0.8] {
            let smooth = sigma == 0.8 ? wide : medium, closed = sigma == 0.8 ? wideClosed : smooth.closed(1.6), gradient = smooth.gradient()
            for depth: Float in [0.2, 0.3, 0.4] {
                let rims = rims(smooth, closed: closed, gradient: gradient, sigma: sigma, depth: depth)
                guard rims.contains(true) else { continue }
                regions += self.regions(slice: slice, smooth: smooth, rims: rims, minimumRadius: minimumRadius)
            }
        }
        return regions
    }

    /// The basins of the distance to the nearest rim: necks narrower than the rooms beside them part the rooms, so that a
    /// gap in a rim does not join two bones.
    private func regions(slice: Int, smooth: Plane, rims: [Bool], minimumRadius: Double) -> [MarrowRegion] {
        let walls = rims.indices.map { rims[$0] || excluded[$0] }
        let (width, height) = (flat.width, flat.height)
        let distance = DistanceTransform.distances(to: walls, width: width, height: height, spacing: flat.spacing)
        // Beyond 6 mm a room is wide however wide it is, and a bone is not split.
        let capped = distance.map { min($0, 6) }
        let markers = Watershed.peaks(of: capped, width: width, prominence: 0.4, above: 1)
        let basins = Watershed.flood(capped.map { -$0 }, from: markers, inside: walls.map(!), width: width, step: 0.01)
        var members = [[Int]](repeating: [], count: Int(markers.max() ?? 0))
        for i in basins.indices where basins[i] > 0 { members[Int(basins[i]) - 1].append(i) }
        return members.compactMap { pixels in
            let radius = Double(pixels.reduce(0) { max($0, distance[$1]) })
            guard radius >= minimumRadius else { return nil }
            return region(slice: slice, pixels, radius: radius, smooth: smooth, rims: rims, basins: basins)
        }
    }

    private func region(slice: Int, _ pixels: [Int], radius: Double, smooth: Plane, rims: [Bool], basins: [Int32]) -> MarrowRegion? {
        let (width, height) = (flat.width, flat.height), name = basins[pixels[0]]
        var onRim = 0, open = 0, atBorder = 0
        for p in pixels {
            if border[p] { atBorder += 1 }
            let x = p % width, y = p / width
            for n in [x > 0 ? p - 1 : p, x + 1 < width ? p + 1 : p, y > 0 ? p - width : p, y + 1 < height ? p + width : p] where basins[n] != name {
                if rims[n] { onRim += 1 } else { open += 1 }
            }
        }
        let rim = Double(onRim) / Double(max(1, onRim + open))
        guard rim > 0.6 else { return nil }
        let brightness = Robust.median(pixels.map { smooth.values[$0] })
        guard brightness > 0 else { return nil }
        let margin = Int(1.5 / min(flat.spacing.x, flat.spacing.y)) + 2
        var patch = Patch(pixels, planeWidth: width, margin: margin)
        patch.close(1, spacing: flat.spacing)
        patch.fillHoles()
        let mean = pixels.reduce(0) { $0 + Double(texture[$1]) } / Double(pixels.count)
        let variance = pixels.reduce(0) { $0 + (Double(texture[$1]) - mean) * (Double(texture[$1]) - mean) } / Double(pixels.count)
        let all = patch.pixels(planeWidth: width, planeHeight: height)
        // What gains much by filling surrounds something else, or is a web.
        guard Double(all.count) < 1.3 * Double(pixels.count) else { return nil }
        let dx = Int(6 / flat.spacing.x), dy = Int(6 / flat.spacing.y)
        let insideView = all.allSatisfy { $0 % width >= min(dx, width / 8) && $0 % width < width - min(dx, width / 8) && $0 / width >= min(dy, height / 8) && $0 / width < height - min(dy, height / 8) }
        let pure = all.reduce(0) { $0 + (isMarrow($1, brightness) ? 1 : 0) }
        return MarrowRegion(
            slice: slice, pixels: all, area: Double(all.count) * flat.spacing.x * flat.spacing.y, rim: rim,
            border: Double(atBorder) / Double(atBorder + onRim + open), solidity: patch.solidity, radius: radius,
            brightness: brightness, texture: Float(variance.squareRoot()) / brightness,
            purity: Double(pure) / Double(all.count), insideView: insideView)
    }

    /// Whether a pixel may be marrow of a given brightness: on no rim, and neither much darker nor brighter.
    private func isMarrow(_ p: Int, _ brightness: Float) -> Bool {
        !excluded[p] && !wideRims[p] && wide.values[p] > 0.5 * brightness && wide.values[p] < 1.45 * brightness
    }

    /// The region without the rims and thin dark lines themselves, what lies beyond them, what is too dark or too bright for its marrow at
    /// its edge, and without tongues: closing the outline may have bridged a rim.
    func trimmed(_ region: MarrowRegion) -> MarrowRegion {
        let kept = region.pixels.filter { isMarrow($0, region.brightness) && !lines[$0] }
        var trimmed = region
        trimmed.pixels = []
        guard !kept.isEmpty else { return trimmed }
        var patch = Patch(kept, planeWidth: flat.width, margin: Int(1.5 / min(flat.spacing.x, flat.spacing.y)) + 2)
        // Holes are filled last: a piece of rim between marrow and cartilage is a hole too until they are parted.
        patch.openToLargest(min(1.5, max(0.6, 0.45 * region.radius)), spacing: flat.spacing)
        patch.close(0.3, spacing: flat.spacing)
        patch.fillHoles()
        let allowed = Set(region.pixels)
        trimmed.pixels = patch.pixels(planeWidth: flat.width, planeHeight: flat.height).filter { allowed.contains($0) }
        return trimmed
    }
}
