import CarpusCore

/// Distances between the outer voxels of two sets, each voxel counted once: the definition of MedPy and of many challenges.
public enum VoxelSurface {
    /// The distance in mm that a share (0 to 1) of the outer voxels of both sets together does not exceed, linear between order
    /// statistics; 1 is the Hausdorff distance. An outer voxel shares a face with one that is not in its set; its distance is the one
    /// to the nearest outer voxel of the other set. Nil when a set is empty.
    public static func hausdorff(_ pair: MaskPair, share: Double) -> Double? {
        guard pair.resultCount > 0, pair.truthCount > 0 else { return nil }
        let a = outer(pair.result, pair.size), b = outer(pair.truth, pair.size)
        let all = distances(a, to: b, pair) + distances(b, to: a, pair)
        return Robust.quantile(ofSorted: all.sorted(), share)
    }

    private static func outer(_ mask: [Bool], _ size: Index3) -> [Bool] {
        let steps = [1, size.x, size.x * size.y]
        // The crop's outermost voxels are empty, so that every voxel of the set has six neighbours.
        return mask.indices.map { i in mask[i] && steps.contains { !mask[i - $0] || !mask[i + $0] } }
    }

    private static func distances(_ from: [Bool], to other: [Bool], _ pair: MaskPair) -> [Double] {
        let squared = DistanceTransform.squaredDistances(to: other, size: pair.size, spacing: pair.spacing)
        return from.indices.lazy.filter { from[$0] }.map { squared[$0].squareRoot() }
    }
}

extension Robust {
    /// The quantile `q` of 0...1 of values that are sorted and not none, linear between order statistics.
    static func quantile(ofSorted values: [Double], _ q: Double) -> Double {
        let at = q * Double(values.count - 1), low = min(Int(at), values.count - 1), high = min(low + 1, values.count - 1)
        return values[low] + (values[high] - values[low]) * (at - Double(low))
    }
}
