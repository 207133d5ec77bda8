extension DisplacementField {
    /// What a transform does at each voxel of a grid, as other programs take it: one field for a whole chain.
    public init(of transform: Transform, on grid: Grid) {
        let vectors = [SIMD3<Float>](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer
            Parallel.forEach(blocksOf: grid.count) { block in
                for i in block {
                    let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
                    out.initializeElement(at: i, to: SIMD3<Float>(transform(p) - p))
                }
            }
            initialized = grid.count
        }
        self.init(grid: grid, displacements: vectors)
    }
}
