import CarpusCore
import Foundation
import Testing

@testable import CarpusSimulation

/// One wrist with every kind of lesion, built once for all tests.
private let wrist = VirtualWrist(WristShape(seed: 21, size: 1, ageYears: 45), side: .left)
private let state: DiseaseState = {
    var s = DiseaseState()
    for j in 0..<3 { (s.joints[j].synovitis, s.joints[j].effusion, s.joints[j].patches) = ([0.5, 1.5, 2.0][j], 0.2, [1, 0.6, 1.3, 0.05, 0.8]) }
    (s.sheaths[3].thickness, s.sheaths[5].thickness, s.sheaths[8].thickness) = (3, 2, 2.5)
    for (b, share) in [(3, 0.4), (8, 0.25), (0, 0.3), (11, 0.5)] { s.bones[b].oedema = share }
    (s.bones[8].erosions, s.bones[4].erosions) = ([2.2], [2.0, 1.6])
    return s
}()

/// Tests that take minutes run when `CARPUS_SLOW_TESTS` is set, as `make bench` does.
private enum Slow {
    static let wanted = ProcessInfo.processInfo.environment["CARPUS_SLOW_TESTS"] != nil
}

@Suite("The virtual wrist")
struct VirtualWristTests {
    @Test("what is asked for comes about: volumes of synovitis and effusion, shares of oedema, widths of sheaths")
    func dials() {
        let counts = wrist.counted(state, step: 0.4)
        for j in 0..<3 {
            #expect(abs(counts.synovitis[j] / state.joints[j].synovitis - 1) < 0.08, "\(j): \(counts.synovitis[j])")
            #expect(abs(counts.effusion[j] / state.joints[j].effusion - 1) < 0.25, "\(j): \(counts.effusion[j])")
        }
        for b in [0, 3, 8, 11] {
            // The dial is a share of marrow, the measure one of the whole bone.
            let share = counts.oedema[b] / counts.assessed[b]
            #expect(share > 0.55 * state.bones[b].oedema && share < 1.02 * state.bones[b].oedema, "\(b): \(share)")
        }
        for c in 0..<10 {
            let asked = state.sheaths[c].thickness
            #expect(asked == 0 ? counts.sheath[c] == 0 : counts.sheath[c] > 0.1 && counts.sheathWidth[c] > 0.5 * asked && counts.sheathWidth[c] < 1.3 * asked, "\(c): \(counts.sheathWidth[c])")
        }
        #expect(counts.erosion[8] > 0.005 && counts.erosion[4] > 0.005 && counts.erosion[2] == 0)
    }

    /// Volumes above `least` mL that change by more than a share when the step is halved.
    private func changes(halving step: Double, least: Double, beyond share: Double) -> [String] {
        zip(volumes(step), volumes(step / 2)).compactMap { coarse, fine in
            fine.value > least && abs(coarse.value / fine.value - 1) > share ? "\(fine.name) \(coarse.value) \(fine.value)" : nil
        }
    }

    private func volumes(_ step: Double) -> [(name: String, value: Double)] {
        let c = wrist.counted(state, step: step)
        let all = [("bone", c.bone), ("assessed", c.assessed), ("oedema", c.oedema), ("erosion", c.erosion), ("synovitis", c.synovitis), ("sheath", c.sheath)]
        return all.flatMap { what, values in values.enumerated().map { ("\(what) \($0)", $1) } }
    }

    @Test("finer sampling hardly changes a volume, coarse as these are")
    func convergence() {
        #expect(changes(halving: 0.5, least: 0.5, beyond: 0.02) == [])
    }

    @Test("halving the step a study is sampled with changes no volume by more than one in a hundred", .enabled(if: Slow.wanted, "CARPUS_SLOW_TESTS is not set"))
    func fineConvergence() {
        #expect(changes(halving: 0.25, least: 0.02, beyond: 0.01) == [])
    }

    @Test("lesions lie where they belong, and labels where tissue does")
    func places() {
        let (specimen, _) = wrist.sampled(state, step: 0.6)
        for i in specimen.tissue.indices {
            guard let tissue = Tissue(rawValue: specimen.tissue[i]) else { Issue.record("no tissue has the value \(specimen.tissue[i])"); return }
            let region = specimen.region[i], ok = switch specimen.lesion[i] {
            case 1: (16...18).contains(region) && tissue == .synovitis
            case 2: (19...28).contains(region) && (tissue == .pannus || tissue == .sheathFluid)
            case 3: (1...15).contains(region) && tissue == .oedema
            case 4: (1...15).contains(region) && tissue == .erosion
            default: ![.synovitis, .pannus, .erosion].contains(tissue)
            }
            let bony = [.cortex, .marrow, .oedema, .erosion, .cyst].contains(tissue)
            if !ok || bony != (1...15).contains(region) || specimen.variant[i] > 31 {
                Issue.record("\(tissue) in region \(region) with lesion \(specimen.lesion[i])")
                return
            }
        }
    }

    @Test("a right wrist is the mirror image of a left one")
    func mirror() {
        let left = wrist.sampled(state, step: 1.5).specimen, right = VirtualWrist(wrist.shape, side: .right).sampled(state, step: 1.5).specimen
        let size = left.grid.size
        #expect(size == right.grid.size)
        var different = 0
        for i in 0..<left.grid.count {
            let v = left.grid.index(at: i), j = left.grid.offset(size.x - 1 - v.x, v.y, v.z)
            if left.tissue[i] != right.tissue[j] { different += 1 }
        }
        #expect(different * 10_000 < left.grid.count)
    }

    @Test("bones keep their volume when they move between visits, and no two meet")
    func motions() {
        let position = Positioning(seed: 8, visit: 1, frame: wrist.frame)
        let first = wrist.counted(state, step: 0.5), (later, counts) = wrist.sampled(state, boneMotions: position.boneMotions, step: 0.5)
        for b in 2..<10 { #expect(abs(counts.bone[b] / first.bone[b] - 1) < 0.015, "\(WristAnatomy.bones[b].name)") }
        let size = later.grid.size
        for z in 0..<size.z {
            for y in 0..<size.y {
                for x in 1..<size.x {
                    let a = later.region[later.grid.offset(x - 1, y, z)], b = later.region[later.grid.offset(x, y, z)]
                    if a != b, (1...15).contains(a), (1...15).contains(b) {
                        Issue.record("bones \(a) and \(b) touch")
                        return
                    }
                }
            }
        }
    }

    @Test("a seed fixes the patient, whatever the number of threads")
    func determinism() {
        func digest() -> Int {
            var parameters = VirtualPatient.Parameters(seed: 99)
            parameters.visits = 1
            let person = VirtualPatient(parameters), specimen = person.wrist.sampled(person.course.visits[0], step: 1).specimen
            var hasher = specimen.tissue.count
            for i in specimen.tissue.indices { hasher = hasher &* 31 &+ Int(specimen.tissue[i]) &* 7 &+ Int(specimen.variant[i]) &+ Int(specimen.lesion[i]) << 8 }
            return hasher
        }
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        Parallel.threads = 1
        let one = digest()
        Parallel.threads = 3
        #expect(digest() == one)
    }
}
