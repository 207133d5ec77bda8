import Carpus
import CarpusCore
import CarpusIO
import Foundation
import Testing

@Suite struct MeasureProbabilitiesTests {
    private let names = ["synovitis", "tenosynovitis", "bone-marrow-oedema", "erosion"]

    /// A lesion map of four cubes, each a label, and probabilities that differ by label, under names of BIDS and others.
    private func write(to folder: URL) throws {
        let grid = try Grid(size: Index3(40, 10, 10), spacing: Vector3(1, 1, 1))
        func label(_ i: Int) -> UInt16 {
            let at = grid.index(at: i)
            return (2...7).contains(at.x % 10) && (2...7).contains(at.y) && (2...7).contains(at.z) ? UInt16(at.x / 10 + 1) : 0
        }
        let map = LabelMap(grid: grid, labels: (0..<grid.count).map(label), legend: WristAnatomy.lesionLegend)
        try NIfTI.write(map, to: folder.appending(path: "sub-01_seg-lesions_dseg.nii.gz"))
        try Data((map.legend.table).utf8).write(to: folder.appending(path: "sub-01_seg-lesions_dseg.tsv"))
        for (k, name) in names.enumerated() {
            let share = Volume<Float>(grid: grid, scalars: map.labels.map { $0 == UInt16(k + 1) ? 0.95 - 0.1 * Float(k) : 0 })
            for file in ["sub-01_seg-lesions_label-\(name.replacing("-", with: ""))_probseg.nii.gz", "p\(k + 1).nii.gz"] { try NIfTI.write(share, to: folder.appending(path: file)) }
        }
    }

    private func probseg(_ name: String) -> String { "sub-01_seg-lesions_label-\(name)_probseg.nii.gz" }

    private func measure(_ files: [String], in folder: URL) throws -> (answer: (status: Int32, out: String, err: String), table: String?) {
        let (process, out, err) = try Carpus.start(["measure", "sub-01_seg-lesions_dseg.nii.gz", "--output", "t.tsv", "--force", "--probabilities"] + files, in: folder)
        process.waitUntilExit()
        let answer = (process.terminationStatus, try String(contentsOf: out, encoding: .utf8), try String(contentsOf: err, encoding: .utf8))
        return (answer, answer.0 == 0 ? try String(contentsOf: folder.appending(path: "t.tsv"), encoding: .utf8) : nil)
    }

    @Test func namesTellTheLabelInWhateverOrder() throws {
        try withFolder { folder in
            try write(to: folder)
            let plain = try measure((1...4).map { "p\($0).nii.gz" }, in: folder), sorted = try measure(names.map { probseg($0.replacing("-", with: "")) }.sorted(), in: folder)
            #expect(plain.answer.status == 0 && sorted.answer.status == 0, "\(plain.answer.err)\(sorted.answer.err)")
            #expect(plain.table != nil && plain.table == sorted.table)
            // What is told by no name is taken by rising value: another order is another table.
            #expect(try measure([2, 1, 3, 4].map { "p\($0).nii.gz" }, in: folder).table != plain.table)
        }
    }

    @Test func namesThatDoNotFitAreRefused() throws {
        try withFolder { folder in
            try write(to: folder)
            let all = names.map { probseg($0.replacing("-", with: "")) }
            try FileManager.default.copyItem(at: folder.appending(path: all[0]), to: folder.appending(path: probseg("effusion")))
            try FileManager.default.copyItem(at: folder.appending(path: all[0]), to: folder.appending(path: "sub-02_label-synovitis_probseg.nii.gz"))
            for (files, told) in [
                ([probseg("effusion")] + all.dropFirst(), "'effusion'"), (all.dropLast() + ["p4.nii.gz"], "tells no label"), (all + ["sub-02_label-synovitis_probseg.nii.gz"], "one image a label"),
                (Array(all.dropLast()), "no image of the label 'erosion'"),
            ] {
                let answer = try measure(Array(files), in: folder).answer
                #expect(answer.status == 65 && answer.err.contains(told), "\(answer.status) \(answer.err)")
            }
        }
    }
}
