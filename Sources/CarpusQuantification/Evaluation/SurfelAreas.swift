import CarpusCore

/// The area of surface in a cube whose corners are eight neighbouring voxel centres, for each way in which they lie inside or
/// outside a set: marching cubes (Lorensen and Cline, SIGGRAPH 1987) with its vertices half-way along the edges.
enum SurfelAreas {
    /// Areas in mm² by code: bit `x + 2 y + 4 z` tells whether the corner (x, y, z) is inside. Codes 0 and 255 have none.
    static func table(spacing: Vector3) -> [Double] {
        triangles.map { $0.reduce(0) { $0 + area($1, spacing) } }
    }

    private typealias Triangle = (Vector3, Vector3, Vector3)

    /// The triangles of each code, in a cube of edge 1.
    private static let triangles: [[Triangle]] = (0..<256).map { code in
        // What is fewer, inside or outside, is kept apart where a face has two and two across its diagonal; a set and its
        // complement so have one surface.
        let few = code.nonzeroBitCount > 4 ? 255 - code : code
        return outlines(of: few).flatMap { widest($0).triangles }
    }

    private static func area(_ t: Triangle, _ scale: Vector3) -> Double {
        ((t.1 - t.0) * scale).cross((t.2 - t.0) * scale).length / 2
    }

    /// The closed outlines in which the surface meets the faces of the cube.
    private static func outlines(of code: Int) -> [[Vector3]] {
        var next: [Int: [Int]] = [:]   // an edge's number is the sum of two to the power of its corners
        func join(_ a: Int, _ b: Int) {
            next[a, default: []].append(b)
            next[b, default: []].append(a)
        }
        for axis in 0..<3 {
            let u = 1 << ((axis + 1) % 3), v = 1 << ((axis + 2) % 3)
            for base in [0, 1 << axis] {
                let ring = [base, base + u, base + u + v, base + v]
                let edges = (0..<4).map { 1 << ring[$0] | 1 << ring[($0 + 1) % 4] }
                let cut = edges.filter { ![0, $0].contains(code & $0) }
                if cut.count == 2 { join(cut[0], cut[1]) }
                if cut.count == 4 { for i in 0..<4 where code >> ring[i] & 1 == 1 { join(edges[(i + 3) % 4], edges[i]) } }
            }
        }
        var outlines: [[Vector3]] = []
        while let start = next.keys.min() {
            var outline: [Vector3] = [], at = start
            while let ways = next.removeValue(forKey: at) {
                outline.append(middle(of: at))
                at = ways.first { next[$0] != nil } ?? start
            }
            outlines.append(outline)
        }
        return outlines
    }

    private static func middle(of edge: Int) -> Vector3 {
        let corners = (0..<8).filter { edge >> $0 & 1 == 1 }
        let sum = corners.reduce(into: Index3.zero) { $0 &+= Index3($1 & 1, $1 >> 1 & 1, $1 >> 2) }
        return Vector3(sum) / 2
    }

    /// An outline cut into triangles; of all ways to do it the one of the largest area, which is how the classic tables cut
    /// the outlines that do not lie in a plane.
    private static func widest(_ p: [Vector3]) -> (area: Double, triangles: [Triangle]) {
        guard p.count > 2 else { return (0, []) }
        var best: (area: Double, triangles: [Triangle]) = (-1, [])
        for k in 1..<(p.count - 1) {
            // The triangle on the edge from the last corner to the first, and what lies on its other two sides.
            let tip: Triangle = (p[0], p[k], p[p.count - 1])
            let a = widest(Array(p[0...k])), b = widest(Array(p[k...])), sum = a.area + b.area + area(tip, Vector3(repeating: 1))
            if sum > best.area + 1e-9 { best = (sum, a.triangles + b.triangles + [tip]) }
        }
        return best
    }
}
