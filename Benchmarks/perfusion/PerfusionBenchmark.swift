import CarpusCore
import CarpusPerfusion
import Foundation

/// Seconds of processor time all threads have used.
func processorTime() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

/// Normal random numbers, the same in every run.
struct Noise {
    var state: UInt64
    mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9007199254740992
    }
    mutating func normal() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }
}

/// Voxels in a second.
func speed(_ x: Double) -> String { x >= 1e6 ? String(format: "%.2f M/s", x / 1e6) : x >= 1e3 ? String(format: "%.3g k/s", x / 1e3) : String(format: "%.0f /s", x) }

/// Seconds of a duration.
func seconds(_ d: Duration) -> Double { Double(d.components.seconds) + Double(d.components.attoseconds) * 1e-18 }

/// The speed of the fits on one machine, as a table beside what other programs reach on the same curves: PerfusionBenchmark [VOXELS]. These are run where
/// CARPUS_PEERS_PYTHON names a Python that has them (Benchmarks/peers/perfusion.py).
@main
struct PerfusionBenchmark {
    let voxels = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100_000 : 100_000, frames = 100
    let times = (0..<100).map { 1.8 + 3.6 * Double($0) }
    let input: ArterialInputFunction

    init() throws { input = try PopulationInput.parker.function(arrival: 30, haematocrit: 0.45, until: 361) }

    /// Curves of random tissues, of which a hundredth part is computed and the rest differs by its noise.
    func curves(longestDelay: Double) throws -> (truth: [[Double]], concentrations: [Float]) {
        var noise = Noise(state: 7)
        let kinds = max(1, voxels / 100)
        var truth: [[Double]] = [], clean: [[Double]] = []
        for _ in 0..<kinds {
            let t = [0.01 * pow(60, noise.uniform()), 0.08 + 0.52 * noise.uniform(), 0.1 * noise.uniform(), longestDelay * noise.uniform()]
            truth.append(t)
            clean.append(try KineticModel.extendedTofts.concentrations(Array(t.prefix(3)), input: input, at: times, delay: t[3]))
        }
        var c = [Float](repeating: 0, count: voxels * frames)
        for t in 0..<frames { for v in 0..<voxels { c[t * voxels + v] = Float(clean[v % kinds][t] + 0.012 * noise.normal()) } }
        return (truth, c)
    }

