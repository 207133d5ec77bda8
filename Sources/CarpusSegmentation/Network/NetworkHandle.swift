import CNeural
import CarpusCore
import Foundation

/// Owns the engine's network. The engine locks for itself, so that it may be shared between threads.
final class NetworkHandle: @unchecked Sendable {
    private let network: OpaquePointer

    init(file: URL, threads: Int?, precision: Network.Precision) throws {
        network = try Self.open { cneural_open_file(file.path(percentEncoded: false), Self.options(threads, precision, 0), &$0) }
    }

    init(bytes: [UInt8], threads: Int?, precision: Network.Precision, mostBytes: Int) throws {
        network = try Self.open { status in
            bytes.withUnsafeBufferPointer { cneural_open_bytes($0.baseAddress, $0.count, Self.options(threads, precision, mostBytes), &status) }
        }
    }

    deinit { cneural_close(network) }

    var inputs: [Network.Port] { (0..<cneural_input_count(network)).map { Network.Port(cneural_input(network, $0)) } }
    var outputs: [Network.Port] { (0..<cneural_output_count(network)).map { Network.Port(cneural_output(network, $0)) } }
    var metadata: [String: String] {
        let pairs = (0..<cneural_metadata_count(network)).map {
            (String(cString: cneural_metadata_key(network, $0)), String(cString: cneural_metadata_value(network, $0)))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// All outputs, in the file's order.
    func run(_ inputs: [String: Tensor]) throws -> [Tensor] {
        try BorrowedArrays.with(inputs) { arrays in
            var status = CNeuralStatus()
            let count = Int32(clamping: arrays.count)
            guard let plan = cneural_plan(network, arrays, count, &status) else { throw SegmentationError(status) }
            defer { cneural_plan_release(plan) }
            let shapes = (0..<cneural_output_count(network)).map { Network.Port(cneural_plan_output(plan, $0)).shape.map { $0 ?? 0 } }
            let values = try BorrowedArrays.filled(shapes.map { $0.reduce(1, *) }[...]) { targets in
                guard cneural_run(plan, arrays, count, targets, &status) == 0 else { throw SegmentationError(status) }
            }
            return zip(shapes, values).map { Tensor(shape: $0, values: $1) }
        }
    }

    private static func open(_ body: (inout CNeuralStatus) -> OpaquePointer?) throws -> OpaquePointer {
        var status = CNeuralStatus()
        guard let network = body(&status) else { throw SegmentationError(status) }
        return network
    }

    /// More threads than any machine has cores only take memory.
    private static let mostThreads = 1024

    private static func options(_ threads: Int?, _ precision: Network.Precision, _ mostBytes: Int) -> CNeuralOptions {
        CNeuralOptions(threads: Int32(min(max(1, threads ?? Parallel.threads), mostThreads)), bfloat16: precision == .bfloat16 ? 1 : 0, most_bytes: UInt64(max(0, mostBytes)))
    }
}
