import CarpusCore
import Foundation

/// Every shift of one image over the other at once, for a few turns: their mutual information at coarse steps, from joint histograms of a few
/// grey levels that are all counted by Fourier transforms (Öfverstedt, Lindblad and Sladoje, Pattern Recognit Lett 159, 2022).
///
/// It finds images that share a small part of what they show, where a descent from any start would end elsewhere.
struct ShiftSearch {
    let fixed, moving: Subject
    /// The step of shifts, mm, so that the longest side has no more than 64.
    private var step: Double {
        [fixed, moving].reduce(5) { step, subject in
            let grid = subject.pyramid.levels[0].grid
            return max(step, (grid.spacing * Vector3(grid.size)).max() / 64)
        }
    }
    /// Grey levels of each image.
    private static let greys = 5
    /// The least part of the smaller image that both must show.
    private static let leastShare = 0.05
    /// Poses kept of each turn and each ranking.
    private static let kept = 6
    /// Turns about each axis that are tried beside none, radians: half of what a descent makes good.
    private static let turn = 0.2

    /// Poses that may be right, in no order.
    func run() -> [Pose] {
        let axes = fixed.pyramid.levels[0].grid.direction
        let turns = [Affine.identity] + (0..<3).flatMap { axis in
            [-Self.turn, Self.turn].map { RigidTransform(axis: axes[column: axis], angle: $0).affine }
        }
        let still = Lattice(fixed, turned: .identity, axes: axes, step: step, greys: Self.greys)
        let turned = turns.map { Lattice(moving, turned: $0, axes: axes, step: step, greys: Self.greys) }
        var size = Index3(repeating: 1)
        for lattice in turned { for axis in 0..<3 { size[axis] = max(size[axis], still.size[axis] + lattice.size[axis] - 1) } }
        for axis in 0..<3 { size[axis] = FourierGrid.convenient(size[axis]) }
        let fourier = FourierGrid(size: size), spectra = still.spectra(fourier)
        let found = StartSearch.parallel(turns.count) { k in
            shifts(spectra, still, turned[k], fourier).map { shift -> Pose in
                let move = axes * (Vector3(shift) * step + turned[k].first - still.first)
                return Pose(fixedCentre: fixed.centre, movingCentre: moving.centre).with(turns[k] * Affine(translation: move))
            }
        }
        return found.flatMap { $0 }
    }

    /// The shifts at which the images tell most of each other, by what they tell in all, and by what they tell for the part they share.
    private func shifts(_ spectra: [[SIMD2<Float>]], _ still: Lattice, _ turned: Lattice, _ fourier: FourierGrid) -> [Index3] {
        let other = turned.spectra(fourier), g = Self.greys
        let counts = (0..<g * g).map { fourier.correlation(spectra[$0 / g], other[$0 % g]) }
        let least = max(60, Int(Self.leastShare * Double(min(still.known, turned.known)))), n = fourier.size
        // x ln x of whole numbers.
        let table = (0...max(still.known, turned.known) + 1).map { $0 == 0 ? 0 : Float($0) * Float(log(Double($0))) }
        var told: [(score: Float, shared: Float, shift: Index3)] = [], rows = [Int](repeating: 0, count: g), columns = rows
        for i in 0..<fourier.count {
            var sum: Float = 0, all = 0
            for k in 0..<g { (rows[k], columns[k]) = (0, 0) }
            for k in 0..<g * g {
                let c = max(0, Int(counts[k][i].rounded()))
                sum += table[min(c, table.count - 1)]
                rows[k / g] += c
                columns[k % g] += c
                all += c
            }
            guard all >= least, all < table.count else { continue }
            for k in 0..<g { sum -= table[rows[k]] + table[columns[k]] }
            var shift = Index3(i % n.x, (i / n.x) % n.y, i / (n.x * n.y))
            for axis in 0..<3 where shift[axis] >= turned.size[axis] { shift[axis] -= n[axis] }
            told.append((sum + table[all], Float(all), shift))
        }
        return peaks(told) { $0.score } + peaks(told) { $0.score / $0.shared.squareRoot() }
    }

