import CarpusCore
import CarpusTestSupport
import Testing
@testable import CarpusSegmentation

@Suite("Leaving air out") struct AirTests {
    /// Blocks of effusion five times as bright as tissue, as on STIR: tissue must not become air.
    @Test func aFewBrightBlocksLoseNoTissue() {
        // A block a voxel of 4 mm: 3 % at 1.0, 37 % at 0.2, 60 % air at 0.03 with noise of 12 %.
        var random = Dice(seed: 6)
        let signal = (0..<8000).map { i -> Float in i % 100 < 3 ? 1 : i % 100 < 40 ? 0.2 : 0.03 * (1 + 0.12 * random.normal()) }
        let body = Foreground.body(ChannelStack(shape: [20, 20, 20], channels: [signal]), spacing: [4, 4, 4])
        #expect(signal.indices.count { signal[$0] >= 0.2 && !body[$0] } == 0, "no tissue lost")
        #expect(signal.indices.count { signal[$0] < 0.1 && body[$0] } == 0, "air left out")
        // In a second channel one block outshines all; the first still tells tissue.
        var spot = signal
        spot[0] = 1000
        let both = Foreground.body(ChannelStack(shape: [20, 20, 20], channels: [signal, spot]), spacing: [4, 4, 4])
        #expect(both == body)
    }

    /// A network whose logit of label 1 is the mean of its patch: it sees the whole window, air too.
    private static let mean: PatchNetwork = { input in
        let count = input.values.count
        var out = Tensor(shape: [1, 2] + input.shape[2...])
        let mean = input.values.reduce(0, +) / Float(count)
        for i in 0..<count { out.values[count + i] = mean }
        return out
    }

    @Test(arguments: [[10, 20, 24], [12, 24, 32]]) func whatTheWindowHoldsAnywayIsNotCut(window: [Int]) throws {
        // Air at 5, a body at 60 in a corner of the field, which a window holds whole.
        let grid = try Grid(size: Index3(24, 20, 10), spacing: Vector3(2, 2, 2))
        var image = Volume<Float>(grid: grid, repeating: 5)
        for i in 0..<grid.count where grid.index(at: i).x < 8 && grid.index(at: i).y < 8 && grid.index(at: i).z < 5 { image.scalars[i] = 60 }
        var manifest = ModelManifest(
            name: "mean", networks: [.init(file: "none")], channels: [.init(role: "t1", normalisation: Normalisation(.none))], patch: window,
            output: .init(labels: Legend.components("class", count: 1).labels))
        manifest.cropsToNonzero = false
        let probabilities = try [false, true].map { skips in
            var options = NetworkSegmentation.Options()
            (options.skipsAir, options.probabilities) = (skips, true)
            return try NetworkSegmentation(manifest, networks: [Self.mean], options: options).segment(["t1": image]).probabilities
        }
        #expect(probabilities[0] == probabilities[1])
    }

    @Test func boxesAreWidenedWithinTheField() {
        #expect(StackBox(ranges: [2..<4, 0..<3, 8..<10]).widened(to: [5, 4, 4], within: [9, 3, 10]).ranges == [1..<6, 0..<3, 6..<10])
        #expect(StackBox(ranges: [2..<8, 1..<2, 5..<6]).widened(to: [5, 1, 3], within: [9, 3, 10]).ranges == [2..<8, 1..<2, 4..<7])
    }

    @Test func slicesAreLookedAtOnce() {
        for scheme in Windows.Scheme.allCases { #expect(Windows(scheme).starts(length: 5, window: 1) == [0, 1, 2, 3, 4]) }
    }

    @Test func onlyWindowsThatRanAreCounted() throws {
        // A body at both ends of the field and nothing but air between: of four windows along x the middle two need not run.
        let grid = try Grid(size: Index3(32, 4, 4), spacing: Vector3(4, 4, 4))
        var image = Volume<Float>(grid: grid, repeating: 0)
        for i in 0..<grid.count where !(2..<30).contains(grid.index(at: i).x) { image.scalars[i] = 50 }
        var manifest = ModelManifest(
            name: "mean", networks: [.init(file: "none")], channels: [.init(role: "t1", normalisation: Normalisation(.none))], patch: [4, 4, 8],
            output: .init(labels: Legend.components("class", count: 1).labels))
        manifest.windows.step = 1
        let counts = try [false, true].map { skips in
            var options = NetworkSegmentation.Options()
            options.skipsAir = skips
            return try NetworkSegmentation(manifest, networks: [Self.mean], options: options).segment(["t1": image]).windowCount
        }
        #expect(counts == [4, 2])
    }
}
