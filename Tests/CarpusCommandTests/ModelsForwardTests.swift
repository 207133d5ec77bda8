import CarpusIO
import Foundation
import Testing

@Suite("carpus models forward") struct ModelsForwardTests {
    /// y = relu(x) as ONNX, with ports of these names.
    private func network(_ x: String, _ y: String) -> Data {
        func bytes(_ field: UInt8, _ content: [UInt8]) -> [UInt8] { [field << 3 | 2, UInt8(content.count)] + content }
        func text(_ field: UInt8, _ content: String) -> [UInt8] { bytes(field, Array(content.utf8)) }
        let graph = bytes(1, text(1, x) + text(2, y) + text(4, "Relu")) + bytes(11, text(1, x)) + bytes(12, text(1, y))
        return Data([8, 8] + bytes(8, [16, 17]) + bytes(7, graph))
    }

    /// Runs it on x.npy, which holds -1 and 2; the answer, and the arrays that were written.
    private func forward(_ arguments: String..., ports: (String, String) = ("x", "y")) throws -> (answer: Carpus.Answer, written: [String: [Float]]) {
        try withFolder { folder in
            try network(ports.0, ports.1).write(to: folder.appending(path: "n.onnx"))
            try NumPyArray(shape: [2], values: [-1, 2]).write(to: folder.appending(path: "x.npy"))
            let (process, out, err) = try Carpus.start(["models", "forward", "n.onnx"] + arguments, in: folder)
            process.waitUntilExit()
            let answer = Carpus.Answer(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".npy") && $0 != "x.npy" }
            return (answer, Dictionary(uniqueKeysWithValues: try names.map { ($0, try NumPyArray(contentsOf: folder.appending(path: $0)).values) }))
        }
    }

    @Test func portsAreNamedOrTheFirst() throws {
        let plain = try forward("--input", "x.npy", "--output", "first.npy", "--output", "y=named.npy", "--output", "./a=b.npy")
        #expect(plain.answer.status == 0 && plain.written == ["first.npy": [0, 2], "named.npy": [0, 2], "a=b.npy": [0, 2]], "\(plain.answer.err)")
        let signs = try forward("--input", "a=b=x.npy", "--output", "c=d=y.npy", ports: ("a=b", "c=d"))
        #expect(signs.answer.status == 0 && signs.written == ["y.npy": [0, 2]], "\(signs.answer.err)")
    }

    @Test func aPortThatIsNotThereIsToldWithThoseThatAre() throws {
        let output = try forward("--input", "x.npy", "--output", "logit=o.npy"), input = try forward("--input", "image=x.npy", "--output", "o.npy")
        #expect(output.answer.status == 64 && output.answer.err.contains("no output 'logit'; it has y"), "\(output.answer.err)")
        #expect(input.answer.status == 64 && input.answer.err.contains("no input 'image'; it has x"), "\(input.answer.err)")
        #expect(output.written.isEmpty && input.written.isEmpty)
    }

    @Test func anInputIsGivenOnce() throws {
        let twice = try forward("--input", "x.npy", "--input", "x=x.npy", "--output", "o.npy")
        #expect(twice.answer.status == 64 && twice.answer.err.contains("'x' is given twice") && twice.written.isEmpty, "\(twice.answer.err)")
    }
}
