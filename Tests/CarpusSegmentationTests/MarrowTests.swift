import CarpusCore
import CarpusIO
@testable import CarpusSegmentation
import CarpusTestSupport
import Foundation
import Testing

/// A T1-like wrist with its truth: bright marrow in a dark rim of 1 mm, in muscle, in fat, in air.
struct ToyWrist {
    var image: Volume<Float>
    var truth: LabelMap

    init(noise: Float = 30) throws {
        let grid = try Grid(size: [160, 160, 14], spacing: [0.4, 0.4, 2], origin: [-32, -32, -14])
        image = Volume(grid: grid, repeating: 0)
        var labels = [UInt16](repeating: 0, count: grid.count), dice = Dice(seed: 11)
        // Two rows and a column of bones; between their rims 1.2 mm of muscle-grey.
        let bones: [(x: Double, y: Double, rx: Double, ry: Double, rz: Double)] = [
            (-13.2, -8, 5, 6, 8), (0, -8, 5, 6, 9), (13.2, -8, 5, 6, 8), (-13.2, 7.2, 5, 6, 9), (0, 7.2, 5, 6, 8), (13.2, 7.2, 5, 6, 9)]
        for i in labels.indices {
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            let outline = (p.x * p.x / 784 + p.y * p.y / 729).squareRoot()
            var value: Float = outline > 1 ? 0 : outline > 0.9 ? 1000 : 350
            for (k, b) in bones.enumerated() {
                func reach(_ d: Double) -> Double {
                    let (u, v, w) = ((p.x - b.x) / (b.rx + d), (p.y - b.y) / (b.ry + d), p.z / (b.rz + d))
                    return u * u + v * v + w * w
                }
                if reach(0) <= 1 { value = 900; labels[i] = UInt16(k + 1) } else if reach(1) <= 1 { value = 60 }
            }
            let (a, b) = (value + noise * dice.normal(), noise * dice.normal())
            image.scalars[i] = (a * a + b * b).squareRoot()
        }
        truth = LabelMap(grid: grid, labels: labels, legend: Legend.components("bone", count: bones.count))
    }
}

@Suite("segment.marrow on a wrist made for it") struct MarrowTruthTests {
    @Test func findsEachBoneOnItsOwn() throws {
        let wrist = try ToyWrist()
        let result = try MarrowSegmentation.segment(wrist.image)
        let found = result.labels.counts
        var common: [UInt16: [UInt16: Int]] = [:]
        for (t, l) in zip(wrist.truth.labels, result.labels.labels) where t > 0 && l > 0 { common[t, default: [:]][l, default: 0] += 1 }
        var used: [UInt16] = []
        for (bone, count) in wrist.truth.counts {
            let best = try #require(common[bone]?.max { ($0.value, $1.key) < ($1.value, $0.key) })
            let dice = 2 * Double(best.value) / Double(count + found[best.key]!)
            #expect(dice >= 0.85, "bone \(bone)")
            used.append(best.key)
        }
        #expect(Set(used).count == 6)
        #expect(found.count == 6)
    }

    @Test func orderAndDirectionOfAxesDoNotMatter() throws {
        let wrist = try ToyWrist()
        let plain = try MarrowSegmentation.segment(wrist.image)
        let size = wrist.image.grid.size, turned = Index3(size.z, size.x, size.y)
        // New axes: z backwards, x, y backwards.
        let m = wrist.image.grid.worldFromVoxel
        let first = m(Vector3(0, Double(size.y - 1), Double(size.z - 1)))
        let grid = try Grid(size: turned, worldFromVoxel: Affine(linear: Matrix3(columns: -m.linear.z, m.linear.x, -m.linear.y), translation: first))
        var image = Volume<Float>(grid: grid, repeating: 0)
        for i in 0..<grid.count {
            let v = grid.index(at: i)
            image.scalars[i] = wrist.image[v.y, size.y - 1 - v.z, size.z - 1 - v.x]
        }
        let other = try MarrowSegmentation.segment(image)
        var differing = 0
        for i in 0..<grid.count {
            let v = grid.index(at: i)
            if other.labels.labels[i] != plain.labels.labels[wrist.image.grid.offset(v.y, size.y - 1 - v.z, size.z - 1 - v.x)] { differing += 1 }
        }
        #expect(differing == 0)
    }

    @Test func theUnitOfIntensityDoesNotMatter() throws {
        let wrist = try ToyWrist()
        let plain = try MarrowSegmentation.segment(wrist.image).labels
        let scaled = try MarrowSegmentation.segment(wrist.image.map { $0 * 1000 }).labels
        let differing = zip(plain.labels, scaled.labels).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
        #expect(plain.legend == scaled.legend)
        #expect(Double(differing) < 1e-3 * Double(plain.labels.count { $0 > 0 }))
    }

    @Test func theNumberOfThreadsDoesNotMatter() throws {
        let wrist = try ToyWrist(), threads = Parallel.threads
        defer { Parallel.threads = threads }
        let many = try MarrowSegmentation.segment(wrist.image)
        Parallel.threads = 1
        #expect(try MarrowSegmentation.segment(wrist.image) == many)
    }

    @Test(arguments: [(0, 10), (100, 10), (100, 40), (0, 100)] as [(Float, Float)])
    func noiseHasNoMarrow(mean: Float, deviation: Float) throws {
        var dice = Dice(seed: 3)
        let grid = try Grid(size: [128, 128, 10], spacing: [0.4, 0.4, 2])
        let image = Volume(grid: grid, scalars: (0..<grid.count).map { _ in mean + deviation * dice.normal() })
        for v in [image, image.map { abs($0) }] {
            let result = try MarrowSegmentation.segment(v)
            #expect(result.labels.counts.isEmpty)
            #expect(result.findings.map(\.code) == ["segment.marrow.none"])
        }
    }
}