    /// Fits, and prints a row of the table.
    func row(_ what: String, _ data: (truth: [[Double]], concentrations: [Float]), _ input: ArterialInputFunction, _ change: (inout KineticFit.Parameters) -> Void) throws {
        var parameters = KineticFit.Parameters()
        change(&parameters)
        let fit = try KineticFit(input: input, times: times, parameters: parameters)
        var (best, wall) = (Double.infinity, Double.infinity), result: KineticFit.Result?
        for _ in 0..<3 {
            let cpu = processorTime(), start = ContinuousClock.now
            result = fit.fit(data.concentrations, count: voxels)
            let spent = ContinuousClock.now - start
            best = min(best, processorTime() - cpu)
            wall = min(wall, seconds(spent))
        }
        guard let ktrans = result?[.ktrans] else { return }
        let errors = (0..<voxels).map { Double(ktrans[$0]) - data.truth[$0 % data.truth.count][0] }
        let relative = (0..<voxels).map { abs(errors[$0]) / data.truth[$0 % data.truth.count][0] }.sorted()[voxels / 2]
        let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(voxels)).squareRoot()
        let n = Double(voxels), speeds = [n / best, 2 * n / best, n / wall].map(speed).joined(separator: " | ")
        print("| \(what) | \(speeds) |", String(format: "%.4f | %.2f %% |", rms, 100 * relative))
    }

    /// Rows of other programs.
    func peers(_ data: (truth: [[Double]], concentrations: [Float]), _ input: ArterialInputFunction) throws {
        guard let python = ProcessInfo.processInfo.environment["CARPUS_PEERS_PYTHON"] else {
            print("| other programs | skipped: CARPUS_PEERS_PYTHON names no Python that has them | | | | |")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "carpus-peers-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let truth = (0..<voxels).map { Float(data.truth[$0 % data.truth.count][0]) }
        try truth.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "truth.f32"))
        try data.concentrations.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "concentrations.f32"))
        try times.map { "\($0),\(input.value(at: $0))\n" }.joined().write(to: folder.appending(path: "input.csv"), atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["Benchmarks/peers/perfusion.py", folder.path(percentEncoded: false)]
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { print("| other programs | failed with exit code \(process.terminationStatus) | | | | |") }
    }

    /// Classes and all semi-quantitative maps of a series of 256 x 256 x 20 voxels and 40 frames, a third of which enhances.
    func classification() throws {
        let grid = try Grid(size: Index3(256, 256, 20), spacing: Vector3(0.5, 0.5, 3)), n = grid.count, frames = 40
        var noise = Noise(state: 3), shapes: [[Float]] = [], scalars = [Float](repeating: 0, count: n * frames)
        for i in 0..<3000 {
            let onset = 45 + 15 * noise.uniform(), peak = onset + 20 + 40 * noise.uniform(), height = i % 3 == 0 ? 0.4 + 2 * noise.uniform() : 0, fall = 0.006 * (noise.uniform() - 0.6)
            shapes.append((0..<frames).map { f in
                let t = Double(f) * 7.5
                return Float(200 * (1 + height * max(0, min(1, (t - onset) / (peak - onset))) + (height > 0 ? max(0, t - peak) * fall : 0)) + 4 * noise.normal())
            })
        }
        for t in 0..<frames { for v in 0..<n { scalars[t * n + v] = shapes[v % 3000][t] } }
        let series = TimeSeries(grid: grid, times: (0..<frames).map { Double($0) * 7.5 }, scalars: scalars)
        let cpu = processorTime(), start = ContinuousClock.now
        let maps = try EnhancementMaps.compute(series)
        let spent = ContinuousClock.now - start, used = processorTime() - cpu
        let enhancing = maps.voxels.filter { maps.classes.labels[$0] != 0 }.count
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let peak = Double(usage.ru_maxrss) * 1024, size = Double(n * frames * 4)
        print(String(format: "Classes and maps of 256 x 256 x 20 x 40, %d voxels enhancing: %.2f s of processor time, %.2f s by the clock; peak memory %.0f MB, %.2f times the series\n", enhancing, used, seconds(spent), peak / 1e6, peak / size))
    }

    /// T1 of six flip angles, and concentrations of a series.
    func relaxation() throws {
        let grid = try Grid(size: Index3(256, 256, 4), spacing: Vector3(0.5, 0.5, 3)), n = grid.count, angles = [2.0, 5, 10, 15, 20, 30]
        let sequences = try angles.map { try SpoiledGradientEcho(repetitionTime: 0.005, flipAngle: $0) }
        var noise = Noise(state: 5)
        let r1 = (0..<n).map { _ in 0.5 + 1.5 * noise.uniform() }
        let volumes = sequences.map { sequence in Volume(grid: grid, scalars: r1.map { Float(sequence.signal(scale: 1000, r1: $0) + 0.5 * noise.normal()) }) }
        var p = RelaxationMaps.Parameters()
        (p.flipAngles, p.repetitionTime) = (angles, 0.005)
        let before = processorTime(), t1 = try RelaxationMaps.compute(volumes, parameters: p, method: "benchmark").t1, after = processorTime()
        let times = (0..<40).map { Double($0) * 7.5 }, series = TimeSeries(grid: grid, times: times, scalars: times.flatMap { _ in volumes[3].scalars })
        let begun = processorTime()
        _ = ConcentrationMap.convert(series, sequence: sequences[3], baseline: volumes[3].scalars, t1: t1.scalars, relaxivity: 4.5, voxels: Array(0..<n))
        print("T1 of six flip angles with its errors, non-linear: \(speed(Double(n) / (after - before))) of processor time; concentrations of 40 frames: \(speed(Double(n) / (processorTime() - begun)))\n")
    }

    static func main() throws { try PerfusionBenchmark().run() }

    func run() throws {
        // First, so that the peak of memory is its own.
        try classification()
        try relaxation()
        print("Extended Tofts, \(voxels) voxels x \(frames) frames, noise 0.012 mM\n")
        print("| fit | voxels per processor second | the same on 2 cores | by the clock | Ktrans RMSE, /min | median error |\n|---|---|---|---|---|---|")
        let data = try curves(longestDelay: 0)
        let framed = try ArterialInputFunction(times: times, plasma: times.map(input.value(at:)))
        try row("Carpus, linear", data, framed) { $0.method = .linear }
        try row("Carpus, non-linear", data, input) { $0.standardErrors = false }
        try row("Carpus, non-linear with standard errors", data, input) { _ in }
        let late = try curves(longestDelay: 8)
        try row("Carpus, non-linear with delay", late, input) { ($0.standardErrors, $0.longestDelay) = (false, 10) }
        // As its own output may be buffered, and theirs is not.
        fflush(nil)
        try peers(data, framed)
        print("""

            Measured elsewhere, on 2 cores: madym linear 31 k/s; non-linear: PkModeling 2.6 k/s, osipy 1.9 k/s, Cpufit 1.1 k/s, madym 0.4 k/s, SEPAL 0.3 k/s.
            A plain C loop built for the machine: 24 M/s linear, 7 M/s non-linear.
            """)
    }
}
