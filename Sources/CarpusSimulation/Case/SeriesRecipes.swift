import CarpusCore
import Foundation

/// The usual series of a wrist: timing, slices, and what makes each image of each visit a little different.
struct SeriesRecipes {
    let examination: Examination
    let patient: VirtualPatient
    let visit: Int
    private let position: Positioning

    init(examination: Examination, patient: VirtualPatient, visit: Int) {
        (self.examination, self.patient, self.visit) = (examination, patient, visit)
        position = patient.positioning(at: visit)
    }

    /// A series of a role.
    func series(_ role: SeriesRole) -> VirtualSeries {
        switch role {
        case .t1: volume(role, .spinEcho(repetition: 0.5, echo: 0.013), description: "COR T1 SE", start: 120)
        case .t1gd: volume(role, .spinEcho(repetition: 0.5, echo: 0.013), description: "COR T1 SE +C", start: 1260, afterInjection: 360)
        case .stir:
            volume(role, .inversionRecovery(repetition: 4, echo: 0.045, inversion: fatNull(repetition: 4, train: 0.09), train: 0.09), description: "COR STIR", start: 480)
        case .gre: volume(role, .gradientEcho(repetition: 0.235, echo: 0.011, flipDegrees: 20), description: "COR GRE T2*", start: 300)
        case .t1gdFatSaturated:
            volume(role, .spinEcho(repetition: 0.6, echo: 0.013), description: "AX T1 FS +C", start: 1620, afterInjection: 720, fatSaturated: true, axial: true)
        case .dce: dynamic()
        }
    }

    private func volume(
        _ role: SeriesRole, _ sequence: PulseSequence, description: String, start: Double, afterInjection: Double? = nil, fatSaturated: Bool = false, axial: Bool = false
    ) -> VirtualSeries {
        // The scan after gadolinium repeats the one before it.
        let name = role == .t1gd ? SeriesRole.t1.rawValue : role.rawValue
        var s = RandomStream(seed: position.seed, "series-\(name)")
        let thickness = axial ? max(examination.sliceThickness, 3) : examination.sliceThickness
        let grid = slices(inPlane: examination.inPlane, spacing: thickness * 1.1, axial: axial)
        var plan = ScanPlan(
            grid: grid, sequence: sequence, fieldTesla: examination.fieldTesla,
            fatSuppression: fatSaturated ? FatSuppression.drawn(seed: s.next(), centre: grid.centre) : nil, secondsAfterInjection: afterInjection)
        plan.sliceProfile = .selective(thickness: thickness)
        // The reference is fat before it is suppressed; what is left of the image needs more.
        finish(&plan, settingsOf: name, signalToNoise: role == .stir ? s.uniform(16, 26) : s.uniform(24, 40) * (fatSaturated ? 1.6 : 1), &s)
        let header = header(sequence, description: description, start: start, dimensions: 2, thickness: thickness, contrast: afterInjection != nil, fatSaturated: fatSaturated)
        return VirtualSeries(role: role, header: header, plan: plan, frameTimes: [], injectionSeconds: 0, placements: [position.placement(series: role.rawValue)])
    }

    private func dynamic() -> VirtualSeries {
        var s = RandomStream(seed: position.seed, "series-dce")
        let sequence = PulseSequence.gradientEcho(repetition: 0.0055, echo: 0.0022, flipDegrees: 15), thickness = max(examination.sliceThickness, 3)
        let grid = slices(inPlane: examination.inPlane * 1.6, spacing: thickness, axial: false)
        var plan = ScanPlan(grid: grid, sequence: sequence, fieldTesla: examination.fieldTesla, fatSuppression: FatSuppression.drawn(seed: s.next(), centre: grid.centre))
        finish(&plan, settingsOf: "dce", signalToNoise: s.uniform(14, 22), &s)
        // One frame takes some ten seconds; the table's clock is not quite even.
        let interval = s.uniform(9.2, 10.4), times = (0..<examination.frames).map { (Double($0) * interval * 1000).rounded() / 1000 }
        let header = header(sequence, description: "COR DCE 3D SPGR FS", start: 900, dimensions: 3, thickness: thickness, contrast: true, fatSaturated: true)
        return VirtualSeries(
            role: .dce, header: header, plan: plan, frameTimes: times, injectionSeconds: interval * Double(min(4, examination.frames / 3)) + s.uniform(0, 5),
            placements: position.placements(series: "dce", frames: examination.frames))
    }

