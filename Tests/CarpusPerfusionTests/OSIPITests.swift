import CarpusCore
import CarpusPerfusion
import Foundation
import Testing

/// The reference cases of the OSIPI code collection, with its tolerances. The limits on root mean squares are those that exact least squares reaches
/// on the cases at hand, found with another program; over all cases the best published contributions reach about the same.
@Suite("Cases of the OSIPI code collection", .enabled(if: Reference.available))
struct OSIPITests {
    /// Fits each row's curve by itself; gives errors by quantity.
    private func errors(
        _ file: String, _ model: KineticModel, time: String, tissue: String, plasma: String, method: KineticFit.Method = .nonLinear, delay: ClosedRange<Double> = 0...0,
        shift: Double = 0, truth: [KineticQuantity: (String, Double)]
    ) throws -> [KineticQuantity: [(error: Double, truth: Double)]] {
        var all: [KineticQuantity: [(Double, Double)]] = [:]
        for row in try Reference.table("osipi/" + file) {
            let t = row[time]!.numbers
            var c = row[tissue]!.numbers
            if shift > 0 {
                let n = Int((shift / (t[1] - t[0])).rounded())
                c = [Double](repeating: 0, count: n) + c.dropLast(n)
            }
            let input = try ArterialInputFunction(times: t, plasma: row[plasma]!.numbers)
            var parameters = KineticFit.Parameters()
            (parameters.model, parameters.method, parameters.shortestDelay, parameters.longestDelay) = (model, method, delay.lowerBound, delay.upperBound)
            let found = try KineticFit(input: input, times: t, parameters: parameters).fit(c.map(Float.init), count: 1)
            for (q, (column, scale)) in truth {
                let t = (Double(row[column]!)! + (q == .delay ? shift : 0)) * scale
                all[q, default: []].append((Double(found[q]![0]) - t, t))
            }
        }
        return all
    }

    private func check(_ all: [KineticQuantity: [(error: Double, truth: Double)]], _ limits: [KineticQuantity: (absolute: Double, relative: Double, best: Double)], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for (q, l) in limits {
            let list = all[q] ?? []
            #expect(!list.isEmpty && list.allSatisfy { abs($0.error) <= l.absolute + l.relative * abs($0.truth) }, "\(name) \(q.rawValue): \(list)", sourceLocation: sourceLocation)
            let r = rms(list.map(\.error))
            if ProcessInfo.processInfo.environment["CARPUS_TEST_VERBOSE"] != nil { print("OSIPI", name, q.rawValue, "n", list.count, "rms", r, "best", l.best, "max", list.map { abs($0.error) }.max() ?? 0) }
            #expect(r <= l.best, "\(name) \(q.rawValue): RMSE \(r), within reach \(l.best)", sourceLocation: sourceLocation)
        }
    }

    @Test("the Tofts model, linear and not")
    func tofts() throws {
        let truth: [KineticQuantity: (String, Double)] = [.ktrans: ("Ktrans", 1), .ve: ("ve", 1)]
        let limits: [KineticQuantity: (absolute: Double, relative: Double, best: Double)] = [.ktrans: (0.005, 0.1, 0.00098), .ve: (0.05, 0, 0.00125)]
        check(try errors("tofts.csv", .tofts, time: "t", tissue: "C", plasma: "ca", truth: truth), limits, "tofts")
    }

    @Test("the extended Tofts model, linear and not, delayed and not")
    func extendedTofts() throws {
        let truth: [KineticQuantity: (String, Double)] = [.ktrans: ("Ktrans", 1), .ve: ("ve", 1), .vp: ("vp", 1)]
        let limits: [KineticQuantity: (absolute: Double, relative: Double, best: Double)] = [.ktrans: (0.005, 0.1, 0.00077), .ve: (0.05, 0, 0.0008), .vp: (0.025, 0, 0.00059)]
        check(try errors("extended_tofts.csv", .extendedTofts, time: "t", tissue: "C", plasma: "ca", method: .linear, truth: truth), limits, "extended linear")
        check(try errors("extended_tofts.csv", .extendedTofts, time: "t", tissue: "C", plasma: "ca", truth: truth), limits, "extended")
        let late = truth.merging([.delay: ("arterialdelay", 1)]) { $1 }
        check(try errors("extended_tofts.csv", .extendedTofts, time: "t", tissue: "C", plasma: "ca", delay: 0...10, shift: 5, truth: late),
              [.ktrans: (0.005, 0.1, 0.00096), .ve: (0.05, 0, 0.0012), .vp: (0.025, 0, 0.00063), .delay: (1, 0, 0.2)], "extended, delayed")
    }

    @Test("Patlak", arguments: [0, 5])
    func patlak(delay: Int) throws {
        let found = try errors("patlak_delay\(delay).csv", .patlak, time: "t", tissue: "C_t", plasma: "cp_aif", delay: 0...(delay > 0 ? 10 : 0),
                               truth: [.ps: ("ps", 1), .vp: ("vp", 1)].merging(delay > 0 ? [.delay: ("arterial_delay", 1)] : [:]) { $1 })
        var limits: [KineticQuantity: (absolute: Double, relative: Double, best: Double)] = [.ps: (0.005, 0.1, 0.0002), .vp: (0.025, 0, 0.00078)]
        if delay > 0 { (limits[.delay], limits[.ps]) = ((1, 0, 0.0195), (0.005, 0.1, 0.00026)) }
        check(found, limits, "patlak \(delay)")
    }

