import CNeural
public import Foundation

/// A neural network in an ONNX file (opsets 7 to 28), run on the processor by oneDNN.
///
/// It is planned once for each shape of its inputs: layouts, packed weights, memory. Runs of one network wait for each other and
/// share its threads; results depend neither on their number nor on the run.
public final class Network: Sendable {
    /// The numbers convolutions compute with.
    public enum Precision: String, Sendable, CaseIterable {
        /// Single precision.
        case float32
        /// bfloat16 with sums in single precision: about twice as fast where the processor has it, and less exact; elsewhere refused.
        case bfloat16
    }

    /// An input or output.
    public struct Port: Sendable, Hashable {
        /// Its name in the file.
        public let name: String
        /// Sizes of its axes, nil for one that is free.
        public let shape: [Int?]
    }

    /// What the network must be given. Weights are no inputs.
    public let inputs: [Port]
    /// What it gives.
    public let outputs: [Port]
    /// The file's own notes (`metadata_props`).
    public let metadata: [String: String]
    private let handle: NetworkHandle

    /// Whether this processor computes in bfloat16.
    public static var hasBFloat16: Bool { cneural_has_bfloat16() != 0 }

    /// Reads a file and checks every operator. `threads` nil: as many as the machine has cores; never more than 1024.
    ///
    /// Throws a `SegmentationError`: `unreadableNetwork` for a file that is damaged or no ONNX, `unsupportedOperator`, naming operator and node.
    public convenience init(contentsOf file: URL, threads: Int? = nil, precision: Precision = .float32) throws {
        try self.init(NetworkHandle(file: file, threads: threads, precision: precision))
    }

    /// The same from a file's bytes; weights in files beside it are refused.
    public convenience init(bytes: [UInt8], threads: Int? = nil, precision: Precision = .float32, mostBytes: Int = 0) throws {
        try self.init(NetworkHandle(bytes: bytes, threads: threads, precision: precision, mostBytes: mostBytes))
    }

    private init(_ handle: NetworkHandle) {
        self.handle = handle
        (inputs, outputs, metadata) = (handle.inputs, handle.outputs, handle.metadata)
    }

    /// Runs a network of one input; gives its first output.
    public func run(_ input: Tensor) throws -> Tensor {
        guard inputs.count == 1 else {
            throw SegmentationError(.badNetworkInput, "the network takes \(inputs.count) inputs (\(inputs.map(\.name).joined(separator: ", "))), not one; name them")
        }
        guard let output = try handle.run([inputs[0].name: input]).first else { throw SegmentationError(.unreadableNetwork, "the network has no output") }
        return output
    }

    /// Runs the network on inputs by name; gives all outputs by name.
    public func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        Dictionary(zip(outputs.map(\.name), try handle.run(inputs)), uniquingKeysWith: { first, _ in first })
    }
}
