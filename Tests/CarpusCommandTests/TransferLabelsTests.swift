import CarpusCore
import CarpusIO
import Foundation
import Testing

/// What `carpus transform --labels --json` says of labels and of what fell outside.
@Suite struct TransferLabelsTests {
    private struct Answer: Decodable {
        let volumes: [CarpusCore.Measurement]
        let findings: [Finding]

        func row(_ quantity: String, of region: String) throws -> CarpusCore.Measurement { try #require(volumes.first { $0.quantity == quantity && $0.region == region }) }
    }

    /// What is said of labels carried onto a grid.
    private func carry(_ labels: LabelMap, onto grid: Grid, through map: Transform) throws -> Answer {
        try withFolder { folder in
            try NIfTI.write(labels, to: folder.appending(path: "labels.nii"))
            try NIfTI.write(LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: Legend([])), to: folder.appending(path: "onto.nii"))
            try TransformFile.write(map, to: folder.appending(path: "map.tfm"))
            let answer = try Carpus.run(
                "transform", "--transform", "map.tfm", "--input", "labels.nii", "--reference", "onto.nii", "--labels", "--interpolation", "nearest", "--output", "carried.nii", "--json", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            return try JSONDecoder().decode(Answer.self, from: Data(answer.out.utf8))
        }
    }

    @Test func whatHasNoWayBackIsToBeLookedAt() throws {
        let grid = try Grid(size: Index3(8, 8, 8), spacing: Vector3(1, 1, 1))
        let labels = LabelMap(grid: grid, labels: (0..<grid.count).map { grid.index(at: $0).max() < 4 ? 3 : 0 }, legend: Legend([]))
        let said = try carry(labels, onto: grid, through: .affine(Affine(linear: Matrix3(diagonal: Vector3(1, 1, 0)))))
        let share = try said.row("share-outside", of: "label-3"), after = try said.row("volume-after", of: "label-3")
        #expect(share.value == nil && share.status == .notScorable && share.reason == "no way back from its voxels")
        #expect(after.status == .review && after.reason == "no way back from its voxels")
        #expect(said.findings.contains { $0.code == "labels.no-way-back" })
    }

    @Test func aSmallLabelIsLookedAtAsCloselyAsALargeOne() throws {
        // A million voxels of one label and three of another, of which two lie outside.
        let grid = try Grid(size: Index3(100, 100, 100), spacing: Vector3(1, 1, 1)), part = try Grid(size: Index3(100, 100, 97), spacing: Vector3(1, 1, 1))
        var labels = LabelMap(grid: grid, labels: [UInt16](repeating: 1, count: grid.count), legend: Legend([]))
        for z in 96...98 { labels.labels[grid.offset(51, 53, z)] = 2 }
        let said = try carry(labels, onto: part, through: .identity)
        let share = try said.row("share-outside", of: "label-2")
        #expect(abs((share.value ?? 0) - 2 / 3.0) < 1e-12 && share.status == .review)
        #expect(try abs((said.row("share-outside", of: "label-1").value ?? 0) - 0.03) < 1e-4)
    }
}
