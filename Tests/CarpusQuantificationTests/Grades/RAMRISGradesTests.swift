import CarpusCore
import CarpusQuantification
import Foundation
import Testing

private typealias Measurement = CarpusCore.Measurement

/// Grades of measures that lie on, above and below every edge.
@Suite struct RAMRISGradesTests {
    private let bones = WristAnatomy.bones.map(\.name), joints = WristAnatomy.joints.map(\.name), tendons = WristAnatomy.tendonCompartments.map(\.name)

    private func row(_ quantity: String, _ value: Double, _ region: String, status: Measurement.Status = .ok, reason: String? = nil) -> Measurement {
        Measurement(quantity, value, unit: quantity == "thickness" ? "mm" : "1", region: region, status: status, reason: reason, method: "t")
    }

    /// A share of a bone or joint of 3 mL.
    private func share(_ fraction: Double, _ region: String) -> [Measurement] { [row("fraction", fraction, region), row("volume", fraction * 3, region)] }

    private func sheath(_ thickness: Double, slices: Double = 5, _ region: String) -> [Measurement] {
        [row("thickness", thickness, region), row("volume", thickness > 0 ? 0.5 : 0, region), row("slice-run", slices, region)]
    }

    /// A wrist without disease, but for what is given.
    private func wrist(_ given: [Measurement] = []) -> [Measurement] {
        let taken = Set(given.map(\.region))
        var all = joints.flatMap { share(0, "synovitis/\($0)") } + tendons.flatMap { sheath(0, slices: 0, "tenosynovitis/\($0)") }
        for lesion in ["bone-marrow-oedema", "erosion"] { all += bones.flatMap { share(0, "\(lesion)/\($0)") } }
        return all.filter { !taken.contains($0.region) } + given
    }

    private func rows(_ given: [Measurement], _ change: (inout RAMRISParameters) -> Void = { _ in }) throws -> RAMRISGrades {
        var parameters = RAMRISParameters()
        change(&parameters)
        return try RAMRISGrades(given, parameters: parameters, method: "grade.ramris/1")
    }

    private func grade(_ given: [Measurement], _ region: String, _ change: (inout RAMRISParameters) -> Void = { _ in }) throws -> Measurement {
        try #require(try rows(given, change).measurements.first { $0.region == region && $0.quantity == "ramris" })
    }

    // MARK: Edges

    @Test(arguments: ["synovitis/radiocarpal", "bone-marrow-oedema/lunate"])
    func thirdsEndAtTheirEdges(region: String) throws {
        let below = 1.0 / 3, above = below.nextUp, second = 2.0 / 3, floor = 0.01
        for (fraction, expected) in [(0, 0), (0.005, 0), (floor, 0), (floor.nextUp, 1), (below, 1), (above, 2), (second, 2), (second.nextUp, 3), (1, 3)] as [(Double, Double)] {
            #expect(try grade(wrist(share(fraction, region)), region) { $0.fractionMargin = 0 }.value == expected, "\(fraction)")
        }
        // Counts of voxels, not only the constants: 7 of 21, 14 of 21.
        #expect(try grade(wrist(share(7.0 / 21, region)), region).value == 1 && grade(wrist(share(14.0 / 21, region)), region).value == 2)
    }

    @Test func erosionsHaveTenGrades() throws {
        for tenth in 1...10 {
            let edge = Double(tenth) / 10, region = "erosion/hamate"
            #expect(try grade(wrist(share(edge, region)), region).value == Double(tenth))
            #expect(try grade(wrist(share(edge.nextUp, region)), region).value == Double(min(10, tenth + 1)))
        }
        #expect(try grade(wrist(), "erosion/hamate").value == 0)
    }

    @Test func widthsBelongToTheHigherGrade() throws {
        let region = "tenosynovitis/extensor-6"
        func value(_ width: Double, _ edition: RAMRISEdition) throws -> Double? { try grade(wrist(sheath(width, region)), region) { $0.edition = edition }.value }
        for (width, expected) in [(0, 0), (0.3, 0), (0.3.nextUp, 1), (1.5.nextDown, 1), (1.5, 2), (3.0.nextDown, 2), (3, 3), (9, 3)] as [(Double, Double)] {
            #expect(try value(width, .omeract2016) == expected, "\(width)")
        }
        for (width, expected) in [(1.5, 1), (2.0.nextDown, 1), (2, 2), (3, 2), (5.0.nextDown, 2), (5, 3)] as [(Double, Double)] {
            #expect(try value(width, .haavardsholm2007) == expected, "\(width)")
        }
    }

