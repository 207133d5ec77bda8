import CarpusCore
import CarpusSimulation
import Synchronization

/// The mean of all virtual wrists, healthy and straight, as a scanner without noise sees it, with its labels: an atlas nobody had to draw.
/// It is the same in every run. Its vessels are one wrist's: no label is made of them.
struct MeanWrist: Sendable {
    /// The image, isotropic, in the world of the wrist at rest: distal is S, dorsal is P.
    let image: Volume<Float>
    /// The labels of `WristAnatomy`, on a finer grid of that world.
    let labels: LabelMap

    /// All but vessels, whose pattern is one wrist's and no mean.
    var structures: LabelMap {
        let vessels = Set(WristAnatomy.structures.filter { $0.kind == .vessel }.map(\.label))
        return labels.keeping { !vessels.contains($0) }
    }

    /// The bones alone.
    var bones: LabelMap {
        let last = UInt16(WristAnatomy.bones.count)
        return labels.keeping { $0 <= last }
    }

    /// Distance of the labels' and of the image's voxels, mm.
    private static let labelStep = 0.5, imageStep = 0.8
    /// Field of the scanner, tesla.
    private static let field = 1.5

    /// Those that were made, since every visit asks for the same; one is made at a time, and who asks meanwhile waits.
    private static let made = Mutex<[String: MeanWrist]>([:])

    /// The wrist of a side as a contrast shows it: made once, and kept.
    static func like(_ contrast: SegmentAtlas.Contrast, side: Laterality) -> MeanWrist {
        made.withLock { made in
            let key = "\(contrast.rawValue) \(side.rawValue)", wrist = made[key] ?? MeanWrist(contrast, side: side)
            made[key] = wrist
            return wrist
        }
    }

    private init(_ contrast: SegmentAtlas.Contrast, side: Laterality) {
        let specimen = VirtualWrist(.mean, side: side).sampled(DiseaseState(), step: Self.labelStep).specimen
        labels = LabelMap(grid: specimen.grid, labels: specimen.region.map(UInt16.init), legend: WristAnatomy.legend)
        let extent = Vector3(specimen.grid.size) * Self.labelStep
        var size = Index3((extent / Self.imageStep).rounded(.down))
        for axis in 0..<3 { size[axis] -= size[axis] % 2 }
        let origin = specimen.grid.centre - (Vector3(size) - 1) * (Self.imageStep / 2)
        guard let grid = try? Grid(size: size, spacing: Vector3(repeating: Self.imageStep), origin: origin) else { preconditionFailure("a wrist has an extent") }
        let table = TissueTable.mean(fieldTesla: Self.field)
        var plan = ScanPlan(grid: grid, sequence: Self.sequence(contrast, table), fieldTesla: Self.field, secondsAfterInjection: contrast == .t1gd ? 360 : nil)
        plan.signalToNoise = 1e6
        // Real images are filtered too; ringing is no structure.
        plan.edgeFilter = 0.5
        image = VirtualScanner(specimen).acquire(plan, table: table, seed: 0, name: "atlas").volume
    }

    /// The usual timing of wrist protocols, s.
    private static func sequence(_ contrast: SegmentAtlas.Contrast, _ table: TissueTable) -> PulseSequence {
        switch contrast {
        case .t1, .t1gd: return .spinEcho(repetition: 0.5, echo: 0.013)
        case .gre: return .gradientEcho(repetition: 0.235, echo: 0.011, flipDegrees: 20)
        case .stir:
            let null = PulseSequence.nullingInversion(t1Seconds: table.properties(of: .fat).fat.t1Seconds, repetition: 4, train: 0.09)
            return .inversionRecovery(repetition: 4, echo: 0.045, inversion: null, train: 0.09)
        }
    }
}
