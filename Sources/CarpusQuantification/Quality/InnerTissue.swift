import CarpusCore

/// Places well inside a mask, where a small misalignment of two scans shows no border.
enum InnerTissue {
    /// Voxels of the mask whose eight neighbours in the slice, exactly `reach` voxels away, belong to it as well; on the field's border none does.
    static func indices(of mask: [UInt8], grid: Grid, reach: Int) -> [Int] {
        let strides = [1, grid.size.x, grid.size.x * grid.size.y], plane = (0..<3).filter { $0 != grid.throughPlaneAxis }
        let (u, v) = (plane[0], plane[1]), (du, dv) = (reach * strides[u], reach * strides[v])
        return mask.indices.filter { i in
            guard mask[i] != 0 else { return false }
            let at = grid.index(at: i)
            guard at[u] >= reach, at[v] >= reach, at[u] < grid.size[u] - reach, at[v] < grid.size[v] - reach else { return false }
            return mask[i - du] != 0 && mask[i + du] != 0 && mask[i - dv] != 0 && mask[i + dv] != 0
                && mask[i - du - dv] != 0 && mask[i - du + dv] != 0 && mask[i + du - dv] != 0 && mask[i + du + dv] != 0
        }
    }
}
