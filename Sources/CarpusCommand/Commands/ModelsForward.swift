import ArgumentParser
import CarpusCore
import CarpusIO
import CarpusSegmentation
import Foundation

struct ModelsForward: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Run an ONNX file on arrays: no preparation, no tiles.",
        discussion: "Several inputs, or outputs, are told apart by name: --input image=X.npy. Times are of runs after a first one, which also plans.")

    @Argument(help: "The network, ONNX.", completion: .file(extensions: ["onnx"]))
    var file: String
    @Option(help: ArgumentHelp("An array, NumPy's .npy; NAME=X.npy where the network has several inputs.", valueName: "[NAME=]X.npy"))
    var input: [String] = []
    @Option(help: ArgumentHelp("Where an output goes, as float32; the first output, or the one that is named.", valueName: "[NAME=]Y.npy"))
    var output: [String]
    @Option(help: "Run so many times more and tell their times.")
    var `repeat` = 0
    @Option(help: "At most so many threads; the results do not depend on it. Default: all cores.")
    var threads: Int?
    @Flag(help: "Convolve in bfloat16, about twice as fast where the processor has it, and less exact.")
    var bfloat16 = false
    @Flag(help: "Tell shapes, times and memory as JSON.")
    var json = false

    func validate() throws {
        guard `repeat` >= 0 else { throw ValidationError("--repeat counts runs") }
        guard (threads ?? 1) >= 1 else { throw ValidationError("--threads needs at least 1") }
    }

    func run() throws {
        let precision = bfloat16 ? Network.Precision.bfloat16 : .float32
        let network = try Network(contentsOf: URL(filePath: file), threads: threads, precision: precision)
        let targets = try named(output, "output", among: network.outputs)
        var inputs: [String: Tensor] = [:]
        for (name, file) in try named(input, "input", among: network.inputs) {
            guard inputs[name] == nil else { throw ValidationError("the input '\(name)' is given twice") }
            inputs[name] = try Tensor(NumPyArray(contentsOf: file))
        }
        let began = Clock()
        var outputs = try network.run(inputs)
        let first = began.elapsed
        let times = try (0..<`repeat`).map { _ in
            let began = Clock()
            outputs = try network.run(inputs)
            return began.elapsed
        }
        for (name, url) in targets { try outputs[name].map { try NumPyArray($0).write(to: url) } }
        let told = Report(
            inputs: inputs.mapValues(\.shape), outputs: outputs.mapValues(\.shape), threads: threads ?? Parallel.threads, precision: precision.rawValue,
            first_ms: first.wall, wall_ms: times.map(\.wall), cpu_ms: times.map(\.cpu), peak_mb: Clock.peakMegabytes)
        if json { return try Terminal.json(told) }
        for (name, shape) in told.outputs.sorted(by: { $0.key < $1.key }) { Terminal.data("\(name)\t\(shape.map(String.init).joined(separator: "x"))") }
        if let best = told.wall_ms.min(), let cpu = told.cpu_ms.min() { Terminal.note("fastest of \(times.count): \(Int(best.rounded())) ms, \(Int(cpu.rounded())) ms of processor time") }
    }

    /// Splits NAME=PATH; a path alone belongs to the first port. What stands before "=" is a name, unless it holds a slash and no port is called so.
    private func named(_ arguments: [String], _ kind: String, among ports: [Network.Port]) throws -> [(String, URL)] {
        try arguments.map { argument in
            if let port = ports.first(where: { argument.hasPrefix($0.name + "=") }) { return (port.name, URL(filePath: String(argument.dropFirst(port.name.count + 1)))) }
            if let sign = argument.firstIndex(of: "="), !argument[..<sign].contains("/") {
                let names = ports.map(\.name).joined(separator: ", ")
                throw ValidationError("the network has no \(kind) '\(argument[..<sign])'; it has \(names.isEmpty ? "none" : names) (a file of that name: ./\(argument))")
            }
            guard let port = ports.first else { throw ValidationError("the network has no \(kind)") }
            return (port.name, URL(filePath: argument))
        }
    }

    /// What `--json` tells.
    private struct Report: Encodable {
        let inputs: [String: [Int]], outputs: [String: [Int]]
        let threads: Int, precision: String
        let first_ms: Double, wall_ms: [Double], cpu_ms: [Double], peak_mb: Double
    }
}

extension Tensor {
    fileprivate init(_ array: NumPyArray) { self.init(shape: array.shape, values: array.values) }
}

extension NumPyArray {
    fileprivate init(_ tensor: Tensor) { self.init(shape: tensor.shape, values: tensor.values) }
}

/// Wall and processor time since it was made, in ms.
private struct Clock {
    private let wall = ContinuousClock.now, cpu = Self.used()

    var elapsed: (wall: Double, cpu: Double) { (wall.duration(to: .now) / .milliseconds(1), 1e3 * (Self.used() - cpu)) }

    /// The most memory this process has had, in MB.
    static var peakMegabytes: Double { Double(usage().ru_maxrss) / 1024 }

    private static func used() -> Double {
        let u = usage()
        return Double(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + Double(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6
    }

    private static func usage() -> rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }
}
