/// Where the articular end of a long bone lies: the plane across its shaft at the mean of the surface that faces the carpus.
///
/// RAMRIS assesses a long bone to 10 mm from there. The plane follows from the bones' labels alone, thick slices or thin, and from
/// no more of the shaft than 17 mm in the forearm and 20 in the hand, so that a field of view that cuts the shaft does not move it; the truth of the virtual wrist is
/// counted by the same rule. Definitions.md has the formulas.
public struct ArticularEnd: Sendable, Hashable {
    /// Where the shaft's axis meets the articular plane; world (LPS), mm.
    public let middle: Vector3
    /// Unit vector along the shaft's axis, away from the joint.
    public let shaftward: Vector3
    /// The share of the bone's end that the border of the field cuts off, 0 to 1: with more than a little the plane is not known.
    public let cutShare: Double
    /// Whether enough of the shaft is in the field to tell its axis; else the axis is a guess from where the bones lie.
    public let showsShaft: Bool

    /// RAMRIS assesses so many mm of a long bone (Østergaard et al., J Rheumatol 2003).
    public static let assessedDepth = 10.0
    /// What of a bone tells its axis, mm from the end: as near as the slope of its face allows, and no farther than fields of view reach.
    static func shaft(of bone: UInt16) -> ClosedRange<Double> { bone == 1 ? 6...17 : bone == 2 ? 3...16 : 5...20 }
    /// A column of a bone faces the carpus when a carpal bone follows within so many mm. The ulna's head meets it across the disc, up to 10 mm
    /// away: a reach that ended in that gap would count the nearer columns alone, and slices would decide which.
    static func reach(of bone: UInt16) -> Double { bone < 3 ? 15 : 10 }

    /// How deep in the shaft a point lies, mm; negative beyond the end.
    @inlinable public func depth(of p: Vector3) -> Double { (p - middle).dot(shaftward) }

    /// The share of a voxel, centred at a world point, that is assessed; 4 x 4 x 4 points of those that the limit may cut.
    public func assessedShare(ofVoxelAt centre: Vector3, of grid: Grid) -> Double {
        let above = Self.assessedDepth - depth(of: centre), m = grid.worldFromVoxel.linear
        let along = Vector3(m.x.dot(shaftward), m.y.dot(shaftward), m.z.dot(shaftward))
        let half = (abs(along.x) + abs(along.y) + abs(along.z)) / 2
        if abs(above) >= half { return above > 0 ? 1 : 0 }
        var inside = 0
        for i in 0..<64 {
            let at = Vector3(Double(i & 3), Double(i >> 2 & 3), Double(i >> 4)) / 4 - 0.375
            if at.dot(along) <= above { inside += 1 }
        }
        return Double(inside) / 64
    }

    /// The ends of the long bones that an anatomy map shows, by label value; a bone without any carpal bone in the map has none,
    /// because nothing tells which of its ends it is.
    ///
    /// - Parameter map: label values of `WristAnatomy`, on any grid.
    public static func all(in map: LabelMap) -> [UInt16: ArticularEnd] {
        let places = BonePlaces(map)
        guard places.carpus != nil else { return [:] }
        var ends: [UInt16: ArticularEnd] = [:]
        map.labels.withUnsafeBufferPointer { labels in
            for bone in WristAnatomy.bones where bone.extent != .whole {
                guard let voxels = places.voxels(of: bone.label, in: map.grid, labels) else { continue }
                ends[bone.label] = EndSearch(bone: bone.label, voxels: voxels, grid: map.grid, labels: labels).end(towards: places.shaftward(of: bone.label, in: map.grid))
            }
        }
        return ends
    }
}

/// Where the bones of a map lie, from one pass over it.
private struct BonePlaces {
    private var low = [Index3](repeating: Index3(repeating: .max), count: 16), high = [Index3](repeating: Index3(repeating: -1), count: 16)
    private var sums = [Index3](repeating: .zero, count: 16), counts = [Int](repeating: 0, count: 16)

    init(_ map: LabelMap) {
        let size = map.grid.size
        var i = 0
        for z in 0..<size.z {
            for y in 0..<size.y {
                for x in 0..<size.x {
                    let label = Int(map.labels[i])
                    i += 1
                    guard label > 0, label < 16 else { continue }
                    let at = Index3(x, y, z)
                    (low[label], high[label]) = (pointwiseMin(low[label], at), pointwiseMax(high[label], at))
                    (sums[label], counts[label]) = (sums[label] &+ at, counts[label] + 1)
                }
            }
        }
    }

    /// The middle of some bones, voxels; nil when none of them is there.
    private func middle(of labels: [Int]) -> Vector3? {
        let count = labels.reduce(0) { $0 + counts[$1] }
        return count > 0 ? Vector3(labels.reduce(Index3.zero) { $0 &+ sums[$1] }) / Double(count) : nil
    }

