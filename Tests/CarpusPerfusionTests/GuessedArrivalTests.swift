import CarpusCore
import CarpusTestSupport
import Testing

@testable import CarpusPerfusion

@Suite("A population's input whose arrival is guessed from the series")
struct GuessedArrivalTests {
    private static let tissues = [[0.1, 0.2, 0.02], [0.2, 0.3, 0.04], [0.35, 0.4, 0.06]], delays = [0.0, 3, 6]

    /// Voxels of each tissue and delay, five minutes after Parker's input arrived; the frame that shows it first begins anywhere in a step.
    private func series(step: Double, arrival: Double) throws -> TimeSeries {
        let grid = try Grid(size: Index3(3, 3, 4), spacing: Vector3(1, 1, 3)), n = grid.count, times = (0...Int((arrival + 300) / step)).map { Double($0) * step }
        let input = try PopulationInput.parker.function(arrival: arrival, haematocrit: 0.42, until: arrival + 320), sequence = try SpoiledGradientEcho(repetitionTime: 0.004, flipAngle: 20)
        var scalars = [Float](repeating: 0, count: n * times.count)
        for v in 0..<n {
            let c = try KineticModel.extendedTofts.concentrations(Self.tissues[v % 3], input: input, at: times, delay: Self.delays[v / 3 % 3])
            for t in times.indices { scalars[t * n + v] = Float(sequence.signal(scale: 5000, r1: 1 / 1.2 + 4.5 * c[t])) }
        }
        return TimeSeries(grid: grid, times: times, scalars: scalars)
    }

    private func parameters(_ change: (inout KineticAnalysis.Parameters) -> Void = { _ in }) -> KineticAnalysis.Parameters {
        var p = KineticAnalysis.Parameters()
        (p.repetitionTime, p.flipAngle, p.tissueT1) = (0.004, 20, 1.2)
        change(&p)
        return p
    }

    @Test("Ktrans comes back within 3 % wherever the agent arrives between two frames; frames longer than its first passage are doubted", arguments: [1, 5, 9.6, 16], [0, 0.25, 0.5, 0.75])
    func ktrans(step: Double, phase: Double) throws {
        let series = try series(step: step, arrival: (64 / step).rounded() * step - phase * step), found = try KineticAnalysis.compute(series, parameters: parameters(), method: "t")
        let ktrans = try #require(found.maps[.ktrans]), ratios = (0..<series.grid.count).map { Double(ktrans.scalars[$0]) / Self.tissues[$0 % 3][0] }
        #expect(ratios.allSatisfy { abs($0 - 1) < 0.03 }, "\(ratios.min() ?? 0) to \(ratios.max() ?? 0)")
        #expect(found.findings.contains { $0.code == "perfusion.coarse-kinetics" } == (step > 10))
        #expect(found.findings.contains { $0.code == "perfusion.population-input" && $0.sentence.contains("guessed") })
    }

    @Test("a fit that cannot make up for the guess is refused: the linear method, and a delay that is fixed")
    func refused() throws {
        let series = try series(step: 2, arrival: 41)
        func refusal(_ p: KineticAnalysis.Parameters) -> PerfusionError? {
            do { _ = try KineticAnalysis.compute(series, parameters: p, method: "t") } catch { return error as? PerfusionError }
            return nil
        }
        let linear = parameters { $0.method = .linear }, fixed = parameters { $0.longestDelay = 0 }
        for p in [linear, fixed] { #expect(refusal(p)?.code == .badInput && refusal(p)?.message.contains("inputArrival in seconds") == true) }
        #expect(refusal(linear)?.message.contains("non-linear") == true)
        // With the arrival told it is what it was: right where the tissue lies at the input, too low behind it.
        for method in KineticFit.Method.allCases {
            let found = try KineticAnalysis.compute(series, parameters: parameters { ($0.method, $0.inputArrival, $0.longestDelay) = (method, 41, 0) }, method: "t")
            let ktrans = try #require(found.maps[.ktrans])
            for v in 0..<3 { #expect(abs(Double(ktrans.scalars[v]) / Self.tissues[v][0] - 1) < 0.05, "\(method): \(ktrans.scalars[v])") }
        }
    }
}
