import CarpusCore
import CarpusSimulation

/// A virtual wrist scanned twice, and what is true of it: `SEED:ACTIVITY`, with `:still` where the disease of the first visit is that of the second too.
///
/// The second visit is scanned three times: as it is, and without noise with the disease of either visit. The difference of those two is what the
/// disease changed in the image, whatever else differs between the visits.
struct WristPair {
    let name: String
    let isStill: Bool
    let baseline, followup: Volume<Float>
    /// The second visit without noise, minus the same with the disease of the first; in the second scan's unit and on its grid.
    let change: Volume<Float>
    let anatomy: LabelMap
    /// Of each visit, in that visit's world.
    let lesions: (LabelMap, LabelMap)
    /// World points of the baseline to those of the follow-up.
    let whole: Affine
    let bones: [(name: String, map: Affine)]

    init?(_ text: String, sliceThickness: Double) {
        let parts = text.split(separator: ":")
        guard parts.count >= 2, let seed = UInt64(parts[0]), let activity = Double(parts[1]), parts.count == 2 || parts[2] == "still" else { return nil }
        var wanted = VirtualPatient.Parameters(seed: seed)
        (wanted.activity, wanted.visits) = (activity, 2)
        let patient = VirtualPatient(wanted), before = patient.course.visits[0], after = parts.count == 2 ? patient.course.visits[1] : before
        var examination = Examination()
        (examination.roles, examination.sliceThickness) = ([.t1gd], sliceThickness)
        let table = TissueTable(fieldTesla: examination.fieldTesla, seed: seed)
        let positions = [patient.positioning(at: 0), patient.positioning(at: 1)]
        let series = [examination.series(of: patient, visit: 0)[0], examination.series(of: patient, visit: 1)[0]]

        func specimen(_ state: DiseaseState, _ visit: Int) -> Specimen { patient.wrist.sampled(state, boneMotions: positions[visit].boneMotions, step: 0.25).specimen }
        func scan(_ specimen: Specimen, _ visit: Int, noise: Bool) -> Volume<Float> {
            var plan = series[visit].plan
            if !noise { plan.signalToNoise = 1e9 }
            return VirtualScanner(specimen).acquire(plan, scannerFromSpecimen: series[visit].placements[0], table: table, seed: positions[visit].seed, name: "t1gd").volume
        }
        func truth(_ specimen: Specimen, _ visit: Int) -> (anatomy: LabelMap, lesions: LabelMap) {
            TruthSampling.majorityLabels(of: specimen, on: Self.cubes(around: series[visit].plan.grid), scannerFromSpecimen: series[visit].placements[0])
        }
        let first = specimen(before, 0), second = specimen(after, 1), labels = truth(first, 0)
        (baseline, followup) = (scan(first, 0, noise: true), scan(second, 1, noise: true))
        (anatomy, lesions) = (labels.anatomy, (labels.lesions, truth(second, 1).lesions))
        isStill = before == after
        let with = scan(second, 1, noise: false), without = isStill ? with : scan(specimen(before, 1), 1, noise: false)
        change = Volume(grid: with.grid, scalars: zip(with.scalars, without.scalars).map { $0 - $1 })
        let back = series[0].placements[0].inverse.affine, forth = series[1].placements[0].affine
        whole = forth * back
        bones = WristAnatomy.bones.enumerated().map { i, bone in (bone.name, forth * positions[1].boneMotion(i) * back) }
        name = text
    }

    /// Cubes of 0.4 mm along L, P and S that fill the box of a grid.
    private static func cubes(around grid: Grid) -> Grid {
        let spacing = 0.4, low = grid.corners.reduce(grid.corners[0]) { pointwiseMin($0, $1) }, high = grid.corners.reduce(grid.corners[0]) { pointwiseMax($0, $1) }
        let span = ((high - low) / spacing).rounded(.up)
        guard let made = try? Grid(size: Index3(Int(span.x), Int(span.y), Int(span.z)) &+ 1, spacing: Vector3(repeating: spacing), origin: low) else {
            preconditionFailure("a grid has a box")
        }
        return made
    }
}
