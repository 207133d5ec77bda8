import CarpusCore

/// How the slices of a grid are hung on the wall: along the acquisition plane, in radiological convention.
///
/// Axial and coronal pictures have the patient's left on the right side, sagittal ones anterior on the left; superior is
/// up, and in axial pictures anterior. Axes are reversed or swapped to get there, never interpolated.
struct SliceView: Hashable, Sendable {
    /// The nearest anatomical plane.
    enum Plane: String, Sendable { case sagittal, coronal, axial }

    /// A stored axis as a side of the picture.
    struct Side: Hashable, Sendable {
        let axis, count, stride: Int
        let reversed: Bool
        let spacing: Double

        /// Millimetres from edge to edge.
        var extent: Double { Double(count) * spacing }
        /// What to add to a position in memory for the i-th voxel along this side.
        func offset(_ i: Int) -> Int { (reversed ? count - 1 - i : i) * stride }
    }

    let plane: Plane
    let columns, rows: Side
    /// The axis across the slices, in stored order, so that a slice's number is the one other viewers show.
    let slices: Side
    /// What stands at the four edges.
    let left, right, top, bottom: String

    /// The slices across the axis of the largest spacing.
    init(of grid: Grid) {
        let strides = [1, grid.size.x, grid.size.x * grid.size.y], spacing = grid.spacing
        func side(_ axis: Int, reversed: Bool) -> Side {
            Side(axis: axis, count: grid.size[axis], stride: strides[axis], reversed: reversed, spacing: spacing[axis])
        }
        let through = grid.throughPlaneAxis, across = grid.closestWorldAxes[through], towardsLPS = grid.reorientedToLPS().axes
        plane = [.sagittal, .coronal, .axial][across]
        let columnWorld = across == 0 ? 1 : 0, rowWorld = across == 2 ? 1 : 2
        columns = side(towardsLPS[columnWorld].source, reversed: towardsLPS[columnWorld].flipped)
        // Superior is up, but rows run down.
        rows = side(towardsLPS[rowWorld].source, reversed: towardsLPS[rowWorld].flipped != (rowWorld == 2))
        slices = side(through, reversed: false)
        (left, right) = across == 0 ? ("A", "P") : ("R", "L")
        (top, bottom) = across == 2 ? ("A", "P") : ("S", "I")
    }

    /// Position in memory of the voxel shown at a column and row of a slice.
    func offset(column: Int, row: Int, slice: Int) -> Int { columns.offset(column) + rows.offset(row) + slices.offset(slice) }

    /// For each slice, how many voxels satisfy a condition.
    func counts(where holds: (Int) -> Bool) -> [Int] {
        (0..<slices.count).map { slice in
            var n = 0
            for row in 0..<rows.count {
                let start = rows.offset(row) + slices.offset(slice)
                for column in 0..<columns.count where holds(start + columns.offset(column)) { n += 1 }
            }
            return n
        }
    }

    /// At most `limit` of some slices, evenly spread and in rising order.
    static func spread(_ slices: [Int], limit: Int) -> [Int] {
        guard slices.count > limit, limit > 0 else { return slices }
        // The middles of equal shares: first and last slices show the least.
        return (0..<limit).map { slices[(2 * $0 + 1) * slices.count / (2 * limit)] }
    }
}
