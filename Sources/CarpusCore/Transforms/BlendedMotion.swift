/// Rigid motions of several parts made one smooth map (log-Euclidean polyrigid; Arsigny, Commowick, Ayache and
/// Pennec, J Math Imaging Vis 33, 2009): the parts' velocities are blended, and the blend is followed. Within a part the map is
/// that part's own, far from all parts nothing moves, and following it back is its inverse. A flow does not fold; told on a grid it may, where parts move
/// against each other by as much as lies between them, see `DisplacementField.folds`.
public struct BlendedMotion: Sendable {
    /// A part: where it is, and how it moves.
    public struct Part: Sendable {
        /// Its value in the label map.
        public let label: UInt16
        /// Its velocity, in the world of the map.
        public let velocity: RigidVelocity

        /// A part of given label and velocity.
        public init(label: UInt16, velocity: RigidVelocity) { (self.label, self.velocity) = (label, velocity) }
    }

    /// The blended velocity at each point of a grid, mm.
    private let velocity: DisplacementField

    /// How far a part moves what is around it, mm.
    private static let reach = 12.0
    /// The weight of rest is that of a part so far away, mm, the smooth end left out.
    private static let rest = 6.0
    /// Within a part its own motion outweighs another's at 1 mm by this much.
    private static let hardness = 50.0

    /// Blends the motions of parts.
    ///
    /// The weight of a part falls with the square of the distance from it and ends smoothly at 12 mm.
    ///
    /// - Parameter map: where the parts are; the map is told on its grid, so that its voxels should be about 1 mm.
    public init(_ parts: [Part], in map: LabelMap) {
        let grid = map.grid
        var sum = [SIMD3<Float>](repeating: .zero, count: grid.count), weights = [Float](repeating: Float(1 / (Self.rest * Self.rest)), count: grid.count)
        for part in parts {
            guard let box = LabelNeighbourhood(of: part.label, in: map, margin: Self.reach) else { continue }
            box.forEach(distancesTo: part.label, in: map) { i, at, squared in
                guard squared < Self.reach * Self.reach else { return }
                let end = 1 - squared / (Self.reach * Self.reach), weight = end * end / (squared + 1 / Self.hardness)
                sum[i] += SIMD3<Float>(part.velocity(grid.worldFromVoxel(Vector3(at))) * weight)
                weights[i] += Float(weight)
            }
        }
        for i in sum.indices { sum[i] /= weights[i] }
        velocity = DisplacementField(grid: grid, displacements: sum)
    }

    /// The map of the flow over a share of the unit of time, on the same grid.
    public func flow(_ share: Double) -> DisplacementField {
        let grid = velocity.grid, steps = 4, step = share / Double(steps)
        let moved = [SIMD3<Float>](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(grid.size.y * grid.size.z) { row in
                let y = row % grid.size.y, z = row / grid.size.y
                for x in 0..<grid.size.x {
                    let start = grid.worldFromVoxel(Vector3(Double(x), Double(y), Double(z)))
                    guard velocity.displacements[row * grid.size.x + x] != .zero else { out[row * grid.size.x + x] = .zero; continue }
                    var p = start
                    for _ in 0..<steps { p = rungeKutta(p, step) }
                    out[row * grid.size.x + x] = SIMD3<Float>(p - start)
                }
            }
            initialized = grid.count
        }
        return DisplacementField(grid: grid, displacements: moved)
    }

    private func rungeKutta(_ p: Vector3, _ h: Double) -> Vector3 {
        let a = velocity.displacement(at: p), b = velocity.displacement(at: p + a * (h / 2))
        let c = velocity.displacement(at: p + b * (h / 2)), d = velocity.displacement(at: p + c * h)
        return p + (a + 2 * (b + c) + d) * (h / 6)
    }
}
