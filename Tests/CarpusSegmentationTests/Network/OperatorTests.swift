import CarpusSegmentation
import Testing

@Suite("ONNX operators") struct OperatorTests {
    @Test func fixturesAreThere() {
        #expect(NetworkCase.operators.count == 79)
        #expect(NetworkCase.networks.count == 6)
    }

    /// ONNX's own tests of single operators: every output, within float32.
    @Test(arguments: NetworkCase.operators) func operatorGivesWhatONNXSays(_ test: NetworkCase) throws {
        let results = try test.run()
        for (result, expected) in zip(results, test.outputs) {
            #expect(difference(result, expected.tensor) < 1e-5, "\(test.name)")
        }
    }

    /// Tiny U-Nets, grouped convolutions, a classifier, computed sizes: as onnxruntime gives them.
    @Test(arguments: NetworkCase.networks) func networkGivesWhatOnnxruntimeGives(_ test: NetworkCase) throws {
        #expect(difference(try test.run()[0], test.expected) < 2e-5, "\(test.name)")
    }
}
