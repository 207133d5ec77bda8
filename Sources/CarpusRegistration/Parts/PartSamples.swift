import CarpusCore

/// Where parts are looked at: points of the frame halfway between two scans.
struct PartSamples: Sendable {
    /// One part.
    struct Part: Sendable {
        let label: Label
        /// Points of the part and its rim, mm; evenly picked.
        let points: [Vector3]
        /// The middle of the part, mm.
        let centre: Vector3
        /// The volume that the points stand for, mm³.
        let volume: Double
    }
    let parts: [Part]

    /// The edge of the cubes in which parts are told, mm, and the points of a part, at most.
    private static let edge = 0.75, most = 12_000

    /// Nil where no part is labelled.
    init?(_ frame: PartFrame, first: LabelMap?, second: LabelMap?, _ parameters: PartRegistration.Parameters) {
        let wanted = Self.wanted([first, second].compactMap { $0?.legend }, parameters.parts)
        let (a, b) = (first?.keeping(wanted.contains), second?.keeping(wanted.contains))
        guard let toFirst = frame.firstFromHalfway.inverse, let toSecond = frame.secondFromHalfway.inverse else { preconditionFailure("a rigid map has an inverse") }
        let maps = [(a, toFirst), (b, toSecond)].compactMap { map, to in map.map { (labels: $0, to: to) } }
        guard let grid = Grid.enclosing(maps, margin: parameters.rim + Self.edge, spacing: Self.edge),
              let map = LabelMap.halfway(on: grid, first: (a, .affine(frame.firstFromHalfway)), second: (b, .affine(frame.secondFromHalfway))) else { return nil }
        // The nearest part of each voxel around, and how far it is.
        var nearest = [Float](repeating: .infinity, count: grid.count), owner = [UInt16](repeating: 0, count: grid.count)
        let labels = map.legend.labels
        for label in labels {
            guard let box = LabelNeighbourhood(of: label.value, in: map, margin: parameters.rim) else { continue }
            box.forEach(distancesTo: label.value, in: map) { i, _, squared in
                if Float(squared) < nearest[i] { (nearest[i], owner[i]) = (Float(squared), label.value) }
            }
        }
        let limit = Float(parameters.rim * parameters.rim)
        parts = labels.compactMap { label in
            let voxels = owner.indices.filter { owner[$0] == label.value && nearest[$0] <= limit }
            return voxels.isEmpty ? nil : Part(label, voxels, in: map, most: Self.most)
        }
        if parts.isEmpty { return nil }
    }

    /// The values of the labels that are parts.
    private static func wanted(_ legends: [Legend], _ names: [String]) -> Set<UInt16> {
        let labels = legends.flatMap(\.labels)
        if !names.isEmpty { return Set(labels.filter { names.contains($0.name) }.map(\.value)) }
        return Set(labels.filter { WristAnatomy.structure(named: $0.name)?.kind == .bone }.map(\.value))
    }
}

extension PartSamples.Part {
    fileprivate init(_ label: Label, _ voxels: [Int], in map: LabelMap, most: Int) {
        let step = max(1, (voxels.count + most - 1) / most), picked = stride(from: 0, to: voxels.count, by: step).map { voxels[$0] }
        points = picked.map { map.grid.worldFromVoxel(Vector3(map.grid.index(at: $0))) }
        centre = points.reduce(.zero, +) / Double(points.count)
        volume = Double(voxels.count) * map.grid.voxelVolume
        self.label = label
    }
}
