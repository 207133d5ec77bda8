// What a whole wrist costs besides its network: 4 channels of 256 x 256 x 24 voxels, resampled to 3 x 0.5 x 0.5 mm and back, ten labels,
// mirrored along three axes or not. The network answers at once.
//
//     swift run -c release SegmentationBenchmark [THREADS]
import CarpusCore
import CarpusSegmentation
import Foundation

func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

if let threads = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) { Parallel.threads = threads }
let grid = try Grid(size: Index3(256, 256, 24), spacing: Vector3(0.4, 0.4, 3.3))
let roles = ["t1", "t1gd", "stir", "gre"]
var images: [String: Volume<Float>] = [:]
for (n, role) in roles.enumerated() {
    var image = Volume<Float>(grid: grid, repeating: 0)
    for i in 0..<grid.count {
        let p = (grid.worldFromVoxel(Vector3(grid.index(at: i))) - grid.centre) / Vector3(40, 46, 60)
        if p.dot(p) < 1 { image.scalars[i] = Float(300 + 200 * sin(Double(i % 9973) * 0.01 * Double(n + 1))) }
    }
    images[role] = image
}
var manifest = ModelManifest(
    name: "none", networks: [.init(file: "none")], channels: roles.map { ModelManifest.Channel(role: $0) }, patch: [16, 160, 160], output: .init(labels: Legend.components("label", count: 10).labels))
(manifest.spacing, manifest.mirrorAxes) = ([3, 0.5, 0.5], [0, 1, 2])
let answer = Tensor(shape: [1, 11, 16, 160, 160], values: (0..<11 * 16 * 160 * 160).map { Float($0 % 9967) / 9967 })
for mirrors in [false, true] {
    var options = NetworkSegmentation.Options()
    options.mirrors = mirrors
    let segmentation = try NetworkSegmentation(manifest, networks: [{ _ in answer }], options: options)
    let before = processorSeconds(), begin = ContinuousClock.now
    let result = try segmentation.segment(images)
    print(String(format: "%@: %d windows, %.2f CPU s, %.2f s", mirrors ? "eight views" : "one view", result.windowCount, processorSeconds() - before, (ContinuousClock.now - begin) / .seconds(1)))
}
