import CarpusCore

/// Where a slice samples the specimen: three by three points a voxel in plane, five through the slice, whose depths differ from one of the nine to
/// the next so that 45 depths are met in all; nearest sample of the specimen.
struct SliceSampler: Sendable {
    /// Points along either in-plane axis of a voxel.
    static let fine = 3
    /// Points through the slice.
    static let deep = 5
    /// Points of a whole voxel.
    static let perVoxel = fine * fine * deep

    /// Voxels in plane.
    let width: Int, height: Int
    private let specimenSize: Index3
    private let indexFromVoxel: Affine
    /// Depths in slices, by place in the voxel (nine) and number (five).
    private let depths: [Double]

    /// - Parameter indexFromVoxel: voxel index of the specimen from that of the scan.
    init(scan: Grid, specimen: Grid, scannerFromSpecimen: RigidTransform, profile: SliceProfile) {
        (width, height, specimenSize) = (scan.size.x, scan.size.y, specimen.size)
        indexFromVoxel = specimen.voxelFromWorld * scannerFromSpecimen.inverse.affine * scan.worldFromVoxel
        let spacing = scan.spacing.z
        // A stride of four runs through the nine places so that neighbours lie far apart in depth.
        depths = (0..<Self.fine * Self.fine).flatMap { place in
            (0..<Self.deep).map { profile.quantile((Double($0) + (Double(place * 4 % 9) + 0.5) / 9) / Double(Self.deep), spacing: spacing) }
        }
    }

    /// Fine points along the rows and the columns.
    var fineWidth: Int { width * Self.fine }
    var fineHeight: Int { height * Self.fine }

    /// Samples of the specimen for one slice: `[fine row][fine column][depth]`; what lies outside stays as it is.
    func gather<T>(_ source: UnsafePointer<T>, slice: Int, into out: UnsafeMutablePointer<T>) {
        let step = indexFromVoxel.linear.x
        let (nx, ny) = (specimenSize.x, specimenSize.x * specimenSize.y)
        for row in 0..<fineHeight {
            let y = Self.coordinate(row)
            for place in 0..<Self.fine {
                let x = Self.coordinate(place), line = out + (row * fineWidth + place) * Self.deep
                for d in 0..<Self.deep {
                    let depth = depths[(row % Self.fine * Self.fine + place) * Self.deep + d]
                    // Half a voxel on, so that cutting off rounds.
                    let start = indexFromVoxel(Vector3(x, y, Double(slice) + depth)) + 0.5
                    let inside = Self.inside(start, step, size: specimenSize, count: width)
                    var (px, py, pz) = (Self.fixed(start.x), Self.fixed(start.y), Self.fixed(start.z))
                    let (sx, sy, sz) = (Self.fixed(step.x), Self.fixed(step.y), Self.fixed(step.z))
                    let first = Int64(inside.lowerBound)
                    (px, py, pz) = (px &+ sx &* first, py &+ sy &* first, pz &+ sz &* first)
                    var to = line + inside.lowerBound * Self.fine * Self.deep + d
                    for _ in inside {
                        to.pointee = source[Int(px >> 32) &+ nx &* Int(py >> 32) &+ ny &* Int(pz >> 32)]
                        (px, py, pz) = (px &+ sx, py &+ sy, pz &+ sz)
                        to += Self.fine * Self.deep
                    }
                }
            }
        }
    }

    /// Position in voxels of the first voxels' fine points; the middle one of three lies at the voxel's centre.
    private static func coordinate(_ fine: Int) -> Double { (Double(fine) + 0.5) / Double(Self.fine) - 0.5 }

    /// 32 bits before and after the point: exact enough for a thousand steps, and quicker than converting.
    @inline(__always) private static func fixed(_ x: Double) -> Int64 { Int64((x * 0x1p32).rounded()) }

    /// The steps during which a point stays within the specimen.
    private static func inside(_ start: Vector3, _ step: Vector3, size: Index3, count: Int) -> Range<Int> {
        var low = 0.0, high = Double(count - 1)
        for axis in 0..<3 {
            // A hair's breadth inside, more than what the fixed point rounds.
            let bottom = 1e-6 - start[axis], top = Double(size[axis]) - 1e-6 - start[axis], s = step[axis]
            if abs(s) < 1e-9 {
                if bottom > 0 || top < 0 { return 0..<0 }
            } else {
                low = max(low, min(bottom / s, top / s))
                high = min(high, max(bottom / s, top / s))
            }
        }
        let first = low.rounded(.up), last = high.rounded(.down)
        return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
    }
}
