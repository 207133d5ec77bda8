import CarpusCore
import CarpusIO
import CarpusPipeline
import CarpusRegistration
import CarpusSimulation
import Foundation

/// One visit of a simulated study: the wrist is sampled once, every series scanned from that, and the truth counted and cut on each grid.
struct SimulatedVisit {
    let study: SimulatedStudy
    let person: VirtualPatient
    let names: SimulatedNames
    let visit: Int

    /// Writes scans and truth; gives the true measures.
    func write(tell: (String) -> Void) throws -> [CarpusCore.Measurement] {
        let position = person.positioning(at: visit), state = person.course.visits[visit]
        let (specimen, counts) = person.wrist.sampled(state, boneMotions: position.boneMotions, step: study.step)
        let scanner = VirtualScanner(specimen), tissues = TissueTable(fieldTesla: study.examination.fieldTesla, seed: study.patient.seed)
        let all = study.examination.series(of: person, visit: visit)
        var record = VisitRecord(state: state, gain: position.gain, boneMotions: position.boneMotions.map(\.affine.matrixRows))
        for series in all {
            tell("visit \(visit + 1) of \(study.patient.visits): \(series.header.description)")
            let noise = series.role == .dce
                ? try dynamic(series, scanner, specimen, tissues, seed: position.seed) : try volume(series, scanner, specimen, tissues, seed: position.seed)
            record.series[series.role.rawValue] = .init(noise: noise, signalToNoise: series.plan.signalToNoise, scannerFromWrist: series.placements[0].affine.matrixRows)
        }
        try writeTruth(all, specimen, record)
        var rows = TruthMeasures.rows(counts)
        rows += TruthGrades.rows(of: rows)
        for i in rows.indices { (rows[i].visit, rows[i].side) = (names.visit(visit), person.wrist.side) }
        return rows
    }

    private func volume(_ series: VirtualSeries, _ scanner: VirtualScanner, _ specimen: Specimen, _ tissues: TissueTable, seed: UInt64) throws -> Double {
        let scan = scanner.acquire(series.plan, scannerFromSpecimen: series.placements[0], table: tissues, seed: seed, name: series.role.rawValue)
        switch study.format {
        case .nifti: try writeNIfTI(series) { try NIfTI.write(scan.volume, to: $0, as: .integer) }
        case .dicom: try writeDICOM(series) { try DICOMWriter.write(scan.volume, as: $0, to: $1) }
        }
        try writeLabels(specimen, series)
        return scan.noise
    }

    private func dynamic(_ series: VirtualSeries, _ scanner: VirtualScanner, _ specimen: Specimen, _ tissues: TissueTable, seed: UInt64) throws -> Double {
        let scan = scanner.acquireDynamic(
            series.plan, frameTimes: series.frameTimes, injectionSeconds: series.injectionSeconds, motions: series.placements, table: tissues, seed: seed, name: series.role.rawValue)
        switch study.format {
        case .nifti: try writeNIfTI(series) { try NIfTI.write(scan.series, to: $0, as: .integer) }
        case .dicom: try writeDICOM(series) { try DICOMWriter.write(scan.series, as: $0, to: $1) }
        }
        try writeLabels(specimen, series)
        let stem = names.stem(visit, series.role)
        let truth = TruthSampling.kinetics(of: specimen, on: series.plan.grid, scannerFromSpecimen: series.placements[0], table: tissues, profile: series.plan.sliceProfile)
        try writeMap(truth.classes, to: names.truth("\(stem)_desc-class_dcemap"))
        for (name, map) in [("ktrans", truth.ktransPerMinute), ("ve", truth.ve), ("vp", truth.vp)] {
            try OutputFile.write(to: names.truth("\(stem)_desc-\(name)_dcemap.nii.gz")) { try NIfTI.write(map, to: $0) }
        }
        let centre = series.plan.grid.centre
        try OutputFile.write(TruthTransforms.motionTable(series.placements, times: series.frameTimes, centre: centre), to: names.truth("\(stem)_desc-motion_dce.tsv"))
        return scan.noise
    }

    private func writeNIfTI(_ series: VirtualSeries, _ body: (URL) throws -> Void) throws {
        let file = names.scan(visit, series.role)
        try OutputFile.write(to: file.appendingPathExtension("nii.gz"), body)
        try OutputFile.write(series.header.sidecar(side: person.wrist.side, frameTimes: series.frameTimes).readable(), to: file.appendingPathExtension("json"))
    }

