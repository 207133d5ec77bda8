/// How a label between voxel centres is chosen.
public enum LabelInterpolation: String, Sendable, Hashable, Codable, CaseIterable {
    /// That of the nearest voxel.
    case nearest
    /// The one with the largest share of the eight voxels around, weighted as for linear interpolation: borders come out smooth, and no label is made up.
    case linear
}

extension LabelMap {
    /// This map seen on another grid. Background where it says nothing, more than half a voxel beyond its outer voxel centres; the legend is kept.
    ///
    /// - Parameters:
    ///   - target: the grid to fill.
    ///   - sourceFromTarget: where, in this map's world, each world point of the target lies; labels are chosen once, however long a chain it is.
    ///   - interpolation: how a label between voxels is chosen.
    public func resampled(onto target: Grid, through sourceFromTarget: Transform = .identity, interpolation: LabelInterpolation = .nearest) -> LabelMap {
        if target == grid && sourceFromTarget.isIdentity { return self }
        let source = grid, affine = sourceFromTarget.asAffine.map { source.voxelFromWorld * $0 * target.worldFromVoxel }
        let out = [UInt16](unsafeUninitializedCapacity: target.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            labels.withUnsafeBufferPointer { labels in
                nonisolated(unsafe) let labels = labels
                Parallel.forEach(target.size.y * target.size.z) { row in
                    let y = row % target.size.y, z = row / target.size.y
                    for x in 0..<target.size.x {
                        let index = Vector3(Double(x), Double(y), Double(z))
                        let v = affine.map { $0(index) } ?? source.voxelFromWorld(sourceFromTarget(target.worldFromVoxel(index)))
                        out[row * target.size.x + x] = interpolation == .nearest ? Self.nearest(labels, source, v) : Self.majority(labels, source, v)
                    }
                }
            }
            initialized = target.count
        }
        return LabelMap(grid: target, labels: out, legend: legend)
    }

    private static func nearest(_ labels: UnsafeBufferPointer<UInt16>, _ grid: Grid, _ v: Vector3) -> UInt16 {
        let end = Vector3(grid.size), w = v + 0.5
        guard w.x >= 0, w.y >= 0, w.z >= 0, w.x < end.x, w.y < end.y, w.z < end.z else { return 0 }
        return labels[grid.offset(Int(w.x), Int(w.y), Int(w.z))]
    }

    /// Of labels with equal shares the least wins.
    private static func majority(_ labels: UnsafeBufferPointer<UInt16>, _ grid: Grid, _ v: Vector3) -> UInt16 {
        let top = Vector3(grid.size &- 1), end = top + 0.5
        guard v.x >= -0.5, v.y >= -0.5, v.z >= -0.5, v.x < end.x, v.y < end.y, v.z < end.z else { return 0 }
        let w = v.clamped(lowerBound: .zero, upperBound: top)
        let low = Index3(w.rounded(.down)), high = Index3(min(low.x + 1, Int(top.x)), min(low.y + 1, Int(top.y)), min(low.z + 1, Int(top.z))), f = w - Vector3(low)
        var seen = SIMD8<Int64>.zero, shares = SIMD8<Double>.zero
        for corner in 0..<8 {
            let a = corner & 1 == 1, b = corner & 2 == 2, c = corner & 4 == 4
            seen[corner] = Int64(labels[grid.offset(a ? high.x : low.x, b ? high.y : low.y, c ? high.z : low.z)])
            shares[corner] = (a ? f.x : 1 - f.x) * (b ? f.y : 1 - f.y) * (c ? f.z : 1 - f.z)
        }
        if seen == SIMD8(repeating: seen[0]) { return UInt16(seen[0]) }
        var best = Int64.max, most = -1.0
        for corner in 0..<8 {
            let label = seen[corner], share = shares.replacing(with: 0, where: seen .!= label).sum()
            if share > most || (share == most && label < best) { (best, most) = (label, share) }
        }
        return UInt16(best)
    }
}
