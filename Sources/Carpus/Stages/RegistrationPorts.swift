public import CarpusCore

/// What stages that align two images take: both, and where to look.
public struct RegistrationInputs: Codable, Sendable {
    /// The image that stays.
    public var fixed: Volume<Float>
    /// The image that is moved.
    public var moving: Volume<Float>
    /// Where the fixed image is compared; everywhere when absent.
    public var fixedMask: LabelMap?
    /// Where the moving image is compared; everywhere when absent.
    public var movingMask: LabelMap?
}

/// What they give: the map, and the moving image on the fixed grid.
public struct RegistrationOutputs: Codable, Sendable {
    /// Fixed world points to moving ones.
    public var transform: Transform
    /// The moving image on the fixed grid, interpolated once by cubic B-spline; NaN where it says nothing.
    public var aligned: Volume<Float>
    /// Where, on the fixed grid, the moving image says something: 1 `covered`. What lies outside of it was not looked at.
    public var covered: LabelMap
    /// What is doubtful about the alignment.
    public var findings: Findings

    init(_ transform: Transform, of inputs: RegistrationInputs, _ findings: [Finding]) {
        (self.transform, self.findings) = (transform, Findings(findings))
        aligned = inputs.moving.resampled(onto: inputs.fixed.grid, through: transform, interpolation: .cubic)
        covered = LabelMap(grid: aligned.grid, labels: aligned.scalars.map { $0.isFinite ? 1 : 0 }, legend: Legend([Label(value: 1, name: "covered", color: [200, 200, 200])]))
    }
}