    /// The middle of the carpal bones, voxels.
    var carpus: Vector3? { middle(of: (1..<16).filter(EndSearch.isCarpal)) }

    /// About where the shaft of a bone runs: away from the carpus with its fellows, the thumb's away from the trapezium.
    func shaftward(of bone: UInt16, in grid: Grid) -> Vector3? {
        let fellows = bone < 3 ? [1, 2] : bone == 11 ? [11] : [12, 13, 14, 15]
        guard let carpus, let middle = middle(of: fellows) else { return nil }
        let from = bone == 11 ? self.middle(of: [7]) ?? carpus : carpus, way = grid.worldFromVoxel.linear * (middle - from)
        return way.length > 1 ? way / way.length : nil
    }

    /// The voxels of a bone; nil when there are none.
    func voxels(of bone: UInt16, in grid: Grid, _ labels: UnsafeBufferPointer<UInt16>) -> [Index3]? {
        let (a, b) = (low[Int(bone)], high[Int(bone)])
        guard b.x >= 0 else { return nil }
        var voxels: [Index3] = []
        for z in a.z...b.z { for y in a.y...b.y { for x in a.x...b.x where labels[grid.offset(x, y, z)] == bone { voxels.append(Index3(x, y, z)) } } }
        return voxels
    }
}

/// Finds the articular end of one bone: axis and plane by turns, each from the other, until they stay.
private struct EndSearch {
    let bone: Int
    /// World points of the bone's voxels, and of those at the border of the field.
    let points: [Vector3], border: [Vector3]
    let field: LabelField

    /// Columns are so many mm apart, and looked at in steps of so many.
    static let columnStep = 0.85, depthStep = 0.25

    /// The bones of the carpus that long bones meet: all but the pisiform.
    static func isCarpal(_ label: Int) -> Bool { (3...10).contains(label) && label != 6 }

    init(bone: UInt16, voxels: [Index3], grid: Grid, labels: UnsafeBufferPointer<UInt16>) {
        self.bone = Int(bone)
        points = voxels.map { grid.worldFromVoxel(Vector3($0)) }
        let atBorder = voxels.filter { v in (0..<3).contains { grid.size[$0] > 1 && (v[$0] == 0 || v[$0] == grid.size[$0] - 1) } }
        border = atBorder.map { grid.worldFromVoxel(Vector3($0)) }
        field = LabelField(grid: grid, labels: labels)
    }

    func end(towards start: Vector3?) -> ArticularEnd? {
        guard let start else { return nil }
        var frame = ColumnFrame(origin: points.reduce(.zero, +) / Double(points.count), shaftward: start, points: points)
        var found = ends(frame), showsShaft = false
        for _ in 0..<8 {
            guard let plane = found, let axis = axis(frame, from: plane.depth) else { break }
            showsShaft = true
            let turned = axis.shaftward.dot(frame.shaftward)
            frame = ColumnFrame(origin: axis.middle, shaftward: axis.shaftward, points: points)
            found = ends(frame)
            // A tenth of a degree moves the limit by less than 0.03 mm at the bone's side.
            if turned > 0.999_998 { break }
        }
        return found.map { ArticularEnd(middle: frame.origin + frame.shaftward * $0.depth, shaftward: frame.shaftward, cutShare: $0.cutShare, showsShaft: showsShaft) }
    }

    /// The mean depth of the columns' ends that face the carpus, a tenth at either side left out (the ulna's styloid, rims); of all
    /// ends where hardly any does.
    private func ends(_ frame: ColumnFrame) -> (depth: Double, cutShare: Double)? {
        var facing: [Double] = [], all: [Double] = [], cut = 0
        let reach = Int(ArticularEnd.reach(of: UInt16(bone)) / Self.depthStep)
        frame.forEachColumn { start in
            let step = field.step(frame.shaftward * Self.depthStep), from = field.voxel(start)
            let count = Int((frame.span.upperBound - frame.span.lowerBound) / Self.depthStep)
            // A bone is no thinner than four steps.
            guard var first = stride(from: 0, through: count, by: 4).first(where: { field.label(from + step * Double($0)) == bone }) else { return }
            while first > 0, field.label(from + step * Double(first - 1)) == bone { first -= 1 }
            let depth = frame.span.lowerBound + (Double(first) - 0.5) * Self.depthStep
            all.append(depth)
            for k in 1...reach {
                let label = field.label(from + step * Double(first - k))
                if label < 0 { if k <= 2 { cut += 1 }; return }
                if label > 0 && label < 16 && label != bone {
                    if Self.isCarpal(label) { facing.append(depth) }
                    return
                }
            }
        }
        guard !all.isEmpty else { return nil }
        var chosen = facing.count * 8 >= all.count ? facing : all
        chosen.sort()
        let trimmed = chosen[(chosen.count / 10)..<(chosen.count - chosen.count / 10)]
        return (trimmed.reduce(0, +) / Double(trimmed.count), Double(cut) / Double(all.count))
    }

