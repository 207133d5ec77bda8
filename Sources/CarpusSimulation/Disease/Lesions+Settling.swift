import CarpusCore

extension Lesions {
    /// The lesions a state asks for, settled in a wrist: places follow from the seed and stay over the visits, sizes follow the dials.
    init(_ state: DiseaseState, in survey: Survey, shape: WristShape) {
        let cube = Double(Survey.step * Survey.step * Survey.step) * shape.size * shape.size * shape.size
        joints = (0..<3).map { j in
            Self.joint(j, state.joints[j], points: survey.joints[j], countPerMillilitre: 1000 / cube, seed: shape.seed)
        }
        bones = (0..<15).map { b in Self.bone(b, state.bones[b], survey: survey, size: shape.size, seed: shape.seed) }
        sheaths = state.sheaths.enumerated().map { c, s in
            s.thickness > 0 ? SheathInflation(s, compartment: c, size: shape.size, seed: shape.seed) : nil
        }
        ganglion = state.ganglion > 0 ? (SIMD3(-8, 1, -15.5), Float(state.ganglion / shape.size)) : nil
        vessels = VascularPattern(seed: shape.seed, vascularity: state.vascularity)
        ragged = SmoothNoise(seed: shape.seed, "ragged", wavelength: 2)
    }

    private static func joint(_ j: Int, _ state: DiseaseState.Joint, points: [SIMD3<Float>], countPerMillilitre: Double, seed: UInt64) -> Joint? {
        guard state.synovitis > 0 || state.effusion > 0, !points.isEmpty else { return nil }
        var stream = RandomStream(seed: seed, "joint-\(j)")
        let places = (0..<max(state.patches.count, 1)).map { _ in points[stream.integer(0...points.count - 1)] }
        let sizes = state.patches.isEmpty ? [1] : state.patches.map { Float($0) }
        let synovitis = GrowthField(centres: places, sizes: sizes, noise: SmoothNoise(seed: seed, "synovitis-\(j)", wavelength: 3.5), unevenness: 5)
        let effusion = GrowthField(
            centres: [points[stream.integer(0...points.count - 1)]], sizes: [1], noise: SmoothNoise(seed: seed, "effusion-\(j)", wavelength: 6), unevenness: 4)
        let wanted = Int((state.synovitis * countPerMillilitre).rounded())
        let level = synovitis.level(holding: wanted, of: points)
        let rest = points.filter { synovitis($0) > level }
        return Joint(
            synovitis: synovitis, synovitisLevel: level, effusion: effusion,
            effusionLevel: effusion.level(holding: Int((state.effusion * countPerMillilitre).rounded()), of: rest))
    }

    private static func bone(_ b: Int, _ state: DiseaseState.Bone, survey: Survey, size: Double, seed: UInt64) -> Bone? {
        let marrow = survey.marrow[b]
        guard !marrow.isEmpty, state.oedema > 0 || state.cyst > 0 || state.erosions.contains(where: { $0 > 0 }) else { return nil }
        var stream = RandomStream(seed: seed, "bone-\(b)")
        func anywhere(in points: [SIMD3<Float>]) -> SIMD3<Float> { points.isEmpty ? marrow[stream.integer(0...marrow.count - 1)] : points[stream.integer(0...points.count - 1)] }
        // Places are drawn in one order whatever the sizes, so that they stay when sizes change.
        let oedemaPlaces = (0..<2).map { _ in anywhere(in: survey.subchondral[b]) }, cystPlace = anywhere(in: marrow)
        let erosionPlaces = state.erosions.map { _ in anywhere(in: survey.bareAreas[b]) }
        let erosions = zip(erosionPlaces, state.erosions).filter { $1 > 0 }.map { (centre: $0, radius: Float($1 / size)) }
        let centres = oedemaPlaces + erosions.map(\.centre)
        let field = state.oedema > 0 ? GrowthField(
            centres: centres, sizes: [1, 0.6] + erosions.map { _ in 0.5 }, noise: SmoothNoise(seed: seed, "oedema-\(b)", wavelength: 5), unevenness: 4) : nil
        let level = field?.level(holding: Int((state.oedema * Double(marrow.count)).rounded()), of: marrow) ?? -.infinity
        return Bone(oedema: field, oedemaLevel: level, erosions: erosions, cyst: state.cyst > 0 ? (cystPlace, Float(state.cyst / size)) : nil)
    }
}
