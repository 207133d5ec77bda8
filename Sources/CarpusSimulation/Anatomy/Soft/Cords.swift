import Foundation

/// A place along a tendon or nerve, every millimetre: a piece of curve with its cross section.
struct CordStation: Sendable {
    var centre, tangent, bend: SIMD3<Float>
    /// Directions of the greater and the lesser diameter.
    var flat, thick: SIMD3<Float>
    var halfFlat, halfThick: Float
    /// Thickness of the muscle round the tendon, and its slope along the arm.
    var belly, bellySlope: Float
}

/// A point seen from a cord.
struct CordHit {
    /// Index of the nearest station, and how far along the curve from it the point lies, mm.
    var station: Int
    var along: Float
    /// Offsets from the curve in the directions of the two diameters, mm.
    var u, v: Float
    /// Signed distance to the surface of the cord, mm.
    var distance: Float
}

/// One tendon or nerve as a range of stations.
struct Cord: Sendable {
    let name: String
    /// 0 to 9; -1 for a nerve, -2 for a tendon of no compartment.
    let compartment: Int
    let first: Int, last: Int
    /// Station by whole millimetre of the distal coordinate, from -84 on.
    let byDistal: [Int32]
    /// Largest half diameter and muscle.
    let girth: Float

    /// A station to begin a search at.
    func guess(_ p: SIMD3<Float>) -> Int { Int(byDistal[min(max(Int(p.x + 84), 0), byDistal.count - 1)]) }
}

/// Stations of a curve whose distal coordinate rises, one a millimetre.
struct CordBuilder {
    private(set) var stations: [CordStation] = []

    /// Adds a curve; `middle` gives (radial, palmar) and `section` (half flat, half thick, muscle) by the distal coordinate.
    mutating func add(
        name: String, compartment: Int, from low: Float, to high: Float, twist: Float, middle: (Float) -> SIMD2<Float>,
        section: (Float) -> SIMD3<Float>
    ) -> Cord {
        let first = stations.count, turn = Turn.unit(twist)
        func tangent(_ x: Float) -> SIMD3<Float> {
            let d = (middle(x + 1) - middle(x - 1)) * 0.5
            return Self.unit(SIMD3(1, d.x, d.y))
        }
        var x = low, girth: Float = 0
        while x <= high {
            let m = middle(x), t = tangent(x), bend = (tangent(x + t.x) - tangent(x - t.x)) * 0.5
            var flat = SIMD3<Float>(0, turn.x, turn.y)
            flat = Self.unit(flat - t * (flat * t).sum())
            let thick = SIMD3(t.y * flat.z - t.z * flat.y, t.z * flat.x - t.x * flat.z, t.x * flat.y - t.y * flat.x)
            let s = section(x), slope = (section(x + t.x).z - section(x - t.x).z) * 0.5
            stations.append(
                CordStation(
                    centre: SIMD3(x, m.x, m.y), tangent: t, bend: bend, flat: flat, thick: thick, halfFlat: s.x, halfThick: s.y, belly: s.z,
                    bellySlope: slope))
            girth = max(girth, max(s.x, s.y) + s.z)
            x += t.x
        }
        let last = stations.count - 1
        var table: [Int32] = [], i = first
        for k in 0..<168 {
            while i < last && stations[i].centre.x < Float(k) - 83.5 { i += 1 }
            table.append(Int32(i))
        }
        return Cord(name: name, compartment: compartment, first: first, last: last, byDistal: table, girth: girth)
    }

    static func unit(_ v: SIMD3<Float>) -> SIMD3<Float> { v / (v * v).sum().squareRoot() }
}

extension UnsafeBufferPointer<CordStation> {
    /// The place of a cord nearest to a point, searched from a station on, and where the point lies from there.
    @inline(__always) func hit(_ p: SIMD3<Float>, first: Int, last: Int, start: Int) -> CordHit {
        var i = start, along: Float = 0, straight: Float = 0
        for _ in 0..<40 {
            // To first order in the bend: what lies on its inner side sees more of the curve.
            let d = p - self[i].centre
            straight = (d * self[i].tangent).sum()
            along = straight / Swift.max(1 - (d * self[i].bend).sum(), 0.4)
            let next = Swift.min(Swift.max(i + Int(along + (along > 0 ? 0.5 : -0.5)), first), last)
            if abs(along) <= 0.55 || next == i { break }
            i = next
        }
        let beyond = i == last ? Swift.max(straight - 0.5, 0) : i == first ? Swift.max(-straight - 0.5, 0) : 0
        along = Swift.min(Swift.max(along, -0.6), 0.6)
        let s = self[i], d = p - s.centre - s.tangent * along - s.bend * (0.5 * along * along)
        let u = (d * s.flat).sum(), v = (d * s.thick).sum()
        // The section is a band with round ends: its distance is exact, far outside too.
        let w = Swift.max(abs(u) - Swift.max(s.halfFlat - s.halfThick, 0), 0)
        var distance = (w * w + v * v).squareRoot() - Swift.min(s.halfThick, s.halfFlat)
        if beyond > 0 { distance = distance > 0 ? (distance * distance + beyond * beyond).squareRoot() : beyond }
        return CordHit(station: i, along: along, u: u, v: v, distance: distance)
    }
}
