import CarpusSegmentation
import CarpusTestSupport
import Foundation
import Testing

@Suite("Networks that cannot be run") struct NetworkErrorTests {
    private func failure(_ body: () throws -> Void) -> SegmentationError? {
        do { try body() } catch { return error as? SegmentationError }
        return nil
    }

    /// The bytes with a piece of text replaced by one as long.
    private func altered(_ name: String, _ old: String, _ new: String) throws -> [UInt8] {
        let latin = try #require(String(bytes: try NetworkCase.network(name).bytes, encoding: .isoLatin1))
        return [UInt8](try #require(latin.replacingOccurrences(of: old, with: new).data(using: .isoLatin1)))
    }

    @Test func aMissingOperatorIsNamedWithItsNode() throws {
        let bytes = try altered("depthwise-dilated", "Elu", "Foo"), error = failure { _ = try Network(bytes: bytes) }
        #expect(error?.code == .unsupportedOperator)
        #expect(error?.message.contains("Foo (gives 'y')") == true)
    }

    /// A second output of Relu, which has one, read alone and as what is added to a convolution.
    @Test(arguments: [[Wire.node("Relu", ["x"], ["a", "b"]), Wire.node("Add", ["a", "b"], ["y"])],
                      [Wire.node("Relu", ["x"], ["a", "b"]), Wire.node("Conv", ["a", "w"], ["c"]), Wire.node("Add", ["c", "b"], ["y"])],
                      [Wire.node("Relu", ["x"], ["a", "b"]), Wire.node("Concat", ["a", "b"], ["y"])]])
    func whatNoOperatorGivesIsNamed(_ nodes: [[UInt8]]) throws {
        let network = try Network(bytes: Wire.network(nodes, initializer: Wire.tensor("w", [1, 1, 1, 1], [0, 0, 0x80, 0x3f])))
        let error = failure { _ = try network.run(Tensor(shape: [1, 1, 2, 2], repeating: 1)) }
        #expect(error?.code == .unsupportedOperator && error?.message.contains("'b'") == true)
    }

    @Test func weightsOutsideTheFolderAreRefused() throws {
        for place in ["../w.bin", "/etc/passwd", "a/../../w", ""] {
            let bytes = Wire.network(initializer: Wire.external("w", [2], at: place)), file = try temporaryFolder().appending(path: "n.onnx")
            try Data(bytes).write(to: file)
            #expect(failure { _ = try Network(contentsOf: file) }?.code == .unreadableNetwork, "\(place)")
        }
    }

    @Test func weightsBesideTheNetworkAreRead() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "n.onnx")
        try Data(Wire.network(initializer: Wire.external("w", [2], at: "w.bin"))).write(to: file)
        try [Float(3), 4].withUnsafeBytes { try Data($0).write(to: folder.appending(path: "w.bin")) }
        #expect(try Network(contentsOf: file).run(Tensor(shape: [2], values: [1, 2])).values == [4, 6])
        try Data([1, 2, 3]).write(to: folder.appending(path: "w.bin"))
        #expect(failure { _ = try Network(contentsOf: file) }?.code == .unreadableNetwork)
    }

    @Test func sizesThatCannotBeAreRefused() {
        for shape in [[1 << 62], [1 << 40, 1 << 40], [-1], [3]] {
            let bytes = Wire.network(initializer: Wire.tensor("w", shape.map { UInt64(bitPattern: Int64($0)) }, [0, 0, 0, 0, 0, 0, 0, 0]))
            let error = failure { _ = try Network(bytes: bytes) }
            #expect(error?.code == .unreadableNetwork || error?.code == .networkTooLarge, "\(shape)")
        }
    }

    @Test func inputsAreChecked() throws {
        let network = try Network(bytes: NetworkCase.network("unet-2d").bytes)
        #expect(failure { _ = try network.run(Tensor(shape: [1, 3, 8, 8])) }?.code == .badNetworkInput)
        #expect(failure { _ = try network.run(Tensor(shape: [2, 8, 8])) }?.code == .badNetworkInput)
        #expect(failure { _ = try network.run(["z": Tensor(shape: [1, 2, 8, 8])]) }?.code == .badNetworkInput)
        // Up and down do not meet: 9 becomes 5 becomes 10.
        #expect(failure { _ = try network.run(Tensor(shape: [1, 2, 9, 8])) }?.code == .badNetworkInput)
    }

    @Test func memoryIsLimited() throws {
        let network = try Network(bytes: NetworkCase.network("unet-2d").bytes, mostBytes: 1 << 20)
        #expect(failure { _ = try network.run(Tensor(shape: [1, 2, 256, 256])) }?.code == .networkTooLarge)
    }

    @Test func whatIsNoNetworkIsRefused() throws {
        #expect(failure { _ = try Network(bytes: []) }?.code == .unreadableNetwork)
        #expect(failure { _ = try Network(bytes: Array("no network".utf8)) }?.code == .unreadableNetwork)
        #expect(failure { _ = try Network(contentsOf: URL(filePath: "/nowhere.onnx")) }?.code == .unreadableNetwork)
        #expect(failure { _ = try Network(contentsOf: URL(filePath: "/tmp")) }?.code == .unreadableNetwork)
    }
}

/// Bytes of protocol-buffers messages, for networks no exporter would write.
enum Wire {
    static func varint(_ value: UInt64) -> [UInt8] { value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7) }
    static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { varint(field << 3) + varint(value) }
    static func bytes(_ field: UInt64, _ content: [UInt8]) -> [UInt8] { varint(field << 3 | 2) + varint(UInt64(content.count)) + content }
    static func text(_ field: UInt64, _ content: String) -> [UInt8] { bytes(field, Array(content.utf8)) }

    static func tensor(_ name: String, _ shape: [UInt64], _ raw: [UInt8]) -> [UInt8] { shape.flatMap { number(1, $0) } + number(2, 1) + text(8, name) + bytes(9, raw) }
    static func external(_ name: String, _ shape: [UInt64], at place: String) -> [UInt8] {
        shape.flatMap { number(1, $0) } + number(2, 1) + text(8, name) + bytes(13, text(1, "location") + text(2, place)) + number(14, 1)
    }
    static func node(_ name: String, _ inputs: [String], _ outputs: [String]) -> [UInt8] { inputs.flatMap { text(1, $0) } + outputs.flatMap { text(2, $0) } + text(4, name) }
    /// y from x and w; y = x + w where nothing else is said.
    static func network(_ nodes: [[UInt8]] = [node("Add", ["x", "w"], ["y"])], initializer: [UInt8]) -> [UInt8] {
        let graph = nodes.flatMap { bytes(1, $0) } + bytes(5, initializer) + bytes(11, text(1, "x")) + bytes(12, text(1, "y"))
        return number(1, 8) + bytes(8, number(2, 17)) + bytes(7, graph)
    }
}
