import CarpusCore
import CarpusQuantification
import Foundation

/// What of a wrist's change an image can show at all: the second scan without noise, less the same with the disease of the first visit,
/// held against the noise of the difference: the standard deviation the map itself takes where no edge adds to it. Lesions that grow into tissue of like signal, or fill little of a voxel, are not among it.
struct VisibleChange {
    /// +1 where the signal rose by more than three standard deviations of the noise, -1 where it fell by more.
    let signs: [Int8]
    /// The area under the curve that the noise-free change reaches for the labelled truth, not smoothed, with noise of that size added voxel by voxel: no comparison of single voxels in such noise can
    /// be expected to do better; one that pools neighbours might. (`edges.py` smooths the change as the map does, and its figures differ.)
    let ceiling: Double
    /// The same for the map's |z|, the truth being `signs`.
    let area: Double

    init(_ pair: WristPair, _ map: ProgressionMap.Result, labelled: [Int8], assessed: [Int]) {
        let deviations = assessed.lazy.filter { map.z.scalars[$0] != 0 }.map { map.difference.scalars[$0] / map.z.scalars[$0] }.sorted()
        let noise = deviations.isEmpty ? 1 : deviations[deviations.count / 100], scale = Float(1 / map.gain.squareRoot())
        let change = pair.change.resampled(onto: map.z.grid, through: map.followupFromHalfway, interpolation: .linear).scalars.map { $0.isFinite ? $0 * scale : 0 }
        let signs = change.map { $0 > 3 * noise ? Int8(1) : $0 < -3 * noise ? -1 : 0 }
        var random = SplitMix(seed: 9)
        func normal() -> Float {
            let (u, v) = (Double(random.next() >> 11) + 0.5, Double(random.next() >> 11))
            return Float((-2 * log(u * 0x1p-53)).squareRoot() * cos(2 * .pi * v * 0x1p-53))
        }
        func area(_ values: [Double], _ isPositive: [Bool]) -> Double { isPositive.contains(true) ? ReceiverOperating(values, isPositive: isPositive).area.value ?? .nan : .nan }
        ceiling = area(assessed.map { Double(abs(change[$0] + noise * normal())) }, assessed.map { labelled[$0] != 0 })
        self.area = area(assessed.map { Double(abs(map.z.scalars[$0])) }, assessed.map { signs[$0] != 0 })
        self.signs = signs
    }
}
