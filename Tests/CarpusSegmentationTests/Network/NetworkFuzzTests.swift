import CarpusSegmentation
import Foundation
import Testing

@Suite("Damaged networks") struct NetworkFuzzTests {
    /// Each gives an error of ours or runs; none crashes, hangs or takes much memory.
    @Test func damagedFilesGiveErrors() throws { try survive(400, seed: 1) }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["CARPUS_SLOW_TESTS"] != nil)) func tenThousandDamagedFilesGiveErrors() throws { try survive(10_000, seed: 2) }

    private func survive(_ count: Int, seed: UInt64) throws {
        var random = SplitMix(state: seed), ran = 0, refused = 0
        let cases = NetworkCase.networks + NetworkCase.operators
        for _ in 0..<count {
            let test = cases[random.below(cases.count)]
            let bytes = damaged(test.bytes, &random)
            do {
                let network = try Network(bytes: bytes, threads: 1, mostBytes: 64 << 20)
                _ = try network.run(test.tensors)
                ran += 1
            } catch is SegmentationError {
                refused += 1
            }
        }
        // Both happen, or the damage is too great or too small to tell anything.
        #expect(ran > count / 20 && refused > count / 4)
    }

    private func damaged(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var b = bytes
        for _ in 0..<[1, 1, 2, 4, 16][random.below(5)] where !b.isEmpty {
            let at = random.below(b.count)
            switch random.below(5) {
            case 0: b[at] ^= 1 << UInt8(random.below(8))
            case 1: b[at] = [0, 1, 127, 128, 255][random.below(5)]
            case 2: b.removeSubrange(at..<min(b.count, at + 1 + random.below(8)))
            case 3: b.insert(contentsOf: (0...random.below(8)).map { _ in [0xff, 0x80, 0, UInt8(random.below(256))][random.below(4)] }, at: at)
            default: b.removeSubrange(at...)
            }
        }
        return b
    }
}

/// Repeatable numbers (Steele & Vigna's SplitMix64).
private struct SplitMix {
    var state: UInt64
    mutating func below(_ n: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ (z >> 31)) % UInt64(n))
    }
}