    /// What all series of a visit share, and what luck adds.
    private func finish(_ plan: inout ScanPlan, settingsOf name: String, signalToNoise: Double, _ s: inout RandomStream) {
        // One coil at all visits, put on a little differently each time.
        var placing = RandomStream(seed: position.seed, "coil-placing")
        let off = Vector3(placing.normal(0, 3), placing.normal(0, 3), placing.normal(0, 4))
        plan.coil = CoilField.drawn(seed: patient.parameters.seed, centre: position.scannerFromSpecimen.translation + off)
        plan.signalToNoise = signalToNoise
        plan.storedReference = 900 * position.gain
        // A trial's scanner keeps its settings: they belong to the patient and the series, not to the visit.
        var settings = RandomStream(seed: patient.parameters.seed, "settings-\(name)")
        plan.frequencyAxis = settings.chance(0.5) ? 0 : 1
        plan.chemicalShiftPixels = settings.uniform(-1, 1)
        plan.acquiredFraction = SIMD2(settings.uniform(0.8, 1), settings.uniform(0.8, 1))
        plan.edgeFilter = settings.uniform(0.2, 0.8)
        if s.chance(0.5) { plan.ghost = PulsationGhost(amplitude: s.uniform(0.005, 0.03), spacingPixels: s.uniform(9, 25)) }
    }

    /// Slices round the wrist, tilted as the operator tilted them: rows to the patient's left; coronal columns run down and slices to the
    /// back, axial columns run to the back and slices up.
    private func slices(inPlane: Double, spacing: Double, axial: Bool) -> Grid {
        let field = axial ? Vector3(100, 76, 84) : Vector3(100, 108, 58)
        func even(_ length: Double, _ step: Double) -> Int { max(2, Int((length / step / 2).rounded()) * 2) }
        let size = Index3(even(field.x, inPlane), even(field.y, inPlane), max(1, Int((field.z / spacing).rounded())))
        let axes = axial ? Matrix3.identity : Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0))
        let turned = position.sliceTilt.matrix, direction = Matrix3(columns: turned * axes.x, turned * axes.y, turned * axes.z)
        // The wrist's middle lies a little towards the thumb and the palm of the capitate's.
        let middle = position.sliceTilt.affine(patient.wrist.frame.worldFromHand(Vector3(-2, 3, 2)))
        let half = Vector3(Double(size.x - 1) * inPlane, Double(size.y - 1) * inPlane, Double(size.z - 1) * spacing) / 2
        guard let grid = try? Grid(size: size, spacing: Vector3(inPlane, inPlane, spacing), origin: middle - direction * half, direction: direction) else {
            preconditionFailure("slices of an examination make a grid")
        }
        return grid
    }

    private func fatNull(repetition: Double, train: Double) -> Double {
        let fat = TissueTable.mean(fieldTesla: examination.fieldTesla).properties(of: .fat).fat
        return PulseSequence.nullingInversion(t1Seconds: fat.t1Seconds, repetition: repetition, train: train)
    }

    private func header(
        _ sequence: PulseSequence, description: String, start: Double, dimensions: Int, thickness: Double, contrast: Bool, fatSaturated: Bool
    ) -> SeriesHeader {
        var h = SeriesHeader(
            description: description, number: 0, scanningSequence: ["SE"], sequenceVariant: ["NONE"], scanOptions: fatSaturated ? ["FS"] : [], dimensions: dimensions,
            repetitionTime: 0, echoTime: 0, flipAngleDegrees: 90, fieldTesla: examination.fieldTesla, sliceThickness: thickness, contrastAgent: contrast, start: start)
        switch sequence {
        case .spinEcho(let tr, let te): (h.repetitionTime, h.echoTime) = (tr, te)
        case .turboSpinEcho(let tr, let te, _): (h.repetitionTime, h.echoTime, h.sequenceVariant) = (tr, te, ["SK"])
        case .gradientEcho(let tr, let te, let flip):
            (h.repetitionTime, h.echoTime, h.flipAngleDegrees, h.scanningSequence, h.sequenceVariant) = (tr, te, flip, ["GR"], ["SP"])
        case .inversionRecovery(let tr, let te, let ti, _):
            (h.repetitionTime, h.echoTime, h.inversionTime, h.scanningSequence, h.sequenceVariant) = (tr, te, ti, ["SE", "IR"], ["SK"])
        }
        return h
    }
}
