import CarpusCore

/// A few slices: too few to tell how things move out of their plane.
struct Slab: Sendable {
    /// The slices there are.
    let slices: Int
    /// Steps within the plane: a turn about the normal, and shifts along both axes, each as three angles and three shifts.
    let basis: [[Double]]

    /// - Returns: nil where a grid has as many slices as are asked for along every axis.
    init?(_ grid: Grid, leastSlices: Int) {
        let axis = (0..<3).min { grid.size[$0] < grid.size[$1] } ?? 2
        guard grid.size[axis] < leastSlices else { return nil }
        slices = grid.size[axis]
        let d = grid.direction, normal = d[column: axis], plane = (0..<3).filter { $0 != axis }.map { d[column: $0] }
        basis = [[normal.x, normal.y, normal.z, 0, 0, 0]] + plane.map { [0, 0, 0, $0.x, $0.y, $0.z] }
    }
}