    @Test("two compartments that exchange", arguments: [0, 5])
    func exchange(delay: Int) throws {
        let found = try errors("2cxm_delay\(delay).csv", .exchange, time: "t", tissue: "C_t", plasma: "cp_aif", delay: 0...(delay > 0 ? 10 : 0),
                               truth: [.ps: ("ps", 1), .vp: ("vp", 1), .ve: ("ve", 1), .fp: ("fp", 1)].merging(delay > 0 ? [.delay: ("arterial_delay", 1)] : [:]) { $1 })
        var limits: [KineticQuantity: (absolute: Double, relative: Double, best: Double)] = [.ps: (0.005, 0.1, 0.0043), .vp: (0.025, 0, 0.003), .ve: (0.05, 0, 0.0032), .fp: (5, 0.1, 0.12)]
        if delay > 0 { (limits[.delay], limits[.ps], limits[.fp]) = ((1, 0, 0.04), (0.005, 0.1, 0.0055), (5, 0.1, 0.22)) }
        check(found, limits, "2cxm \(delay)")
    }

    @Test("two compartments, uptake only", arguments: [0, 5])
    func uptake(delay: Int) throws {
        let found = try errors("2cum_delay\(delay).csv", .uptake, time: "t", tissue: "C_t", plasma: "cp_aif", delay: 0...(delay > 0 ? 10 : 0),
                               truth: [.ps: ("ps", 1), .vp: ("vp", 1), .fp: ("fp", 1)].merging(delay > 0 ? [.delay: ("arterial_delay", 1)] : [:]) { $1 })
        var limits: [KineticQuantity: (absolute: Double, relative: Double, best: Double)] = [.ps: (0.005, 0.1, 0.00092), .vp: (0.025, 0, 0.0009), .fp: (5, 0.1, 0.3)]
        if delay > 0 { (limits[.delay], limits[.fp]) = ((1, 0, 0.112), (5, 0.1, 1.23)) }
        check(found, limits, "2cum \(delay)")
    }

    @Test("populations' inputs", arguments: [("aif_parker.csv", PopulationInput.parker, 60.0), ("aif_georgiou.csv", .georgiou, 60), ("aif_mcgrath_preclinical.csv", .mcgrath, 1)])
    func inputs(file: String, input: PopulationInput, unit: Double) throws {
        for row in try Reference.table("osipi/" + file) where Double(row["delay"] ?? "0") == 0 {
            let c = Double(row["Cb"]!)!, found = input.blood(secondsAfterArrival: Double(row["time"]!)! * unit)
            #expect(abs(found - c) <= 1e-4 + 0.01 * c, "\(row["label"]!) at \(row["time"]!)")
        }
    }

    @Test("T1 by variable flip angle", arguments: [("t1_vfa_brain.csv", 1.0, 4e-6), ("t1_vfa_prostate.csv", 1000, 1e-6), ("t1_vfa_qiba.csv", 1, 0.0401)])
    func flipAngles(file: String, unit: Double, best: Double) throws {
        var all: [Double] = []
        for row in try Reference.table("osipi/" + file) {
            let tr = row["TR"]!.numbers.map { $0 / unit }
            let truth = row["R1"].map { Double($0)! * (file.contains("qiba") ? 1000 : 1) } ?? 1000 / Double(row["T1 nonlinear"]!)!
            let found = try VariableFlipAngle(flipAngles: row["FA"]!.numbers, repetitionTimes: tr).estimate(row["s"]!.numbers)
            let r1 = try #require(found).r1
            #expect(abs(r1 - truth) <= 0.05 + 0.05 * truth, "\(row["label"]!)")
            all.append(r1 - truth)
        }
        if ProcessInfo.processInfo.environment["CARPUS_TEST_VERBOSE"] != nil { print("OSIPI", file, "rms", rms(all)) }
        #expect(rms(all) <= best, "\(rms(all))")
    }

    @Test("signals become concentrations")
    func concentrations() throws {
        for row in try Reference.table("osipi/si2conc.csv") {
            let s = row["s"]!.numbers, reference = row["conc"]!.numbers, n = Int(row["numbaselinepts"]!)!
            let sequence = try SpoiledGradientEcho(repetitionTime: Double(row["TR"]!)!, flipAngle: Double(row["FA"]!)!)
            let baseline = s[1..<n].reduce(0, +) / Double(n - 1)
            let found = sequence.concentrations(signals: s, baseline: baseline, r10: 1 / Double(row["T1base"]!)!, relaxivity: Double(row["r1"]!)!)
            for i in 1..<s.count { #expect(abs(found[i] - reference[i]) <= 1e-5 + 1e-5 * abs(reference[i])) }
        }
    }
}
