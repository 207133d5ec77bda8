import Carpus
import CarpusCore
import CarpusQuantification
import CarpusSegmentation
import Testing

/// From what enhances or holds water to grades by site: `name.lesions`, `measure.volumes` and `grade.ramris`, one after the other.
@Suite struct LesionGradeChainTests {
    typealias Row = CarpusCore.Measurement

    private func graded(_ kind: NameLesions.Parameters, _ found: LabelMap, lesions: [RAMRISLesion]) throws -> (volumes: [Row], grades: [Row], others: [Row]) {
        let anatomy = try BoxWrist.map(BoxWrist.anatomy, WristAnatomy.legend), named = try NameLesions.run(.init(found: found, anatomy: anatomy), kind)
        var measuring = MeasureVolumes.Parameters(), grading = GradeRAMRIS.Parameters()
        measuring.regions = lesions.map(\.rawValue)
        let volumes = try MeasureVolumes.run(.init(labels: named.labels, anatomy: anatomy), measuring).volumes
        (grading.lesions, grading.totalOverMissing) = (lesions, true)
        return (volumes.rows, try GradeRAMRIS.run(.init(volumes: volumes), grading).grades.rows, named.others.rows)
    }

    private func row(_ rows: [Row], _ quantity: String, _ region: String) throws -> Row {
        try #require(rows.first { $0.quantity == quantity && $0.region == region }, "\(quantity) of \(region)")
    }

    private func expect(_ rows: [Row], _ quantity: String, _ region: String, _ value: Double, within tolerance: Double = 1e-9) throws {
        let row = try row(rows, quantity, region), found = try #require(row.value, "\(quantity) of \(region)")
        #expect(abs(found - value) <= tolerance, "\(quantity) of \(region) is \(found), not \(value)")
    }

    @Test func whatEnhancesBecomesGradesOfJointsAndSheaths() throws {
        var kind = NameLesions.Parameters()
        kind.kind = .enhancement
        let (volumes, grades, others) = try graded(kind, BoxWrist.found(BoxWrist.enhancing), lesions: [.synovitis, .tenosynovitis])
        for (site, share, volume, grade) in [("distal-radioulnar", 0.9, 1.728, 3.0), ("radiocarpal", 0.2, 0.192, 1), ("intercarpal-carpometacarpal", 0.5, 0.48, 2)] {
            try expect(volumes, "fraction", "synovitis/\(site)", share)
            try expect(volumes, "volume", "synovitis/\(site)", volume)
            try expect(grades, "ramris", "synovitis/\(site)", grade)
        }
        try expect(grades, "ramris", "synovitis/total", 6)
        // 99 % of a layer of w lies within 0.99 w. Two slices are one too few, and a tendon with nothing beside it is a measured 0.
        for (site, width, slices, grade) in [("extensor-1", 2.0, 2.0, 0.0), ("extensor-2", 1, 5, 1), ("extensor-4", 2, 5, 2), ("extensor-6", 4, 5, 3), ("flexor-fcr", 0, 0, 0)] {
            try expect(volumes, "thickness", "tenosynovitis/\(site)", 0.99 * width, within: 0.02)
            try expect(volumes, "volume", "tenosynovitis/\(site)", width * 4 * slices * 3 / 1000)
            try expect(volumes, "slice-run", "tenosynovitis/\(site)", slices)
            try expect(grades, "ramris", "tenosynovitis/\(site)", grade)
        }
        // Four of nine compartments are not in the map: no zero is made of them.
        let total = try row(grades, "ramris", "tenosynovitis/total")
        #expect(total.value == 6 && total.status == .review && total.reason?.contains("4 of 9 sites are not scorable (extensor-3, extensor-5, flexor-fpl, flexor-common)") == true, "\(total)")
        #expect(try row(grades, "ramris", "tenosynovitis/extensor-3").status == .notScorable)
        // A vessel of 9 mm² enhances over 60 mm.
        try expect(others, "vessel-suspect-volume", "enhancement", 0.54)
        try expect(others, "outside-anatomy-volume", "enhancement", 0.012)
    }

    @Test func waterBecomesGradesOfBones() throws {
        var kind = NameLesions.Parameters()
        kind.kind = .water
        let (volumes, grades, others) = try graded(kind, BoxWrist.found(BoxWrist.water), lesions: [.boneMarrowOedema])
        let sites = [("distal-radius", 0.6, 2.0), ("scaphoid", 0.25, 1), ("lunate", 0.5, 2), ("triquetrum", 0, 0), ("capitate", 0.8, 3), ("hamate", 0, 0)]
        for (site, share, grade) in sites {
            // The radius' end is found to a few hundredths of a millimetre of its ten.
            try expect(volumes, "fraction", "bone-marrow-oedema/\(site)", share, within: site == "distal-radius" ? 0.02 : 1e-9)
            try expect(grades, "ramris", "bone-marrow-oedema/\(site)", grade)
        }
        let total = try row(grades, "ramris", "bone-marrow-oedema/total"), most = try row(grades, "ramris-maximum", "bone-marrow-oedema/total")
        #expect(total.value == 8 && total.status == .review && most.value == 18, "\(total)")
        #expect(try row(grades, "ramris", "bone-marrow-oedema/distal-ulna").status == .notScorable)
        // The joint's fluid is no oedema.
        try expect(others, "outside-anatomy-volume", "water", 0.96)
    }

    @Test func aDoubtAboutLabelsReachesEveryGrade() throws {
        let anatomy = try BoxWrist.map(BoxWrist.anatomy, WristAnatomy.legend), named = try NameLesions.run(.init(found: try BoxWrist.found(BoxWrist.enhancing), anatomy: anatomy), .init())
        var measuring = MeasureVolumes.Parameters(), grading = GradeRAMRIS.Parameters()
        (measuring.regions, measuring.doubt) = (["synovitis"], "nobody looked")
        grading.lesions = [.synovitis]
        let grades = try GradeRAMRIS.run(.init(volumes: MeasureVolumes.run(.init(labels: named.labels, anatomy: anatomy), measuring).volumes), grading).grades.rows
        let sites = grades.filter { $0.quantity == "ramris" && !$0.region.hasSuffix("/total") }
        #expect(sites.count == 3 && sites.allSatisfy { $0.status == .review && $0.reason?.contains("nobody looked") == true })
    }
}