    @Test func tenosynovitisNeedsThreeSlicesOrALength() throws {
        let region = "tenosynovitis/flexor-common"
        #expect(try grade(wrist(sheath(4, slices: 2, region)), region).value == 0)
        #expect(try grade(wrist(sheath(4, slices: 3, region)), region).value == 3)
        #expect(try grade(wrist(sheath(4, slices: 2, region)), region) { $0.minimumSlices = 2 }.value == 3)
        #expect(try rows(wrist(sheath(4, slices: 2, region))).findings.first?.evidence[region] == "it runs over 2 slices, and 3 are asked for")
        // A length in millimetres instead.
        let long = sheath(4, slices: 2, region) + [row("run-length", 9, region)]
        #expect(try grade(wrist(long), region) { $0.minimumRunLength = 9 }.value == 3)
        #expect(try grade(wrist(long), region) { $0.minimumRunLength = 9.1 }.value == 0)
        // Where slices are not axial their run is not known.
        let unknown = try grade(wrist([row("thickness", 4, region), row("volume", 0.5, region), .notScorable("slice-run", unit: "1", region: region, because: "the slices are coronal", method: "t")]), region)
        #expect(unknown.value == 3 && unknown.status == .review && unknown.reason?.contains("coronal") == true)
    }

    // MARK: Floors

    @Test func floorsAreByLesionAndBySite() throws {
        let lunate = "bone-marrow-oedema/lunate", scaphoid = "bone-marrow-oedema/scaphoid"
        let given = wrist([row("fraction", 0.2, lunate), row("volume", 0.1, lunate), row("fraction", 0.2, scaphoid), row("volume", 0.1, scaphoid)])
        func set(_ p: inout RAMRISParameters) { p.noiseFloors = ["bone-marrow-oedema": NoiseFloor(volume: 0.05), scaphoid: NoiseFloor(volume: 0.1)] }
        #expect(try grade(given, lunate, set).value == 1)
        #expect(try grade(given, scaphoid, set).value == 0)
        // The volume suffices and the share does not: 1 % by default also where only the volume was named.
        let small = wrist([row("fraction", 0.009, lunate), row("volume", 0.1, lunate)])
        #expect(try grade(small, lunate, set).value == 0)
        #expect(try grade(small, lunate) { $0.noiseFloors = ["bone-marrow-oedema": NoiseFloor(volume: 0, fraction: 0)] }.value == 1)
    }

    // MARK: Doubt

    @Test func doubtsAreCarried() throws {
        let region = "synovitis/radiocarpal"
        let doubted = try grade(wrist([row("fraction", 0.5, region, status: .review, reason: "60 % covered"), row("volume", 1, region)]), region)
        #expect(doubted.value == 2 && doubted.status == .review && doubted.reason == "60 % covered")
        let lost = try grade(wrist([.notScorable("fraction", unit: "1", region: region, because: "t1gd is missing", method: "t"), row("volume", 1, region)]), region)
        #expect(lost.value == nil && lost.status == .notScorable && lost.reason == "t1gd is missing")
        #expect(try grade(wrist(share(0.5, region)), region).status == .ok)
    }

    @Test func nearAnEdgeTheNeighbourIsNamed() throws {
        let region = "bone-marrow-oedema/capitate"
        let near = try grade(wrist(share(0.32, region)), region)
        #expect(near.value == 1 && near.status == .review && near.reason == "0.32 lies within 0.02 of grade 2")
        // A narrow interval is believed, a wide one names all it allows; ends are shares by the volume's own interval.
        func measured(_ low: Double, _ high: Double) -> [Measurement] { share(0.32, region) + [row("volume-low", low * 3, region), row("volume-high", high * 3, region)] }
        #expect(try grade(wrist(measured(0.31, 0.33)), region).status == .ok)
        let wide = try grade(wrist(measured(0.005, 0.4)), region)
        #expect(wide.value == 1 && wide.status == .review && wide.reason == "its interval, 0.005 to 0.4, allows grades 0 to 2")
        let width = try grade(wrist(sheath(2.8, "tenosynovitis/extensor-1")), "tenosynovitis/extensor-1")
        #expect(width.value == 2 && width.status == .review && width.reason?.hasSuffix("grade 3") == true)
        // A healthy site is not doubted for lying near the floor.
        #expect(try grade(wrist(), region).status == .ok)
    }

    // MARK: Totals

