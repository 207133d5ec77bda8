import CarpusCore

/// What is counted while a wrist is sampled: numbers of samples, by structure. Sums of whole numbers, so the order of counting is free.
struct Tally: Sendable {
    /// Parts of a sample in which assessed bone is counted.
    static let parts = 16
    /// All samples of each bone.
    var bone = [Int](repeating: 0, count: 15)
    /// What RAMRIS assesses of each bone (long bones within 10 mm of the articular end), in parts of a sample.
    var assessed = [Int](repeating: 0, count: 15)
    /// Oedema and erosion in the assessed part of each bone, in parts of a sample.
    var oedema = [Int](repeating: 0, count: 15), erosion = [Int](repeating: 0, count: 15)
    /// Synovitis, effusion, and the whole synovial compartment as the anatomy labels it, of each joint.
    var synovitis = [Int](repeating: 0, count: 3), effusion = [Int](repeating: 0, count: 3), capacity = [Int](repeating: 0, count: 3)
    /// Inflamed sheath of each tendon compartment, and the part of it that is fluid.
    var sheath = [Int](repeating: 0, count: 10), sheathFluid = [Int](repeating: 0, count: 10)
    /// Widths of the inflamed sheath of each compartment: how many samples lie how far from the tendon, in tenths of a mm.
    var sheathWidths = [[Int]](repeating: [Int](repeating: 0, count: 80), count: 10)

    /// Counts a point: `depth` is that in the shaft of its bone, mm; `size` makes millimetres of widths, `step` is the distance of samples, mm.
    @inline(__always) mutating func count(_ sample: TissueSample, of healthy: HealthySample, depth: Float, size: Float, step: Float) {
        if healthy.bone.distance < 0 {
            let b = Int(healthy.bone.bone)
            bone[b] += 1
            // The limit lies across the shaft, as layers of samples do: a sample it cuts counts in part.
            let share = min(max((Float(ArticularEnd.assessedDepth) - depth) / step + 0.5, 0), 1), part = Int((share * Float(Self.parts)).rounded())
            assessed[b] += part
            if sample.lesion == 3 { oedema[b] += part } else if sample.lesion == 4 { erosion[b] += part }
            return
        }
        if (16...18).contains(sample.region) { capacity[Int(sample.region) - 16] += 1 }
        if Lesions.isFreeSpace(healthy) {
            let j = Int(healthy.joint.region) - 16
            if sample.lesion == 1 { synovitis[j] += 1 } else if sample.tissue == .effusion { effusion[j] += 1 }
        }
        if sample.lesion == 2 {
            let c = Int(sample.region) - 19
            sheath[c] += 1
            if sample.tissue == .sheathFluid { sheathFluid[c] += 1 }
            sheathWidths[c][min(Int(healthy.soft.tendonDistance * size * 10), 79)] += 1
        }
    }

    /// Adds another tally.
    mutating func add(_ other: Tally) {
        func sum(_ a: [Int], _ b: [Int]) -> [Int] { zip(a, b).map { $0 + $1 } }
        (bone, assessed, oedema, erosion) = (sum(bone, other.bone), sum(assessed, other.assessed), sum(oedema, other.oedema), sum(erosion, other.erosion))
        (synovitis, effusion, capacity) = (sum(synovitis, other.synovitis), sum(effusion, other.effusion), sum(capacity, other.capacity))
        (sheath, sheathFluid) = (sum(sheath, other.sheath), sum(sheathFluid, other.sheathFluid))
        sheathWidths = zip(sheathWidths, other.sheathWidths).map { sum($0, $1) }
    }
}
