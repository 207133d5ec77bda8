import CarpusSegmentation
import CarpusTestSupport
import Foundation
import Testing

/// A network with inputs and the outputs it must give, as make_fixtures.py wrote it.
struct NetworkCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Array: Decodable, Sendable {
        let shape: [Int]
        let values: Data
        var tensor: Tensor {
            Tensor(shape: shape, values: values.withUnsafeBytes { bytes in (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) } })
        }
    }
    let name: String
    let model: Data
    let inputs: [String: Array]
    let outputs: [Array]

    var testDescription: String { name }
    var bytes: [UInt8] { [UInt8](model) }
    var tensors: [String: Tensor] { inputs.mapValues(\.tensor) }
    var expected: Tensor { outputs[0].tensor }

    func run(threads: Int = 2, precision: Network.Precision = .float32) throws -> [Tensor] {
        let network = try Network(bytes: bytes, threads: threads, precision: precision)
        let results = try network.run(tensors)
        return network.outputs.compactMap { results[$0.name] }
    }

    static let operators = read("operators"), networks = read("networks")

    static func network(_ name: String) throws -> NetworkCase {
        guard let found = networks.first(where: { $0.name == name }) else { throw CocoaError(.fileNoSuchFile) }
        return found
    }

    private static func read(_ file: String) -> [NetworkCase] {
        let url = TestData.package.appending(path: "Tests/CarpusSegmentationTests/Networks/\(file).jsonl")
        let lines = (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.compactMap { try? JSONDecoder().decode(NetworkCase.self, from: Data($0.utf8)) }
    }
}

/// The largest difference, relative to what the expected values spread over.
func difference(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    let finite = b.values.lazy.filter(\.isFinite).map(Double.init), count = Double(max(1, finite.count))
    let mean = finite.reduce(0, +) / count
    let spread = (finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    var most = 0.0
    for (x, y) in zip(a.values, b.values) where x != y && !(x.isNaN && y.isNaN) {
        most = max(most, x.isFinite && y.isFinite ? abs(Double(x) - Double(y)) : .infinity)
    }
    return most / max(spread, abs(mean), 1e-6)
}
