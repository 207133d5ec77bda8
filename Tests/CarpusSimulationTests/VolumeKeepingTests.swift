import CarpusCore
import Testing

@testable import CarpusSimulation

@Suite("Namings that keep volumes") struct VolumeKeepingTests {
    /// A naming of mixed voxels, each told by its parts (kind, points of 45), in one row or in the given grid.
    private func naming(_ voxels: [[(Int, Int)]], kinds: Int, size: Index3? = nil) -> VolumeKeeping {
        var first = [0]
        for voxel in voxels { first.append(first[first.count - 1] + voxel.count) }
        return VolumeKeeping(
            size: size ?? Index3(voxels.count, 1, 1), cells: voxels.indices.map(Int32.init), parts: voxels.flatMap { $0.map { .init(kind: UInt8($0.0), points: UInt8($0.1)) } }, first: first,
            kinds: kinds, perVoxel: 45)
    }

    private func counts(_ kinds: [UInt8], _ count: Int) -> [Int] { (0..<count).map { kind in kinds.count { Int($0) == kind } } }

    @Test("voxels that are all alike are divided as their points are, whatever the kinds' numbers", arguments: [13, 18, 22, 27])
    func alike(points: Int) {
        let owed = Int((400.0 * Double(points) / 45).rounded())
        for (plate, background) in [(1, 0), (1, 2), (2, 1)] {
            let voxels = [[(Int, Int)]](repeating: [(min(plate, background), plate < background ? points : 45 - points), (max(plate, background), plate < background ? 45 - points : points)], count: 400)
            let found = counts(naming(voxels, kinds: 3, size: Index3(20, 20, 1)).kinds(), 3)
            #expect(abs(found[plate] - owed) <= 1 && found[plate] + found[background] == 400, "\(plate) on \(background): \(found)")
        }
        let three = counts(naming([[(Int, Int)]](repeating: [(0, 15), (1, 15), (2, 15)], count: 576), kinds: 3, size: Index3(24, 24, 1)).kinds(), 3)
        #expect(three == [192, 192, 192])
    }

    @Test("what is divided among voxels that are alike lies evenly")
    func evenly() {
        let kinds = naming([[(Int, Int)]](repeating: [(0, 27), (1, 18)], count: 1600), kinds: 2, size: Index3(40, 40, 1)).kinds()
        for corner in [0, 20, 800, 820] {
            let quarter = (0..<400).count { kinds[corner + $0 % 20 + 40 * ($0 / 20)] == 1 }
            // 160 are expected; four standard deviations of a draw.
            #expect(abs(quarter - 160) < 40, "\(quarter)")
        }
    }

    @Test("a kind wins where it fills a fifth, and nowhere with less but where it is the largest")
    func leastShare() {
        func found(_ parts: [(Int, Int)], kinds: Int) -> [Int] { counts(naming([[(Int, Int)]](repeating: parts, count: 270), kinds: kinds, size: Index3(27, 10, 1)).kinds(), kinds) }
        #expect(found([(0, 36), (1, 9)], kinds: 2) == [216, 54])
        #expect(found([(0, 37), (1, 8)], kinds: 2) == [270, 0])
        // A sliver is owed 6 voxels and has none; the others share them.
        let slivers = found([(0, 24), (1, 20), (2, 1)], kinds: 3)
        #expect(slivers[2] == 0 && (144...150).contains(slivers[0]) && (120...126).contains(slivers[1]), "\(slivers)")
        // Where a kind has places of a fifth elsewhere, its slivers' volume is paid there.
        let voxels = [[(Int, Int)]](repeating: [(0, 40), (1, 5)], count: 90) + [[(Int, Int)]](repeating: [(0, 30), (1, 15)], count: 90)
        let kinds = naming(voxels, kinds: 2).kinds()
        #expect(kinds[..<90].allSatisfy { $0 == 0 } && kinds[90...].count { $0 == 1 } == 40)
        // Six kinds of which none fills a fifth: one of the largest has the voxel.
        let crowd = found([(0, 8), (1, 8), (2, 8), (3, 7), (4, 7), (5, 7)], kinds: 6)
        #expect(crowd[3...] == [0, 0, 0] && crowd[..<3].allSatisfy { $0 >= 48 })
    }

