import CarpusCore
import Foundation
import Testing

@testable import CarpusQuantification
@testable import CarpusSimulation

/// A virtual wrist with its continuous truth, sampled once, and its true label maps on any grid.
struct TrueWrist {
    let specimen: Specimen, counts: WristCounts, ends: [Int: ArticularEnd]

    init(seed: UInt64, activity: Double, step: Double) {
        var parameters = VirtualPatient.Parameters(seed: seed)
        (parameters.visits, parameters.activity) = (1, activity)
        let person = VirtualPatient(parameters)
        (specimen, counts) = person.wrist.sampled(person.course.visits[0], step: step)
        ends = ShaftDepths(of: person.wrist.healthy.bones, frame: person.wrist.frame).ends
    }

    /// Slices of the field of view that the simulator's series have, turned.
    static func slices(_ thickness: Double = 3, axial: Bool, turned: RigidTransform, inPlane: Double = 0.4) throws -> Grid {
        let field = axial ? Vector3(100, 76, 84) : Vector3(100, 108, 58)
        let size = Index3(Int(field.x / inPlane), Int(field.y / inPlane), Int(field.z / thickness)), spacing = Vector3(inPlane, inPlane, thickness)
        let axes = axial ? Matrix3.identity : Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0)), direction = turned.matrix * axes
        return try Grid(size: size, spacing: spacing, origin: Vector3(0, -2, -2) - direction * ((Vector3(size) - 1) * spacing / 2), direction: direction)
    }

    /// Turned by about 7 degrees round some axis, as slices are.
    static func turn(_ seed: UInt64) -> RigidTransform {
        var random = SplitMix(seed: seed)
        func number() -> Double { .random(in: -1...1, using: &random) }
        return RigidTransform(axis: Vector3(number(), number(), number()), angle: 0.12)
    }

    func measured(on grid: Grid) throws -> [CarpusCore.Measurement] {
        let (anatomy, lesions) = TruthSampling.labels(of: specimen, on: grid)
        return try VolumeMeasurement.measure(lesions, anatomy: anatomy, regions: [], method: "t").measurements
    }

    /// What is true, by region and quantity.
    var truth: [(region: String, quantity: String, value: Double)] {
        var rows: [(region: String, quantity: String, value: Double)] = []
        for (i, bone) in WristAnatomy.bones.enumerated() {
            rows.append((bone.name, "assessed-volume", counts.assessed[i]))
            for (lesion, volumes) in [("bone-marrow-oedema", counts.oedema), ("erosion", counts.erosion)] {
                rows += [("\(lesion)/\(bone.name)", "volume", volumes[i]), ("\(lesion)/\(bone.name)", "fraction", volumes[i] / counts.assessed[i])]
            }
        }
        for (i, joint) in WristAnatomy.joints.enumerated() {
            rows += [(joint.name, "capacity", counts.capacity[i]), ("synovitis/\(joint.name)", "volume", counts.synovitis[i]), ("synovitis/\(joint.name)", "fraction", counts.synovitis[i] / counts.capacity[i])]
        }
        for (i, compartment) in WristAnatomy.tendonCompartments.enumerated() {
            let region = "tenosynovitis/\(compartment.name)"
            rows += [(region, "volume", counts.sheath[i]), (region, "thickness", counts.sheathWidth[i]), (region, "mean-thickness", counts.meanSheathWidth[i])]
        }
        rows += [("synovitis", "volume", counts.synovitis.reduce(0, +)), ("tenosynovitis", "volume", counts.sheath.reduce(0, +))]
        return rows
    }
}

private enum Slow {
    static let wanted = ProcessInfo.processInfo.environment["CARPUS_SLOW_TESTS"] != nil
    static let first = Int(ProcessInfo.processInfo.environment["CARPUS_FIRST_WRIST"] ?? "") ?? 900
    static let wrists = Int(ProcessInfo.processInfo.environment["CARPUS_WRISTS"] ?? "") ?? 20
}

