/// A map that adds to each point a displacement known in part of space.
protocol Displacing {
    /// Where displacements are known.
    var grid: Grid { get }
    /// The displacement at a point, mm; beyond the part where it is known, that of the nearest place of it.
    func continued(at p: Vector3) -> Vector3
    /// Whether a point is moved by what is known there, not by what lies beyond.
    func covers(_ p: Vector3) -> Bool
}

extension Displacing {
    /// The point that goes to a given one: Newton's method on `q + u(q) = p`, with slopes by differences and steps halved until they help, to 1e-9 mm
    /// or, where the spacing is above 1 mm, 1e-9 of it.
    ///
    /// Where the map jumps, at the border of the part that is known, the point comes from the continued map. Where it folds, several points go to
    /// one; any of them is found, and nothing tells so.
    ///
    /// - Throws: `GeometryError` when the nearest point found is more than a thousand times that off.
    func preimage(of p: Vector3) throws -> Vector3 {
        let spacing = grid.spacing.min(), tolerance = 1e-9 * max(spacing, 1), step = 1e-3 * spacing
        var q = p - continued(at: p), miss = q + continued(at: q) - p
        search: for _ in 0..<60 where !(miss.length <= tolerance) {
            func slope(_ axis: Vector3) -> Vector3 { axis + (continued(at: q + axis * step) - continued(at: q - axis * step)) / (2 * step) }
            let jacobian = Matrix3(columns: slope(Vector3(1, 0, 0)), slope(Vector3(0, 1, 0)), slope(Vector3(0, 0, 1)))
            var move = jacobian.inverse.map { $0 * miss } ?? miss
            for _ in 0..<12 {
                let next = q - move, left = next + continued(at: next) - p
                if left.length < miss.length {
                    (q, miss) = (next, left)
                    continue search
                }
                move *= 0.5
            }
            break
        }
        guard miss.length <= 1e3 * tolerance else {
            throw GeometryError(code: .notInvertible, message: "the deformation has no way back to the point (\(p.x), \(p.y), \(p.z)): it is \(miss.length) mm off")
        }
        return covers(q) || covers(p) ? q : p
    }
}

extension Transform {
    /// The point that the map takes to a given one, found for this point alone: no field of the way back is made, and nothing is interpolated twice.
    ///
    /// Where a deformation folds, several points go to one; any of them is returned. `inverted(on:)` refuses such maps.
    ///
    /// - Throws: `GeometryError` for a singular affine or a deformation that has no way back to the point.
    public func preimage(of p: Vector3) throws -> Vector3 {
        switch self {
        case .rigid(let t): return t.inverse.affine(p)
        case .affine(let t): return try t.wayBack(p)
        case .displacement(let t): return try t.preimage(of: p)
        case .spline(let t): return try t.preimage(of: p)
        case .chain(let all): return try all.reduce(p) { try $1.preimage(of: $0) }
        }
    }

    /// The way back, for the points of a grid: an affine map where there is one, else the field that is exact at the grid's voxels.
    ///
    /// - Throws: `GeometryError` for a singular affine, a deformation that folds, or when some voxel has no preimage.
    public func inverted(for grid: Grid) throws -> Transform {
        try asAffine == nil ? .displacement(inverted(on: grid)) : inverted()
    }

    /// The way back as a field that is exact, to rounding, at each voxel of a grid; beyond it the nearest border value holds.
    ///
    /// - Throws: `GeometryError` when a deformation in the map folds, or some voxel has no preimage.
    public func inverted(on grid: Grid) throws -> DisplacementField {
        for link in links { try link.mustNotFold() }
        var vectors = [SIMD3<Float>](repeating: .zero, count: grid.count)
        vectors.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer
            Parallel.forEach(blocksOf: grid.count) { block in
                for i in block {
                    let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
                    // A lost voxel is marked, and told below.
                    let q = (try? preimage(of: p)) ?? Vector3(repeating: .nan)
                    out[i] = SIMD3<Float>(q - p)
                }
            }
        }
        if let lost = vectors.firstIndex(where: { $0.x.isNaN }) {
            let count = vectors.count { $0.x.isNaN }
            do {
                _ = try preimage(of: grid.worldFromVoxel(Vector3(grid.index(at: lost))))
            } catch let error as GeometryError {
                throw GeometryError(code: error.code, message: "\(error.message); so are \(count) of \(grid.count) voxels")
            }
        }
        return DisplacementField(grid: grid, displacements: vectors)
    }

    /// Looks at one link of a chain.
    private func mustNotFold() throws {
        let folds = switch self {
        case .rigid, .affine, .chain: false
        case .displacement(let t): t.folds
        case .spline(let t): try t.sampled().folds
        }
        guard !folds else {
            throw GeometryError(code: .notInvertible, message: "the deformation folds: it turns space inside out somewhere and has no inverse")
        }
    }
}

extension Affine {
    fileprivate func wayBack(_ p: Vector3) throws -> Vector3 {
        guard let inverse else { throw GeometryError(code: .notInvertible, message: "the affine transform is singular and has no inverse") }
        return inverse(p)
    }
}
