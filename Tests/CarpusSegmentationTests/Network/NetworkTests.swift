import CarpusSegmentation
import Foundation
import Testing

@Suite("Networks") struct NetworkTests {
    @Test func portsAndNotesAreTold() throws {
        let network = try Network(bytes: NetworkCase.network("unet-3d").bytes)
        #expect(network.inputs == [try #require(network.inputs.first)])
        #expect(network.inputs[0].name == "x" && network.inputs[0].shape == [nil, 2, nil, nil, nil])
        #expect(network.outputs.map(\.name) == ["y"])
        #expect(network.metadata == ["made-by": "make_fixtures.py"])
    }

    @Test(arguments: ["unet-2d", "unet-3d", "depthwise-dilated", "upsampling"]) func resultsDoNotDependOnThreadsNorRuns(_ name: String) throws {
        let test = try NetworkCase.network(name), first = try test.run(threads: 1)
        for threads in [1, 2, 4, 7] { #expect(try test.run(threads: threads) == first) }
    }

    @Test func oneNetworkTakesManyShapesAndComesBack() throws {
        let test = try NetworkCase.network("unet-2d"), network = try Network(bytes: test.bytes, threads: 2)
        let x = try #require(test.tensors["x"]), before = try network.run(x)
        for size in [8, 12, 20, 36, 64, 90] {
            #expect(try network.run(Tensor(shape: [1, 2, size, size - 4], repeating: 0.5)).shape == [1, 3, size, size - 4])
        }
        #expect(try network.run(x) == before)
    }

    /// Biases and normalisations that come as inputs count anew in each run, also where the weights do not change.
    @Test func whatIsGivenIsNotKept() throws {
        let first = try NetworkCase.network("given-biases"), again = try NetworkCase.network("given-biases-again"), network = try Network(bytes: first.bytes, threads: 2)
        for test in [first, again, first] {
            let results = try network.run(test.tensors)
            for (port, expected) in zip(network.outputs, test.outputs) { #expect(difference(try #require(results[port.name]), expected.tensor) < 2e-5, "\(port.name)") }
        }
    }

    @Test(arguments: [100_000, Int.max]) func moreThreadsThanThereCanBeDo(_ threads: Int) throws {
        let test = try NetworkCase.network("depthwise-dilated")
        #expect(try test.run(threads: threads) == test.run(threads: 1))
    }

    /// Instance normalisation is of each image alone: a batch is its images one by one.
    @Test func aBatchIsItsImages() throws {
        let test = try NetworkCase.network("unet-3d"), network = try Network(bytes: test.bytes, threads: 2), x = try #require(test.tensors["x"])
        let both = try network.run(x), half = x.values.count / 2
        let single = try network.run(Tensor(shape: [1] + x.shape.dropFirst(), values: Array(x.values[half...])))
        #expect(single.values == Array(both.values[(both.values.count / 2)...]))
    }

    @Test func concurrentRunsWaitForEachOther() async throws {
        let test = try NetworkCase.network("unet-2d"), network = try Network(bytes: test.bytes, threads: 2), x = try #require(test.tensors["x"])
        let expected = try network.run(x)
        try await withThrowingTaskGroup(of: Tensor.self) { group in
            for _ in 0..<8 { group.addTask { try network.run(x) } }
            for try await result in group { #expect(result == expected) }
        }
    }

    @Test(.enabled(if: Network.hasBFloat16)) func bfloat16IsCloseAndNotTheSame() throws {
        for name in ["unet-2d", "unet-3d"] {
            let test = try NetworkCase.network(name), far = difference(try test.run(precision: .bfloat16)[0], test.expected)
            #expect(1e-4...0.2 ~= far)
        }
    }
}
