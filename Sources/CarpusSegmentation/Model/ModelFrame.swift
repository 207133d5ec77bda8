import CarpusCore

/// How a model wants its array turned: along the wrist's own directions, by the plane of the slices. Columns run towards the thumb, so that left
/// wrists are seen as mirror images of right ones. Axes are permuted and flipped; nothing is interpolated.
public struct ModelFrame: Sendable, Hashable, Codable {
    /// The side all wrists look like, `right`, and whether left ones are mirrored to do so; nothing else is known.
    public var side: String, mirrorLeft: Bool
    /// Where the model takes distal and palmar to be in the file's world.
    public var assumes: Arm
    /// For each of `axial`, `coronal` and `sagittal` where slices, rows and columns run, such as `dorsal-palmar`.
    public var planes: [String: [String]]

    /// How the arm lies, by letters of L, R, P, A, S, I.
    public struct Arm: Sendable, Hashable, Codable {
        public var distal, palmar: String
        /// An arm whose fingers point to `distal`, its palm to `palmar`.
        public init(distal: String, palmar: String) { (self.distal, self.palmar) = (distal, palmar) }
    }

    /// A frame of right wrists.
    public init(assumes: Arm, planes: [String: [String]]) { (side, mirrorLeft, self.assumes, self.planes) = ("right", true, assumes, planes) }

    /// The plane across each of the wrist's axes: distal, radial, palmar.
    private static let planeNames = ["axial", "sagittal", "coronal"]
    private static let ways: [String: (axis: Int, sign: Double)] = [
        "proximal-distal": (0, 1), "distal-proximal": (0, -1), "ulnar-radial": (1, 1), "radial-ulnar": (1, -1), "dorsal-palmar": (2, 1), "palmar-dorsal": (2, -1),
    ]
    private static let letters: [String: Vector3] = [
        "L": Vector3(1, 0, 0), "R": Vector3(-1, 0, 0), "P": Vector3(0, 1, 0), "A": Vector3(0, -1, 0), "S": Vector3(0, 0, 1), "I": Vector3(0, 0, -1),
    ]

    /// What is wrong with it, nil when nothing is.
    var complaint: String? {
        if side != "right" || !mirrorLeft { return "frame: side must be 'right' and mirrorLeft true; nothing else is known" }
        guard let d = Self.letters[assumes.distal], let p = Self.letters[assumes.palmar], d.dot(p) == 0 else { return "frame: assumes must give distal and palmar as letters of LR, PA and SI, of two different pairs" }
        guard Set(planes.keys) == Set(Self.planeNames) else { return "frame: planes must be axial, coronal and sagittal" }
        for (normal, name) in Self.planeNames.enumerated() {
            let axes = planes[name, default: []].map { Self.ways[$0]?.axis }
            if axes.first != normal || Set(axes) != [0, 1, 2] || axes.count != 3 {
                return "frame: the directions of \(name) slices, their rows and columns must be three such as dorsal-palmar, the first across the slices"
            }
        }
        return nil
    }

    /// For each axis of the array (slice, row, column) the voxel axis it is, and whether it runs backwards. The slice axis is the one of widest spacing,
    /// the last among equals; the plane follows from the wrist's axis it is nearest to.
    func axes(of grid: Grid, side: Laterality) -> [(source: Int, flipped: Bool)] {
        guard let distal = Self.letters[assumes.distal], let palmar = Self.letters[assumes.palmar] else { preconditionFailure("the manifest was checked: a frame's letters are known") }
        // Seen with the fingers up and the palm towards the viewer, the thumb of a right hand points to the viewer's right.
        let wrist = [distal, side == .right ? distal.cross(palmar) : palmar.cross(distal), palmar], spacing = grid.spacing
        let slice = (0..<3).max { ((spacing[$0] * 1000).rounded(), $0) < ((spacing[$1] * 1000).rounded(), $1) }!
        let along = wrist.map { w in (0..<3).map { w.dot(grid.direction[column: $0]) } }
        let normal = (0..<3).max { abs(along[$0][slice]) < abs(along[$1][slice]) }!
        let ways = planes[Self.planeNames[normal], default: []].compactMap { Self.ways[$0] }
        func run(_ i: Int, _ axis: Int) -> Double { ways[i].sign * along[ways[i].axis][axis] }
        let others = (0..<3).filter { $0 != slice }
        let straight = abs(run(1, others[0])) + abs(run(2, others[1])), crossed = abs(run(1, others[1])) + abs(run(2, others[0]))
        let sources = [slice] + (straight >= crossed ? others : others.reversed())
        return sources.enumerated().map { (source: $1, flipped: run($0, $1) < 0) }
    }
}
