import CarpusCore

/// How each of two scans is carried to the frame halfway between them: by half of the whole's motion, and, where parts move by
/// themselves, by half of theirs, blended in between.
struct LocalMotion {
    /// Where, in each scan's world, a point of the frame lies.
    let firstFromHalfway, secondFromHalfway: Transform
    /// The ways back.
    let halfwayFromFirst, halfwayFromSecond: Transform
    /// Whether the blend of the parts' motions turns space inside out somewhere.
    let folds: Bool
    /// What registration leaves at each voxel of a grid of cubes, mm; nil where it is the same everywhere.
    let error: Volume<Float>?

    /// The edge of the cubes in which the blend is told, mm; how far around a part its own error holds, mm.
    private static let edge = 1.0, rim = 1.2

    /// The whole alone.
    init(_ frame: HalfwayFrame) {
        (firstFromHalfway, secondFromHalfway) = (.affine(frame.firstFromHalfway), .affine(frame.secondFromHalfway))
        (halfwayFromFirst, halfwayFromSecond, error, folds) = (secondFromHalfway, firstFromHalfway, nil, false)
    }

    /// The whole and its parts.
    ///
    /// - Parameters:
    ///   - motions: of the first scan's world to the second's.
    ///   - registrationError: what registration leaves outside the parts, mm.
    init(_ frame: HalfwayFrame, _ motions: PartMotions, first: LabelMap?, second: LabelMap?, registrationError: Double) {
        let known = Set(motions.parts.map(\.label))
        let (a, b) = (first?.keeping(known.contains), second?.keeping(known.contains)), whole = LocalMotion(frame)
        // Each scan's way to the frame is the other's way from it.
        let maps = [(a, frame.secondFromHalfway), (b, frame.firstFromHalfway)].compactMap { map, to in map.map { (labels: $0, to: to) } }
        guard let grid = Grid.enclosing(maps, margin: 14, spacing: Self.edge),
              let map = LabelMap.halfway(on: grid, first: (a, whole.firstFromHalfway), second: (b, whole.secondFromHalfway)) else { self = whole; return }
        let parts = motions.parts.compactMap { part in
            Self.velocity(of: part.movingFromFixed, frame, around: Self.centre(of: part.label, in: map)).map { BlendedMotion.Part(label: part.label, velocity: $0) }
        }
        let placed = a != nil && b != nil ? map : Self.halfway(map, parts, share: a == nil ? -0.5 : 0.5)
        let blend = BlendedMotion(parts, in: placed), halves = (blend.flow(0.5), blend.flow(-0.5))
        let forth = Transform.displacement(halves.0), back = Transform.displacement(halves.1)
        (firstFromHalfway, secondFromHalfway) = (whole.firstFromHalfway * back, whole.secondFromHalfway * forth)
        (halfwayFromFirst, halfwayFromSecond) = (forth * whole.halfwayFromFirst, back * whole.halfwayFromSecond)
        folds = halves.0.folds || halves.1.folds
        error = Self.error(motions.parts, in: placed, elsewhere: registrationError)
    }

    /// The labels of one scan, which lie where the whole's motion takes them, each moved on by a share of its part's own motion: to the middle of its way.
    private static func halfway(_ map: LabelMap, _ parts: [BlendedMotion.Part], share: Double) -> LabelMap {
        let grid = map.grid, end = Vector3(grid.size) - 0.5
        var moved = map
        for i in moved.labels.indices { moved.labels[i] = 0 }
        for part in parts {
            guard let box = LabelNeighbourhood(of: part.label, in: map, margin: 6) else { continue }
            let back = grid.voxelFromWorld * part.velocity.flow(-share).affine * grid.worldFromVoxel
            box.forEachVoxel(of: grid) { _, i, at in
                let v = back(Vector3(at))
                guard moved.labels[i] == 0, v.x > -0.5, v.y > -0.5, v.z > -0.5, v.x < end.x, v.y < end.y, v.z < end.z else { return }
                if map.labels[grid.offset(Int(v.x + 0.5), Int(v.y + 0.5), Int(v.z + 0.5))] == part.label { moved.labels[i] = part.label }
            }
        }
        return moved
    }

    /// The middle of a label, mm; nil where it does not occur.
    private static func centre(of label: UInt16, in map: LabelMap) -> Vector3? {
        var sum = Vector3.zero, n = 0.0
        for (i, l) in map.labels.enumerated() where l == label { sum += Vector3(map.grid.index(at: i)); n += 1 }
        return n > 0 ? map.grid.worldFromVoxel(sum / n) : nil
    }

    /// What a part's map adds to half of the whole's, as a velocity in the frame. Its numbers are rounded to far below a micrometre,
    /// so that a map and the inverse of its inverse give the same.
    private static func velocity(of map: RigidTransform, _ frame: HalfwayFrame, around centre: Vector3?) -> RigidVelocity? {
        // first ← frame, first → second, second → frame.
        guard let centre, let own = RigidTransform(nearest: frame.firstFromHalfway * map.affine * frame.firstFromHalfway, centre: centre) else { return nil }
        func rounded(_ v: Vector3, _ unit: Double) -> Vector3 { (v / unit).rounded(.toNearestOrAwayFromZero) * unit }
        let velocity = RigidVelocity(of: own, about: centre)
        return RigidVelocity(turning: rounded(velocity.turning, 0x1p-28), sliding: rounded(velocity.sliding, 0x1p-20), centre: centre)
    }

    /// The error along each axis: a part's own is that of all three together.
    private static func error(_ parts: [PartMotions.Part], in map: LabelMap, elsewhere: Double) -> Volume<Float> {
        var error = Volume<Float>(grid: map.grid, repeating: Float(elsewhere)), nearest = [Double](repeating: rim * rim, count: map.grid.count)
        for part in parts {
            guard let box = LabelNeighbourhood(of: part.label, in: map, margin: rim) else { continue }
            box.forEach(distancesTo: part.label, in: map) { i, _, squared in
                if squared <= nearest[i] { (nearest[i], error.scalars[i]) = (squared, Float(part.error / 3.0.squareRoot())) }
            }
        }
        return error
    }
}
