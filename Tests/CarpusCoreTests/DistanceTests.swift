import CarpusCore
import Testing

@Suite struct DistanceTests {
    /// The same sets in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 31
        }
    }

    private func nearest(to set: [Bool], size: Index3, spacing: Vector3) -> [Double] {
        func place(_ i: Int) -> Vector3 { Vector3(Double(i % size.x), Double(i / size.x % size.y), Double(i / (size.x * size.y))) * spacing }
        let members = set.indices.filter { set[$0] }.map(place)
        return set.indices.map { i in members.map { ($0 - place(i)).length }.min() ?? .infinity }
    }

    @Test(arguments: [Index3(13, 9, 7), Index3(1, 11, 5), Index3(17, 1, 1), Index3(6, 8, 1)])
    func distancesAreExactOnUnequalSpacing(size: Index3) {
        var numbers = Numbers(state: 5)
        let spacing = Vector3(0.4, 1.1, 2.7)
        for rarity in [3, 40, 200] {
            let set = (0..<size.x * size.y * size.z).map { _ in Int.random(in: 0..<rarity, using: &numbers) == 0 }
            let fast = DistanceTransform.squaredDistances(to: set, size: size, spacing: spacing)
            for (a, b) in zip(fast, nearest(to: set, size: size, spacing: spacing)) { #expect(a.squareRoot() == b || abs(a.squareRoot() - b) < 1e-12) }
        }
    }

    @Test func aPlaneIsAVolumeOfOneSlice() {
        var numbers = Numbers(state: 9)
        let set = (0..<23 * 17).map { _ in Int.random(in: 0..<40, using: &numbers) == 0 }
        let flat = DistanceTransform.distances(to: set, width: 23, height: 17, spacing: (x: 0.4, y: 1.1))
        for (a, b) in zip(flat, nearest(to: set, size: Index3(23, 17, 1), spacing: Vector3(0.4, 1.1, 1))) { #expect(abs(Double(a) - b) < 1e-5) }
    }

    @Test func distanceToNothingIsInfinite() {
        #expect(DistanceTransform.distances(to: [false, false], width: 2, height: 1, spacing: (1, 1)).allSatisfy { $0 == .infinity })
        #expect(DistanceTransform.squaredDistances(to: [Bool](repeating: false, count: 8), size: Index3(2, 2, 2), spacing: Vector3(1, 1, 1)).allSatisfy { $0 == .infinity })
    }

    @Test func theNumberOfThreadsChangesNothing() {
        var numbers = Numbers(state: 2)
        let size = Index3(60, 50, 40), set = (0..<120_000).map { _ in Int.random(in: 0..<5000, using: &numbers) == 0 }, before = Parallel.threads
        defer { Parallel.threads = before }
        let answers = [1, 3].map { threads in
            Parallel.threads = threads
            return DistanceTransform.squaredDistances(to: set, size: size, spacing: Vector3(0.3, 0.5, 2))
        }
        #expect(answers[0] == answers[1])
    }
}