    private func writeDICOM(_ series: VirtualSeries, _ body: (MRSeriesDescription, URL) throws -> Void) throws {
        let folder = names.root.appending(path: "\(names.session(visit))/dicom", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw IOError(.cannotWrite, at: folder, "the folder cannot be made (\(error.localizedDescription)); check space and permissions")
        }
        let description = SimulatedDICOM(person: person, subject: names.subject, visit: visit).description(of: series)
        let name = BIDSLabel.fileName(number: String(format: "%02d", series.header.number), description: series.header.description)
        try body(description, folder.appending(path: name, directoryHint: .isDirectory))
    }

    private func writeLabels(_ specimen: Specimen, _ series: VirtualSeries) throws {
        let grid = series.plan.grid, place = series.placements[0], profile = series.plan.sliceProfile, stem = names.stem(visit, series.role)
        let (anatomy, lesions) = TruthSampling.labels(of: specimen, on: grid, scannerFromSpecimen: place, profile: profile)
        try writeMap(anatomy, to: names.truth("\(stem)_seg-anatomy_dseg"))
        try writeMap(lesions, to: names.truth("\(stem)_seg-lesions_dseg"))
        let shares = TruthSampling.lesionShares(of: specimen, on: grid, scannerFromSpecimen: place, profile: profile)
        for (label, share) in zip(lesions.legend.labels, shares) {
            // A label of a file's name has letters and figures only.
            let file = names.truth("\(stem)_seg-lesions_label-\(label.name.replacing("-", with: ""))_probseg.nii.gz")
            try OutputFile.write(to: file) { try NIfTI.write(share, to: $0) }
        }
    }

    private func writeTruth(_ all: [VirtualSeries], _ specimen: Specimen, _ record: VisitRecord) throws {
        let first = all[0], transforms = TruthTransforms(names: names, patient: person)
        let (anatomy, lesions) = TruthSampling.labels(of: specimen, on: Self.isotropic(around: first.plan.grid), scannerFromSpecimen: first.placements[0])
        let stem = "\(names.session(visit))/anat/\(names.prefix(visit))_res-iso"
        try writeMap(anatomy, to: names.truth("\(stem)_seg-anatomy_dseg"))
        try writeMap(lesions, to: names.truth("\(stem)_seg-lesions_dseg"))
        for series in all.dropFirst() { try transforms.writeSeries(visit, first: first.role, series.role) }
        if visit > 0 { try transforms.writeChange(from: visit - 1, to: visit, series: all.contains { $0.role == .t1gd } ? .t1gd : first.role) }
        try OutputFile.write(JSON(encoding: record).readable(), to: names.truth("\(names.session(visit))/\(names.prefix(visit))_truth.json"))
    }

    /// Cubes of 0.4 mm along L, P and S that fill the box of a grid.
    private static func isotropic(around grid: Grid) -> Grid {
        let spacing = 0.4, corners = grid.corners
        let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }, high = corners.reduce(corners[0]) { pointwiseMax($0, $1) }
        let span = ((high - low) / spacing).rounded(.up)
        guard let made = try? Grid(size: Index3(Int(span.x), Int(span.y), Int(span.z)) &+ 1, spacing: Vector3(repeating: spacing), origin: low) else {
            preconditionFailure("a grid has a box")
        }
        return made
    }

    private func writeMap(_ map: LabelMap, to stem: URL) throws {
        try OutputFile.write(to: stem.appendingPathExtension("nii.gz")) { try NIfTI.write(map, to: $0) }
        try OutputFile.write(map.legend.table, to: stem.appendingPathExtension("tsv"))
    }
}

/// What is true of a visit and fits no table.
private struct VisitRecord: Encodable {
    struct Series: Encodable {
        /// Standard deviation of the noise in either channel, in stored units.
        let noise: Double
        /// Of fat (of muscle, where fat is nulled) before the coil.
        let signalToNoise: Double
        /// From the wrist's own frame (LPS mm, the capitate's middle at 0) to the scanner's; the first frame of a dynamic series.
        let scannerFromWrist: [[Double]]
    }
    let state: DiseaseState
    let gain: Double
    /// How each bone lies against the first visit, in the wrist's own frame.
    let boneMotions: [[[Double]]]
    var series: [String: Series] = [:]

    init(state: DiseaseState, gain: Double, boneMotions: [[[Double]]]) { (self.state, self.gain, self.boneMotions) = (state, gain, boneMotions) }
}