    @Test func totalsHaveTheirMaxima() throws {
        var worst = joints.flatMap { share(1, "synovitis/\($0)") } + tendons.flatMap { sheath(6, "tenosynovitis/\($0)") }
        for lesion in ["bone-marrow-oedema", "erosion"] { worst += bones.flatMap { share(1, "\(lesion)/\($0)") } }
        for (edition, most) in [(RAMRISEdition.omeract2003, nil), (.omeract2016, 27.0), (.haavardsholm2007, 30)] {
            let all = try rows(worst) { $0.edition = edition }.measurements
            for (lesion, maximum) in [("synovitis", 9), ("bone-marrow-oedema", 45), ("erosion", 150), ("tenosynovitis", most)] as [(String, Double?)] {
                let total = all.first { $0.region == "\(lesion)/total" && $0.quantity == "ramris" }, most = all.first { $0.region == "\(lesion)/total" && $0.quantity == "ramris-maximum" }
                #expect(total?.value == maximum && most?.value == maximum && (total == nil) == (maximum == nil), "\(edition) \(lesion)")
            }
            #expect(all.allSatisfy { $0.method == "grade.ramris/1 \(edition.rawValue)" })
        }
        #expect(try rows(wrist()).measurements.filter { $0.region.hasSuffix("/total") && $0.quantity == "ramris" }.map(\.value) == [0, 0, 0, 0])
    }

    @Test func totalsAreRefusedOverMissingSites() throws {
        let given = wrist(share(0.5, "bone-marrow-oedema/lunate")).filter { !["bone-marrow-oedema/pisiform", "bone-marrow-oedema/hamate"].contains($0.region) }
        let refused = try rows(given), total = try grade(given, "bone-marrow-oedema/total")
        #expect(total.value == nil && total.status == .notScorable && total.reason?.contains("pisiform, hamate") == true)
        #expect(refused.findings.contains { $0.code == "ramris.missing-sites" && $0.evidence["bone-marrow-oedema"] == "pisiform, hamate" })
        let asked = try grade(given, "bone-marrow-oedema/total") { $0.totalOverMissing = true }
        #expect(asked.value == 2 && asked.status == .review && asked.reason == "2 of 15 sites are not scorable (pisiform, hamate); 39 is the most the others can reach")
        // Nothing at all stays nothing.
        #expect(try grade([], "synovitis/total") { $0.totalOverMissing = true }.value == nil)
    }

    // MARK: Parameters

    @Test func aProtocolSpellsOutTheEdition() throws {
        let text = try JSONEncoder().encode(RAMRISParameters()), blank = try JSONDecoder().decode(RAMRISParameters.self, from: text)
        #expect(blank.compartments?.count == 9 && blank.tenosynovitisEdges == [1.5, 3] && blank.oedemaEdges == [1.0 / 3, 2.0 / 3])
        var old = RAMRISParameters()
        old.edition = .haavardsholm2007
        old.noiseFloors = ["erosion": NoiseFloor(volume: 0.1)]
        let read = try JSONDecoder().decode(RAMRISParameters.self, from: JSONEncoder().encode(old))
        #expect(read.compartments?.count == 10 && read.tenosynovitisEdges == [2, 5])
        #expect(read.noiseFloors["erosion"] == NoiseFloor(volume: 0.1, fraction: 0.01) && read.noiseFloors["synovitis"] == RAMRISParameters.standardFloors["synovitis"])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(NoiseFloor.self, from: Data(#"{"volum": 1}"#.utf8)) }
    }

    @Test func foolishRulesAreRefused() throws {
        func refused(_ word: String, _ change: (inout RAMRISParameters) -> Void) {
            var parameters = RAMRISParameters()
            change(&parameters)
            #expect(parameters.complaint?.contains(word) == true, "\(parameters.complaint ?? "no complaint")")
            #expect(throws: QuantificationError.self) { try RAMRISGrades([], parameters: parameters, method: "t") }
        }
        refused("bone-marrow-oedema") { $0.oedemaEdges = [0.7, 0.3] }
        refused("9 rising") { $0.erosionEdges = [0.5] }
        refused("below 1") { $0.synovitisEdges = [0.5, 1.2] }
        refused("tenosynovitis") { $0.tenosynovitisEdges = [0, 3] }
        refused("'lunate'") { $0.compartments = ["lunate"] }
        refused("no compartment") { ($0.edition, $0.lesions) = (.omeract2003, [.tenosynovitis]) }
        refused("'erosion/radiocarpal'") { $0.noiseFloors["erosion/radiocarpal"] = NoiseFloor() }
        refused("negative") { $0.noiseFloors["erosion"] = NoiseFloor(volume: -1) }
        refused("minimumRunLength") { $0.minimumRunLength = -1 }
        #expect(throws: QuantificationError.self) { try RAMRISGrades(share(0.1, "erosion/lunate") + share(0.2, "erosion/lunate"), method: "t") }
        #expect(RAMRISParameters().complaint == nil)
    }
}
