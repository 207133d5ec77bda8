import CarpusCore

/// A bone before its neighbours trim it: parts in their order, in a frame of its own that a linear map leads to.
struct Solid: Sendable {
    /// The way from the hand's frame (baseline pose) to the parts' frame.
    struct Map: Sendable {
        /// Columns of the linear map, and what is added after it, mm.
        var x = SIMD3<Float>(1, 0, 0), y = SIMD3<Float>(0, 1, 0), z = SIMD3<Float>(0, 0, 1), shift = SIMD3<Float>()
        /// Millimetres of the hand for one of the parts' frame.
        var scale: Float = 1

        @inline(__always) func callAsFunction(_ p: SIMD3<Float>) -> SIMD3<Float> { x * p.x + y * p.y + z * p.z + shift }
    }

    var parts: [Part]
    var map = Map()

    /// A bound of how fast these distances change with the point, for culling.
    static let steepness: Float = 1.5

    /// Signed distance at a point of the baseline pose.
    func distance(_ p: SIMD3<Float>) -> Float {
        let q = map(p)
        return map.scale * parts.dropFirst().reduce(parts[0].distance(q)) { $1.entered(into: $0, $1.distance(q)) }
    }

    /// A box round it in the baseline pose.
    var box: Box {
        let columns = [map.x, map.y, map.z].map { Vector3(SIMD3<Double>($0)) }
        let back = Matrix3(columns: columns[0], columns[1], columns[2]).inverse ?? .identity
        let corners = parts.filter { $0.entry == .join }.flatMap(\.box.corners)
        return Box(around: corners.map { SIMD3<Float>(back * Vector3(SIMD3<Double>($0 - map.shift))) })
    }

    /// The parts that can matter within `radius` mm of a point.
    func parts(near p: SIMD3<Float>, radius: Float) -> [Part] {
        let q = map(p), slack = 2 * Solid.steepness * radius / map.scale
        var kept = [parts[0]], value = parts[0].distance(q)
        for part in parts.dropFirst() {
            let own = part.distance(q), signed = part.entry == .cut ? -own : own
            // How much the part is in front of what is there: far in front it is all there is, far behind it nothing.
            let lead = part.entry == .join ? value - signed : signed - value
            value = part.entered(into: value, own)
            if lead < -(slack + part.width) { continue }
            if part.entry != .cut && lead > slack + part.width { kept.removeAll(keepingCapacity: true) }
            kept.append(part)
        }
        return kept
    }
}
