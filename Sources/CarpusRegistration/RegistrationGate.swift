import CarpusCore

/// What every alignment looks at before it begins: images that cannot be aligned are refused, with what to do; doubts are findings.
struct RegistrationGate {
    private(set) var findings: [Finding] = []

    /// Farther from the world's origin than this, mm, no scanner places anything: the header is wrong.
    private static let farthest = 1e6
    /// Distances between voxels that images of people can have, mm.
    private static let spacings = 1e-3...100.0

    /// - Throws: `RegistrationError` when a mask lies on another grid or is empty, an image has no extent, holds no number or one value only, or is placed where nobody can lie.
    init(fixed: Volume<Float>, moving: Volume<Float>, fixedMask: LabelMap?, movingMask: LabelMap?) throws {
        try check(fixed, fixedMask, "fixed")
        try check(moving, movingMask, "moving")
        let gap = Self.gap(fixed.grid, moving.grid)
        if gap > 0 {
            findings.append(Finding(
                .warning, "registration.apart", "The scanner placed the images apart from each other; where they meet was found from the images alone.",
                evidence: ["distance": "\(Int(gap.rounded())) mm"]))
        }
    }

    private func check(_ image: Volume<Float>, _ mask: LabelMap?, _ name: String) throws {
        let grid = image.grid
        let place = grid.corners.map { max(abs($0.x), abs($0.y), abs($0.z)) }.max() ?? 0
        guard place <= Self.farthest else {
            throw RegistrationError(.badGeometry, "the \(name) image lies \(Int(place / 1000)) m from the world's origin; its header is wrong, correct it or set its origin anew")
        }
        let spacing = grid.spacing
        guard Self.spacings.contains(spacing.min()), Self.spacings.contains(spacing.max()) else {
            throw RegistrationError(.badGeometry, "the voxels of the \(name) image are \(spacing.x) x \(spacing.y) x \(spacing.z) mm; its header is wrong, correct its spacing")
        }
        let extended = (0..<3).count { grid.size[$0] > 1 }
        guard extended >= 2 else {
            throw RegistrationError(.badGeometry, "the \(name) image is \(extended == 1 ? "a line of voxels" : "a single voxel"); an image needs two dimensions at least")
        }
        if let mask, !mask.grid.matches(grid) {
            throw RegistrationError(.gridMismatch, "the mask lies on another grid than the \(name) image; resample it first")
        }
        guard let range = try Self.range(image, mask, name) else {
            throw RegistrationError(.noSignal, "the \(name) image holds no number\(mask == nil ? "" : " where its mask is"); check the file")
        }
        guard range.lowerBound < range.upperBound else {
            throw RegistrationError(.noSignal, "the \(name) image holds the value \(range.lowerBound) only\(mask == nil ? "" : " where its mask is"), so that nothing in it tells where it belongs; check the file")
        }
    }

    /// The least and the largest finite value where an image counts; nil when there is none.
    private static func range(_ image: Volume<Float>, _ mask: LabelMap?, _ name: String) throws -> ClosedRange<Float>? {
        var low = Float.infinity, high = -Float.infinity
        func take(_ value: Float) {
            guard value.isFinite else { return }
            if value < low { low = value }
            if value > high { high = value }
        }
        if let mask {
            guard mask.labels.contains(where: { $0 != 0 }) else { throw RegistrationError(.noSignal, "the mask of the \(name) image is empty; check the file") }
            for (value, label) in zip(image.scalars, mask.labels) where label != 0 { take(value) }
        } else {
            for value in image.scalars { take(value) }
        }
        return low <= high ? low...high : nil
    }

    /// How far apart two boxes of space are at least, mm: along the axes of the world and of both grids; 0 where they may touch.
    private static func gap(_ a: Grid, _ b: Grid) -> Double {
        let axes = [a, b].flatMap { [$0.direction.x, $0.direction.y, $0.direction.z] }
        return axes.map { axis in
            let p = a.corners.map(axis.dot), q = b.corners.map(axis.dot)
            guard let lowP = p.min(), let highP = p.max(), let lowQ = q.min(), let highQ = q.max() else { return 0 }
            return max(lowP - highQ, lowQ - highP, 0)
        }.max() ?? 0
    }
}
