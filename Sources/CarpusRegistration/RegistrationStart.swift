public import CarpusCore

/// A map from which an alignment begins, as another program or an earlier step found it: the moving image as seen through it.
///
/// Through a rigid map the image is only placed anew; through any other it is interpolated for the search. What is made of the result
/// interpolates the original image once all the same.
public struct RegistrationStart: Sendable {
    /// The moving image for the search.
    public let moving: Volume<Float>
    /// Its mask.
    public let movingMask: LabelMap?
    private let start: Transform

    /// - Parameters:
    ///   - start: world points of the fixed image to those of the moving one, roughly.
    ///   - fixed: the fixed image's grid.
    /// - Throws: `GeometryError` when the start takes the image where no grid can be.
    public init(_ start: Transform, moving: Volume<Float>, movingMask: LabelMap?, fixed: Grid) throws {
        self.start = start
        if let rigid = start.asAffine, let turn = rigid.linear.nearestOrthogonal, turn.determinant > 0, turn.distance(to: rigid.linear) < 1e-6, let back = rigid.inverse {
            let grid = try Grid(size: moving.grid.size, worldFromVoxel: back * moving.grid.worldFromVoxel)
            self.moving = Volume(grid: grid, scalars: moving.scalars)
            self.movingMask = try movingMask.map { LabelMap(grid: try Grid(size: $0.grid.size, worldFromVoxel: back * $0.grid.worldFromVoxel), labels: $0.labels, legend: $0.legend) }
        } else {
            self.moving = moving.resampled(onto: fixed, through: start, interpolation: .cubic)
            self.movingMask = movingMask?.resampled(onto: fixed, through: start)
        }
    }

    /// The whole map, from what the search found.
    public func completed(_ found: Transform) -> Transform { start * found }
}