@Suite("Sites of many virtual wrists", .serialized) struct VirtualWristBench {
    /// Prints how near the measures of true label maps come to the continuous truth: figures of Docs/Validation.md.
    @Test(.enabled(if: Slow.wanted, "CARPUS_SLOW_TESTS is not set")) func truthOfManyWristsIsFound() throws {
        var errors: [String: [Double]] = [:], misses: [String] = [], covered: [String: (Int, Int)] = [:], cpu = 0.0
        for seed in 0..<Slow.wrists {
            let wrist = TrueWrist(seed: UInt64(Slow.first + seed), activity: 0.6, step: 0.3)
            for axial in [true, false] {
                let grid = try TrueWrist.slices(axial: axial, turned: TrueWrist.turn(UInt64(seed))), name = axial ? "axial" : "coronal"
                let (anatomy, lesions) = TruthSampling.labels(of: wrist.specimen, on: grid), start = clock()
                var rows = try VolumeMeasurement.measure(lesions, anatomy: anatomy, regions: [], method: "t").measurements
                cpu += Double(clock() - start) / Double(CLOCKS_PER_SEC)
                var parameters = VolumeMeasurement.Parameters()
                parameters.partialVolume = true
                let shares = TruthSampling.lesionShares(of: wrist.specimen, on: grid)
                let (mostAnatomy, mostLesions) = TruthSampling.majorityLabels(of: wrist.specimen, on: grid)
                let most = try VolumeMeasurement.measure(mostLesions, anatomy: mostAnatomy, regions: [], method: "t").measurements
                let partial = try VolumeMeasurement.measure(lesions, anatomy: anatomy, doubts: .probabilities(shares), parameters: parameters, regions: [], method: "t").measurements
                let cut = Set(rows.filter { $0.quantity == "covered-fraction" }.map(\.region))
                for region in cut { misses.append("\(seed) \(name) cut: \(region) \(rows.first { $0.region == region && $0.quantity == "covered-fraction" }!.value!)") }
                // A lesion that the border of the field cuts is longer in truth than in any map.
                let atBorder = Set(grid.indicesAtBorder.filter { lesions.labels[$0] != 0 && anatomy.labels[$0] != 0 }.compactMap { i -> String? in
                    guard let lesion = lesions.legend[lesions.labels[i]], let site = anatomy.legend[anatomy.labels[i]] else { return nil }
                    return "\(lesion.name)/\(site.name)"
                }).union(cut)
                for i in rows.indices where atBorder.contains(rows[i].region) { rows[i].value = nil }
                let ends = ArticularEnd.all(in: anatomy)
                for (b, truth) in wrist.ends {
                    guard let end = ends[UInt16(b + 1)] else { misses.append("\(seed) \(name) no end \(b)"); continue }
                    let off = abs(truth.depth(of: end.middle))
                    errors["\(name) plane mm", default: []].append(off)
                    errors["\(name) axis degrees", default: []].append(acos(min(1, truth.shaftward.dot(end.shaftward))) * 180 / .pi)
                    if off > 0.5 { misses.append("\(seed) \(name) \(WristAnatomy.bones[b].name) plane \(truth.depth(of: end.middle)) \(end)") }
                }
                for (region, quantity, truth) in wrist.truth {
                    guard let row = rows.first(where: { $0.region == region && $0.quantity == quantity }) else { misses.append("no \(region) \(quantity)"); continue }
                    if quantity == "volume", truth > 0, let sum = partial.first(where: { $0.region == region && $0.quantity == "volume" })?.value, region.contains("/"), row.value != nil {
                        errors["\(name) partial \(region.split(separator: "/")[0]) relative to the bar", default: []].append((sum - truth) / max(0.03 * truth, 0.02))
                        if abs(sum - truth) > max(0.03 * truth, 0.02) { misses.append("\(seed) \(name) PARTIAL \(region) \(sum) truth \(truth)") }
                        if let counted = most.first(where: { $0.region == region && $0.quantity == "volume" })?.value {
                            errors["\(name) by majority \(region.split(separator: "/")[0]) relative to the bar", default: []].append((counted - truth) / max(0.03 * truth, 0.02))
                        }
                        let label = lesions.legend[String(region.split(separator: "/")[0])]!.value, site = anatomy.legend[String(region.split(separator: "/")[1])]!.value
                        let boundary = Double(lesions.labels.indices.count { lesions.labels[$0] == label && anatomy.labels[$0] == site }) * grid.voxelVolume / 1000
                        if boundary > 0 { errors["\(name) truth less volume, over volume \(region.split(separator: "/")[0])", default: []].append((truth - row.value!) / boundary) }
                    }
                    guard let value = row.value else { misses.append("\(seed) \(name) \(region) \(quantity): \(row.reason ?? "")"); continue }
                    let kind = "\(name) \(region.split(separator: "/").count > 1 ? String(region.split(separator: "/")[0]) + "/" : region.contains("-") || region == "synovitis" ? region : "carpal") \(quantity)"
                    guard truth > 0 || value > 0 else { continue }
                    let isVolume = row.unit == "mL", off = value - truth, bar = isVolume ? max(0.03 * truth, 0.02) : row.unit == "mm" ? 0.3 : 0.03
                    errors[kind + (isVolume ? " relative to the bar" : ""), default: []].append(isVolume ? off / bar : off)
                    if abs(off) > bar { misses.append("\(seed) \(name) \(region) \(quantity) \(value) truth \(truth) \(row.status.rawValue) \(row.reason ?? "")") }
                    if quantity == "volume", value > 0, let low = rows.first(where: { $0.region == region && $0.quantity == "volume-low" })?.value, let high = rows.first(where: { $0.region == region && $0.quantity == "volume-high" })?.value {
                        let k = "\(name) \(region.split(separator: "/")[0])", old = covered[k] ?? (0, 0)
                        covered[k] = (old.0 + (low <= truth && truth <= high ? 1 : 0), old.1 + 1)
                    }
                }
            }
        }
        for (kind, values) in errors.sorted(by: { $0.key < $1.key }) {
            let sorted = values.map(abs).sorted(), mean = values.reduce(0, +) / Double(values.count)
            let beyond = values.count { abs($0) > (kind.hasSuffix("bar") ? 1 : kind.hasSuffix("plane mm") ? 0.5 : kind.hasSuffix("thickness") ? 0.3 : .infinity) }
            print("\(kind): n \(values.count) beyond \(beyond) mean \(mean.formatted(3)) median |.| \(sorted[sorted.count / 2].formatted(3)) 95 % \(sorted[sorted.count * 95 / 100].formatted(3)) worst \(sorted.last!.formatted(3))")
        }
        for (kind, n) in covered.sorted(by: { $0.key < $1.key }) { print("interval holds the truth: \(kind) \(n.0) of \(n.1)") }
        print("CPU s a map: \(cpu / Double(2 * Slow.wrists))")
        print(misses.joined(separator: "\n"))
        func share(_ name: String, within bar: Double) -> Double {
            let values = errors.filter { $0.key.hasPrefix(name) }.flatMap(\.value)
            return Double(values.count { abs($0) <= bar }) / Double(max(values.count, 1))
        }
        // What is promised: a plane within 0.5 mm, volumes counted from labels and sums of shares within 3 % or 0.02 mL, a thickness within 0.3 mm.
        #expect(share("coronal plane", within: 0.5) >= 0.95 && share("axial plane", within: 0.5) >= 0.9)
        for orientation in ["axial", "coronal"] {
            for lesion in ["synovitis", "tenosynovitis", "bone-marrow-oedema", "erosion"] { #expect(share("\(orientation) \(lesion)/ volume relative", within: 1) >= 0.98, "\(lesion)") }
        }
        #expect(share("axial partial", within: 1) >= 0.95 && share("coronal partial", within: 1) >= 0.9)
        #expect(share("axial tenosynovitis/ thickness", within: 0.3) >= 0.98)
    }
}

extension Grid {
    /// Places in memory of the voxels at the border.
    var indicesAtBorder: [Int] {
        (0..<count).filter { let at = index(at: $0); return (0..<3).contains { at[$0] == 0 || at[$0] == size[$0] - 1 } }
    }
}

extension Double {
    func formatted(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
