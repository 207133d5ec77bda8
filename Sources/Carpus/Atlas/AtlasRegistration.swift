import CarpusCore
import CarpusRegistration

/// The atlas laid on a scan: turned and shifted from several starts, scaled and sheared, and bent at last.
struct AtlasRegistration {
    /// Scan's world points to the atlas's.
    let atlasFromScan: Transform
    /// The way of lying it began from.
    let start: AtlasStart.Candidate
    /// How the next best way of lying does against it, 0 to 1; 0 when there was none.
    let rival: Double
    /// How much larger the scan's wrist is than the atlas's, as a ratio of volumes.
    let scale: Double
    /// The mean local correlation of scan and atlas at the end, 0 to 1.
    let correlation: Double
    /// Doubts that concern a fit to another person's wrist too.
    let findings: [Finding]

    /// Spacing of the last step, mm.
    private static let finest = 0.8
    /// Ways that differ by less, degrees, are one.
    private static let apart = 30.0

    /// - Parameter ways: where to begin, the best first, as `AtlasStart` finds them.
    /// - Throws: `RegistrationError` when the images cannot be aligned.
    init(_ atlas: Volume<Float>, onto scan: Volume<Float>, from ways: [AtlasStart.Candidate]) throws {
        precondition(!ways.isEmpty, "an atlas begins somewhere")
        start = ways[0]
        let first = ways[0].atlasFromScan
        let other = ways.dropFirst().first { way in
            guard let between = RigidTransform(nearest: way.atlasFromScan.affine * first.inverse.affine, centre: .zero) else { return false }
            return between.angle * 180 / .pi > Self.apart
        }
        rival = ways[0].worth > 0 ? max(0, (other?.worth ?? 0) / ways[0].worth) : 0
        let begun = try RegistrationStart(.rigid(first), moving: atlas, movingMask: AtlasStart.reach(of: scan.grid, on: atlas.grid), fixed: scan.grid)
        var search = RigidRegistration.Parameters()
        search.startAngle = 0
        let affine = try AffineRegistration.align(fixed: scan, moving: begun.moving, movingMask: begun.movingMask, parameters: search)
        let placed = begun.completed(.affine(affine.movingFromFixed))
        scale = 1 / affine.movingFromFixed.linear.determinant
        var bending = DeformableRegistration.Parameters()
        bending.finestSpacing = Self.finest
        bending.rigid = search
        let bent = try DeformableRegistration.align(fixed: scan, moving: Self.sliced(atlas, like: scan, through: placed), parameters: bending)
        atlasFromScan = placed * bent.movingFromFixed
        correlation = bent.correlation.after
        findings = bent.findings.filter { ["registration.folded", "registration.inverse", "registration.not-better"].contains($0.code) }
    }

    /// The atlas as slices of the scan see it: their thickness blurs both images alike.
    private static func sliced(_ atlas: Volume<Float>, like scan: Volume<Float>, through map: Transform) throws -> Volume<Float> {
        let grid = scan.grid, spacing = grid.spacing
        var size = grid.size, steps = Vector3(repeating: 1)
        for axis in 0..<3 {
            let extent = spacing[axis] * Double(size[axis])
            size[axis] = spacing[axis] > finest ? grid.size[axis] * Int((spacing[axis] / finest).rounded(.up)) : max(1, Int((extent / finest).rounded()))
            steps[axis] = Double(grid.size[axis]) / Double(size[axis])
        }
        let linear = grid.worldFromVoxel.linear * Matrix3(diagonal: steps), first = grid.worldFromVoxel((steps - 1) / 2)
        let fine = try Grid(size: size, worldFromVoxel: Affine(linear: linear, translation: first))
        return atlas.resampled(onto: fine, through: map, interpolation: .cubic).downsampled(toSpacing: Vector3(max(spacing.x, finest), max(spacing.y, finest), max(spacing.z, finest)))
    }
}
