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
}
