import CarpusCore

/// A wrist of boxes on axial slices of 0.5 x 0.5 x 3 mm, whose sides are the voxels' sides: every volume, share and width follows from the boxes.
enum BoxWrist {
    /// A label in a box, from corner to corner, mm.
    struct Box {
        let label: UInt16, low: Vector3, high: Vector3

        init(_ label: UInt16, _ x: ClosedRange<Double>, _ y: ClosedRange<Double>, _ z: ClosedRange<Double>) {
            (self.label, low, high) = (label, Vector3(x.lowerBound, y.lowerBound, z.lowerBound), Vector3(x.upperBound, y.upperBound, z.upperBound))
        }
    }

    /// Radius, scaphoid, lunate, triquetrum, capitate and hamate; the three joints; extensors 1, 2, 4 and 6 and the flexor carpi radialis with what
    /// may swell beside their tendons; a vessel.
    static let anatomy = [
        Box(1, -10...10, -8...8, -51 ... -21), Box(3, 0...10, -8...8, -18 ... -9), Box(4, -10...0, -8...8, -18 ... -9), Box(5, -20 ... -11, -8...8, -18 ... -9),
        Box(9, -10...0, -8...8, -6...3), Box(10, 0...10, -8...8, -6...6), Box(16, 11...21, -8...8, -36 ... -24), Box(17, -10...10, -8...8, -21 ... -18), Box(18, -10...10, -8...8, -9 ... -6),
        Box(19, 12...16, 10...14, -51...9), Box(20, -20 ... -16, 10...14, -51...9), Box(22, -10 ... -6, 10...14, -51...9), Box(24, 0...4, 10...14, -51...9),
        Box(25, -20 ... -16, -16 ... -12, -51...9), Box(29, 0...3, -16 ... -13, -51...9),
    ] + sheaths

    /// What swells: 2 mm beside extensor 1 in two slices, 1, 2 and 4 mm beside extensors 2, 4 and 6 in five.
    static let sheaths = [
        Box(19, 16...18, 10...14, -30 ... -24), Box(20, -16 ... -15, 10...14, -30 ... -15), Box(22, -6 ... -4, 10...14, -30 ... -15), Box(24, 4...8, 10...14, -30 ... -15),
    ]

    /// What enhances: the sheaths, nine, two and five tenths of the joints, the vessel, and 12 mm³ of nothing in particular.
    static let enhancing = sheaths.map { Box(1, $0.low.x...$0.high.x, $0.low.y...$0.high.y, $0.low.z...$0.high.z) } + [
        Box(1, 11...20, -8...8, -36 ... -24), Box(1, -10 ... -6, -8...8, -21 ... -18), Box(1, -10...0, -8...8, -9 ... -6), Box(1, 0...3, -16 ... -13, -51...9), Box(1, 20...22, -18 ... -16, 0...3),
    ]

    /// What holds water: 6 of the radius' last 10 mm and some beyond, a quarter of the scaphoid, half the lunate, four fifths of the capitate, and the joint's fluid.
    static let water = [
        Box(1, -10...10, -8...8, -27 ... -21), Box(1, -10...10, -8...8, -45 ... -39), Box(1, 0...2.5, -8...8, -18 ... -9), Box(1, -10...0, -8...0, -18 ... -9),
        Box(1, -8...0, -8...8, -6...3), Box(1, -10...10, -8...8, -21 ... -18),
    ]

    static func map(_ boxes: [Box], _ legend: Legend) throws -> LabelMap {
        let grid = try Grid(size: Index3(100, 80, 20), spacing: Vector3(0.5, 0.5, 3), origin: Vector3(-24.75, -19.75, -49.5))
        return LabelMap(grid: grid, labels: (0..<grid.count).map { i in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            func holds(_ box: Box) -> Bool { (0..<3).allSatisfy { box.low[$0] < p[$0] && p[$0] < box.high[$0] } }
            return boxes.first(where: holds)?.label ?? 0
        }, legend: legend)
    }

    static func found(_ boxes: [Box]) throws -> LabelMap { try map(boxes, Legend([Label(value: 1, name: "found", color: [255, 0, 0])])) }
}