    /// The line through the middles of the shaft's cross-sections, by least squares; nil when too little of the shaft is in the field.
    private func axis(_ frame: ColumnFrame, from end: Double) -> (middle: Vector3, shaftward: Vector3)? {
        // A border that cuts the shaft would bend the line; one that cuts the bone along its side cuts all of it alike.
        let shaft = ArticularEnd.shaft(of: UInt16(bone)), first = shaft.lowerBound
        let cut = border.map { ($0 - frame.origin).dot(frame.shaftward) - end }.filter { $0 > first }.sorted()
        let last = min(cut.isEmpty ? .infinity : cut[cut.count / 50], shaft.upperBound)
        guard last - first >= 4 else { return nil }
        let steps = Int((last - first) / 0.5)
        var n = 0.0, sum = Vector3.zero, square = 0.0, cross = Vector3.zero
        frame.forEachColumn { start in
            let lateral = start - frame.origin - frame.shaftward * frame.span.lowerBound
            let step = field.step(frame.shaftward * 0.5), from = field.voxel(frame.origin + lateral + frame.shaftward * (end + first))
            for k in 0..<steps where field.label(from + step * (Double(k) + 0.5)) == bone {
                let t = (Double(k) + 0.5) * 0.5
                n += 1
                sum += lateral + frame.shaftward * t
                square += t * t
                cross += lateral * t
            }
        }
        guard n > 50 else { return nil }
        let mean = sum / n, t = mean.dot(frame.shaftward), variance = square / n - t * t
        // Less than 4 mm of shaft tell no axis, whatever ends it.
        guard variance > 4.0 * 4 / 12 else { return nil }
        let lateral = mean - frame.shaftward * t
        let slope = (cross / n - lateral * t) / variance, turned = frame.shaftward + slope
        return (frame.origin + lateral + frame.shaftward * (end + first + t), turned / turned.length)
    }
}

/// Parallel columns that cover a bone, along its shaft.
private struct ColumnFrame {
    let origin: Vector3, shaftward: Vector3
    /// From where to where the bone reaches along the shaft, from the origin, mm; begins a little before it.
    let span: ClosedRange<Double>
    private let across: (Vector3, Vector3)
    private let low: SIMD2<Double>, counts: SIMD2<Int>

    init(origin: Vector3, shaftward: Vector3, points: [Vector3]) {
        (self.origin, self.shaftward) = (origin, shaftward)
        let squares = shaftward * shaftward
        let other = squares.x <= squares.y && squares.x <= squares.z ? Vector3(1, 0, 0) : squares.y <= squares.z ? Vector3(0, 1, 0) : Vector3(0, 0, 1)
        // Turned by no simple angle against the grid: columns in step with its rows would all see the same side of a voxel.
        let side = shaftward.cross(other) / shaftward.cross(other).length, back = shaftward.cross(side)
        let u = side * 0.8192 + back * 0.5736, v = shaftward.cross(u) / shaftward.cross(u).length
        var low = Vector3(repeating: .infinity), high = -low
        for p in points {
            let d = p - origin, q = Vector3(d.dot(u), d.dot(v), d.dot(shaftward))
            (low, high) = (pointwiseMin(low, q), pointwiseMax(high, q))
        }
        across = (u, v)
        // The faces of a joint lie no farther from the bone's tip than that.
        span = low.z - 3...min(high.z, low.z + 30)
        self.low = SIMD2(low.x, low.y) - 2
        counts = SIMD2<Int>(((SIMD2(high.x - low.x, high.y - low.y) + 4) / EndSearch.columnStep).rounded(.up))
    }

    /// Calls `body` with the carpal end of each column.
    @inline(__always) func forEachColumn(_ body: (Vector3) -> Void) {
        for j in 0...counts.y {
            for i in 0...counts.x {
                let u = low.x + Double(i) * EndSearch.columnStep, v = low.y + Double(j) * EndSearch.columnStep
                body(origin + shaftward * span.lowerBound + across.0 * u + across.1 * v)
            }
        }
    }
}

/// Labels as a field: what lies at any point.
private struct LabelField {
    let grid: Grid, labels: UnsafeBufferPointer<UInt16>

    func voxel(_ world: Vector3) -> Vector3 { grid.voxelFromWorld(world) }
    func step(_ world: Vector3) -> Vector3 { grid.voxelFromWorld.linear * world }

    /// The label of the voxel that holds a point, given in voxels; -1 outside the field.
    @inline(__always) func label(_ v: Vector3) -> Int {
        let i = Index3((v + 0.5).rounded(.down))
        guard i.x >= 0, i.y >= 0, i.z >= 0, i.x < grid.size.x, i.y < grid.size.y, i.z < grid.size.z else { return -1 }
        return Int(labels[grid.offset(i.x, i.y, i.z)])
    }
}
