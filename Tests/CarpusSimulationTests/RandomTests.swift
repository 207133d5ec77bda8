import Testing

@testable import CarpusSimulation

@Suite("Random numbers of the simulation")
struct RandomTests {
    @Test("a seed and a name fix the row; another name gives another")
    func rows() {
        var a = RandomStream(seed: 7, "bones"), b = RandomStream(seed: 7, "bones"), c = RandomStream(seed: 7, "skin")
        let first = (0..<8).map { _ in a.next() }
        #expect(first == (0..<8).map { _ in b.next() })
        #expect(first != (0..<8).map { _ in c.next() })
    }

    @Test("uniform and normal numbers have the moments they promise")
    func moments() {
        var s = RandomStream(seed: 1, "moments")
        let u = (0..<20_000).map { _ in s.uniform(2, 4) }, n = (0..<20_000).map { _ in s.normal(5, 2) }
        func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
        func deviation(_ x: [Double]) -> Double { let m = mean(x); return mean(x.map { ($0 - m) * ($0 - m) }).squareRoot() }
        #expect(abs(mean(u) - 3) < 0.02 && abs(deviation(u) - 2 / 12.0.squareRoot()) < 0.02)
        #expect(abs(mean(n) - 5) < 0.06 && abs(deviation(n) - 2) < 0.05)
        #expect(u.min()! >= 2 && u.max()! < 4 && n.max()! <= 11)
    }

    @Test("noise is smooth, without mean, and within its bounds")
    func noise() {
        let noise = SmoothNoise(seed: 3, "texture", wavelength: 4)
        var sum = 0.0, squares = 0.0, largestStep: Float = 0
        for i in 0..<40_000 {
            let p = SIMD3<Float>(Float(i % 200) * 0.61 - 60, Float(i / 200 % 200) * 0.83 - 80, Float(i) * 0.0017)
            let v = noise(p)
            sum += Double(v)
            squares += Double(v * v)
            largestStep = max(largestStep, abs(noise(p + SIMD3(0.01, 0, 0)) - v))
            #expect(abs(v) <= 1)
        }
        #expect(abs(sum / 40_000) < 0.02)
        let deviation = (squares / 40_000).squareRoot()
        #expect(deviation > 0.15 && deviation < 0.4)
        #expect(largestStep < 0.02)
    }
}