    @Test("of all namings that pay what is owed none has a better score")
    func best() {
        var random = SplitMix(seed: 11), paid = 0
        for _ in 0..<300 {
            let kinds = 3
            let voxels: [[(Int, Int)]] = (0..<7).map { _ in
                let a = Int.random(in: 1...43, using: &random), b = Int.random(in: 1...(44 - a), using: &random), all = [(0, a), (1, b), (2, 45 - a - b)]
                let left = Int.random(in: 0..<4, using: &random)
                // One of three is left out of some voxels, and its points are given to another.
                return left == 3 ? all : all.filter { $0.0 != left }.enumerated().map { $0.offset == 0 ? ($0.element.0, $0.element.1 + all[left].1) : $0.element }
            }
            let made = naming(voxels, kinds: kinds), found = made.kinds()
            var best: Int64?
            func search(_ i: Int, _ left: [Int], _ sum: Int64) {
                guard i < voxels.count else { return best = max(best ?? sum, sum) }
                for k in made.first[i]..<made.first[i + 1] where made.scores[k] != VolumeKeeping.never && left[Int(made.parts[k].kind)] > 0 {
                    var less = left
                    less[Int(made.parts[k].kind)] -= 1
                    search(i + 1, less, sum + Int64(made.scores[k]))
                }
            }
            search(0, made.owed, 0)
            guard let best else { continue }
            paid += 1
            #expect(counts(found, kinds) == made.owed)
            let score = found.indices.reduce(Int64(0)) { sum, i in sum + Int64(made.scores[(made.first[i]..<made.first[i + 1]).first { made.parts[$0].kind == found[i] }!]) }
            #expect(score == best)
        }
        #expect(paid > 200, "\(paid)")
    }

    @Test("a chain of kinds pays what no two of them can")
    func chain() {
        // Kind 2 lacks a voxel that kind 0 has too many; they meet in none.
        let voxels: [[(Int, Int)]] = [[(0, 30), (1, 15)], [(0, 30), (1, 15)], [(0, 30), (1, 15)], [(1, 30), (2, 15)], [(1, 30), (2, 15)], [(1, 30), (2, 15)]]
        let made = naming(voxels, kinds: 3), start = [0, 2, 4, 6, 8, 10]
        var exchange = VolumeExchange(made, winners: start)
        exchange.settle()
        let ended = exchange.winners.map { made.parts[$0].kind }
        #expect(made.owed == [2, 3, 1] && counts(ended, 3) == [2, 3, 1])
    }

    @Test("plates in thick slices keep their volume to a voxel", arguments: [0, 17] as [UInt8])
    func plates(background: UInt8) throws {
        let grid = try scanGrid(Index3(20, 20, 5), spacing: Vector3(1, 1, 3))
        for (thickness, slope) in [(0.9, 0.0), (1.2, 0), (1.5, 0), (1.8, 0), (1, 0.05), (1, 0.2), (0.7, 0.13)] {
            var plate = try phantom(size: Index3(70, 70, 52), spacing: 0.3) { _ in (.muscle, 16) }
            for i in plate.region.indices {
                let p = plate.grid.worldFromVoxel(Vector3(plate.grid.index(at: i)))
                plate.region[i] = background
                let z = p.z - 0.07 - slope * p.x
                if z >= -thickness / 2, z < thickness / 2 { (plate.region[i], plate.lesion[i]) = (17, 1) }
            }
            let share = TruthSampling.lesionShares(of: plate, on: grid)[0].scalars.reduce(0) { $0 + Double($1) }
            let truth = TruthSampling.labels(of: plate, on: grid), lesion = truth.lesions.counts[1] ?? 0
            #expect(abs(Double(lesion) - share) <= 1 && abs(share / (400 * thickness / 3) - 1) < 0.05, "\(thickness) mm, slope \(slope): \(lesion) of \(share)")
            // By majority a plate has all voxels or none.
            if slope == 0, thickness != 1.5 { #expect(TruthSampling.majorityLabels(of: plate, on: grid).lesions.counts[1] ?? 0 == (thickness < 1.5 ? 0 : 400)) }
            #expect(truth.anatomy.counts[17] == (background == 17 ? grid.count : lesion))
        }
    }

    @Test("a straight sheath of 0.5 mm keeps its volume to a voxel; a layer of a sixth of a slice is lost")
    func sheath() throws {
        var sheath = try phantom(size: Index3(100, 100, 60), spacing: 0.1) { _ in (.muscle, 16) }, layer = sheath
        for i in sheath.region.indices {
            let p = sheath.grid.worldFromVoxel(Vector3(sheath.grid.index(at: i))), r = (p.x * p.x + p.y * p.y).squareRoot()
            if r > 2.5, r < 3 { (sheath.region[i], sheath.lesion[i]) = (20, 2) }
            if abs(p.z) < 0.25 { (layer.region[i], layer.lesion[i]) = (20, 2) }
        }
        let grid = try scanGrid(Index3(22, 22, 1), spacing: Vector3(0.4, 0.4, 3))
        let share = TruthSampling.lesionShares(of: sheath, on: grid)[1].scalars.reduce(0) { $0 + Double($1) }
        let count = Double(TruthSampling.labels(of: sheath, on: grid).lesions.counts[2] ?? 0)
        #expect(abs(count - share) <= 1 && abs(count * 0.16 / (.pi * (9 - 6.25)) - 1) < 0.05, "\(count) of \(share)")
        #expect((TruthSampling.labels(of: layer, on: grid).lesions.counts[2] ?? 0) == 0)
    }
}
