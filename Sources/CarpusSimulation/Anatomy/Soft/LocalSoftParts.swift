/// The soft parts near one box.
struct LocalSoftParts: Sendable {
    /// How far from a tendon its compartment is still told, mm.
    static let reach: Float = 8

    /// A tendon or nerve that can matter here.
    struct Near: Sendable {
        var first, last, start: Int
        var compartment: Int
        var belly: Bool
    }

    let parts: SoftParts
    let cords: [Near]
    /// Where to begin the search along each sheath's middle.
    let sheathGuess: SIMD16<Int32>
    let branches: [BranchPiece]
    let muscles: [Muscle]

    init(_ parts: SoftParts, box: Box) {
        self.parts = parts
        let centre = (box.low + box.high) * 0.5, half = (box.high - box.low) * 0.5
        let radius = (half * half).sum().squareRoot()
        var guesses = SIMD16<Int32>(repeating: 0)
        guard parts.lattice(centre).y > -1.5 * radius - 0.5 else {
            (cords, branches, muscles, sheathGuess) = ([], [], [], guesses)
            return
        }
        cords = Self.near(parts.cords, centre, radius)
        if !cords.isEmpty {
            for (i, sheath) in parts.cords.sheaths.enumerated() { guesses[i] = Int32(sheath.guess(centre)) }
        }
        sheathGuess = guesses
        branches = parts.branches.pieces(in: box)
        muscles = parts.muscles.filter { muscle in
            let d = centre - muscle.centre, far = muscle.reach + radius
            return (d * d).sum() < far * far
        }
    }

    /// Tendons that can be, in some point of the ball, the nearest or the second nearest compartment's nearest, or whose muscle can
    /// be there; nerves that reach into it.
    private static func near(_ set: CordSet, _ centre: SIMD3<Float>, _ radius: Float) -> [Near] {
        var found: [(Near, distance: Float, belly: Float)] = [], nearest: (Float, Int) = (99, -1), second: Float = 99
        set.stations.withUnsafeBufferPointer { stations in
            for cord in set.cords {
                let start = cord.guess(centre), rough = centre - stations[start].centre
                // A course never turns more than some 60 degrees from the arm, so that this is safely too far.
                if abs(rough.y) + abs(rough.z) > 3 * (reach + radius + cord.girth) { continue }
                let hit = stations.hit(centre, first: cord.first, last: cord.last, start: start)
                let belly = stations[hit.station].belly + 0.4
                guard hit.distance - radius < (cord.compartment < 0 ? max(belly, 0.3) : reach) else { continue }
                found.append((Near(first: cord.first, last: cord.last, start: hit.station, compartment: cord.compartment, belly: belly > 0.45), hit.distance, belly))
                guard cord.compartment >= 0 else { continue }
                if cord.compartment == nearest.1 {
                    nearest.0 = min(nearest.0, hit.distance)
                } else if hit.distance < nearest.0 {
                    (second, nearest) = (nearest.0, (hit.distance, cord.compartment))
                } else {
                    second = min(second, hit.distance)
                }
            }
        }
        let bound = second + 2.2 * radius + 0.3
        return found.filter { $0.0.compartment < 0 || $0.distance < bound || $0.distance - $0.belly - 0.5 < radius * 1.1 }.map { $0.0 }
    }
}
