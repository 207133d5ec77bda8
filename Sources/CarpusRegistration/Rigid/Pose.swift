import CarpusCore

/// Where the moving image lies: a map from mm about the middle of the fixed image to mm about that of the moving one.
struct Pose: Sendable {
    var map = Affine.identity
    let fixedCentre, movingCentre: Vector3
    /// The gain of the moving image over the fixed one, and the other way.
    var forwardField = Field(), backwardField = Field()

    /// What makes mm to the field's unit.
    var fieldScale: Float = 1 / 50

    var inverse: Affine { map.inverse ?? .identity }

    /// The map in the world.
    var movingFromFixed: Affine { Affine(translation: movingCentre) * map * Affine(translation: -1 * fixedCentre) }

    func stepped<M: Motion>(_: M.Type, _ p: [Double]) -> Pose {
        var next = self
        next.map = map * M.step(Array(p[0..<M.count]))
        for i in 0..<M.fieldCount {
            next.forwardField.coefficients[i] += p[M.count + i]
            next.backwardField.coefficients[i] += p[M.count + M.fieldCount + i]
        }
        return next
    }

    func with(_ map: Affine) -> Pose {
        var next = self
        next.map = map
        return next
    }
}