    /// The best few that lie apart from each other.
    private func peaks(_ told: [(score: Float, shared: Float, shift: Index3)], _ worth: ((score: Float, shared: Float, shift: Index3)) -> Float) -> [Index3] {
        var out: [Index3] = []
        let order = told.indices.map { (worth(told[$0]), $0) }.sorted { $0.0 != $1.0 ? $0.0 > $1.0 : $0.1 < $1.1 }
        for (_, i) in order.prefix(400) where out.count < Self.kept {
            let s = told[i].shift
            if out.allSatisfy({ max(abs($0.x - s.x), abs($0.y - s.y), abs($0.z - s.z)) > 1 }) { out.append(s) }
        }
        return out
    }
}

/// An image in a few grey levels on a coarse lattice whose axes do not depend on the image.
private struct Lattice: Sendable {
    let size: Index3
    /// The place of the first point along the axes, mm about the image's middle.
    let first: Vector3
    /// The grey level of each point; -1 where the image says nothing.
    let levels: [Int8]
    /// Points where it says something.
    var known: Int { levels.count { $0 >= 0 } }
    private let greys: Int

    /// - Parameter turned: from the axes' frame to the image's, about its middle.
    init(_ subject: Subject, turned: Affine, axes: Matrix3, step: Double, greys: Int) {
        let image = subject.pyramid.levels[0], place = turned * Affine(linear: axes), back = place.inverse ?? .identity
        let corners = image.grid.corners.map { back($0 - subject.centre) }
        var low = corners[0], high = low
        for c in corners { (low, high) = (pointwiseMin(low, c), pointwiseMax(high, c)) }
        let steps = Index3(((high - low) / step).rounded(.down))
        let n = steps.replacing(with: 1, where: steps .< 1), first = low + step / 2
        (size, self.first) = (n, first)
        let voxel = image.grid.voxelFromWorld * Affine(translation: subject.centre) * place
        var values = [Float](repeating: .nan, count: n.x * n.y * n.z)
        image.read { reader in
            for i in values.indices {
                let v = Vector3(Index3(i % n.x, (i / n.x) % n.y, i / (n.x * n.y)))
                if let s = reader.sample(SIMD3<Float>(voxel(first + v * step))) { values[i] = s.value }
            }
        }
        (levels, self.greys) = (Self.grouped(values, greys), greys)
    }

    /// Values in groups whose members lie near their mean (Lloyd, IEEE Trans Inf Theory 28, 1982).
    private static func grouped(_ values: [Float], _ greys: Int) -> [Int8] {
        let sorted = values.filter { !$0.isNaN }.sorted()
        guard let last = sorted.last, last > sorted[0] else { return values.map { $0.isNaN ? -1 : 0 } }
        var middles = (0..<greys).map { sorted[(2 * $0 + 1) * sorted.count / (2 * greys)] }
        func group(_ v: Float) -> Int { (1..<greys).reduce(0) { v > (middles[$1 - 1] + middles[$1]) / 2 ? $1 : $0 } }
        for _ in 0..<8 {
            var sums = [Float](repeating: 0, count: greys), counts = sums
            for v in sorted {
                let k = group(v)
                sums[k] += v
                counts[k] += 1
            }
            for k in 0..<greys where counts[k] > 0 { middles[k] = sums[k] / counts[k] }
        }
        return values.map { $0.isNaN ? -1 : Int8(group($0)) }
    }

    /// The spectrum of where each grey level lies.
    func spectra(_ fourier: FourierGrid) -> [[SIMD2<Float>]] {
        (0..<greys).map { level in
            var padded = [Float](repeating: 0, count: fourier.count)
            for i in levels.indices where levels[i] == Int8(level) {
                padded[i % size.x + fourier.size.x * ((i / size.x) % size.y + fourier.size.y * (i / (size.x * size.y)))] = 1
            }
            return fourier.spectrum(of: padded)
        }
    }
}
