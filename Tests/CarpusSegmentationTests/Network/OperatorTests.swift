import CarpusSegmentation
import Testing

@Suite("ONNX operators") struct OperatorTests {
    @Test func fixturesAreThere() {
        #expect(NetworkCase.operators.count == 83)
        #expect(NetworkCase.networks.count == 13)
    }

    /// ONNX's own tests of single operators, and activations at infinity: every output, within float32.
    @Test(arguments: NetworkCase.operators) func operatorGivesWhatONNXSays(_ test: NetworkCase) throws {
        expect(try test.run(), test, within: 1e-5)
    }

    /// Tiny U-Nets, grouped convolutions, a classifier, computed sizes, shared weights, parts and sums: as onnxruntime gives them.
    @Test(arguments: NetworkCase.networks) func networkGivesWhatOnnxruntimeGives(_ test: NetworkCase) throws {
        expect(try test.run(), test, within: 2e-5)
    }

    private func expect(_ results: [Tensor], _ test: NetworkCase, within limit: Double) {
        #expect(results.count == test.outputs.count, "\(test.name)")
        for (i, (result, expected)) in zip(results, test.outputs).enumerated() { #expect(difference(result, expected.tensor) < limit, "\(test.name), output \(i)") }
    }
}
