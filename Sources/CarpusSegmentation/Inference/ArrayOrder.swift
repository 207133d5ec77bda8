import CarpusCore

/// How a volume's voxel axes become the axes of an array, slowest first, and back.
struct ArrayOrder: Sendable {
    /// For each axis of the array the voxel axis (0 x, 1 y, 2 z), and whether it runs backwards.
    let axes: [(source: Int, flipped: Bool)]

    /// - Parameters:
    ///   - orientation: where x, y and z shall run before they become an array, `RAS` or another three letters; nil leaves them as the file has them.
    ///   - transpose: for each axis of the array, the axis of the plain (z, y, x) array: nnU-Net's `transpose_forward`.
    init(grid: Grid, orientation: String?, transpose: [Int]) {
        var turned = (0..<3).map { (source: $0, flipped: false) }
        if let orientation {
            let lps = grid.reorientedToLPS().axes, letters: [[Character]] = [["L", "R"], ["P", "A"], ["S", "I"]]
            turned = orientation.map { letter in
                guard let world = letters.firstIndex(where: { $0.contains(letter) }) else { preconditionFailure("an orientation is three letters of LRPASI") }
                return (lps[world].source, lps[world].flipped != (letters[world][1] == letter))
            }
        }
        let plain = Array(turned.reversed())
        axes = transpose.map { plain[$0] }
    }

    /// As a model's frame has it.
    init(grid: Grid, frame: ModelFrame, side: Laterality) { axes = frame.axes(of: grid, side: side) }

    /// The array's shape for a volume's size.
    func shape(of size: Index3) -> [Int] { axes.map { size[$0.source] } }

    /// Distance between neighbours along each axis of the array, mm.
    func spacing(of grid: Grid) -> [Double] { axes.map { grid.spacing[$0.source] } }

    /// A volume's scalars in the array's order.
    func array<T>(of scalars: [T], size: Index3) -> [T] {
        let (start, step) = walk(size), shape = shape(of: size)
        if start == 0 && step == [size.x * size.y, size.x, 1] { return scalars }
        return [T](unsafeUninitializedCapacity: scalars.count) { out, n in
            for z in 0..<shape[0] {
                for y in 0..<shape[1] {
                    var from = start + z * step[0] + y * step[1]
                    for _ in 0..<shape[2] {
                        out.initializeElement(at: n, to: scalars[from])
                        n += 1
                        from += step[2]
                    }
                }
            }
        }
    }

    /// An array's values in the volume's order.
    func scalars<T>(of array: [T], size: Index3) -> [T] {
        let (start, step) = walk(size), shape = shape(of: size)
        if start == 0 && step == [size.x * size.y, size.x, 1] { return array }
        var out = array, from = 0
        for z in 0..<shape[0] {
            for y in 0..<shape[1] {
                for x in 0..<shape[2] {
                    out[start + z * step[0] + y * step[1] + x * step[2]] = array[from]
                    from += 1
                }
            }
        }
        return out
    }

    /// Where in memory the array begins, and how far apart its neighbours lie.
    private func walk(_ size: Index3) -> (start: Int, step: [Int]) {
        let strides = [1, size.x, size.x * size.y]
        return (axes.reduce(0) { $0 + ($1.flipped ? strides[$1.source] * (size[$1.source] - 1) : 0) }, axes.map { $0.flipped ? -strides[$0.source] : strides[$0.source] })
    }
}
