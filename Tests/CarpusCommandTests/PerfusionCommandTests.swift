import CarpusCore
import CarpusIO
import Foundation
import Testing

@Suite struct PerfusionCommandTests {
    /// A small series of which one half rises and falls.
    private func write(to file: URL, frames: Int = 30) throws {
        let grid = try Grid(size: Index3(6, 4, 2), spacing: Vector3(1, 1, 3)), n = grid.count
        var scalars = [Float](repeating: 100, count: n * frames)
        for t in 0..<frames {
            for v in 0..<n {
                let s = Double(t) * 6, rise = max(0, min(1, (s - 40) / 30)) - 0.4 * max(0, s - 70) / 110
                scalars[t * n + v] = 100 + Float((v * 7 + t * 13) % 5) * 0.3 + (v % 6 < 3 ? Float(120 * rise) : 0)
            }
        }
        try NIfTI.write(TimeSeries(grid: grid, times: (0..<frames).map { Double($0) * 6 }, scalars: scalars), to: file)
    }

    @Test func mapsLegendsAndMeasuresAreWritten() throws {
        try withFolder { folder in
            try write(to: folder.appending(path: "dce.nii.gz"))
            let answer = try Carpus.run("perfusion", "dce.nii.gz", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let classes = try NIfTI.readLabels(folder.appending(path: "out/desc-class_dseg.nii.gz"))
            #expect(classes.counts == [3: 24])
            let measures = try String(contentsOf: folder.appending(path: "out/measures.tsv"), encoding: .utf8)
            let rows = measures.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            let volumes = rows.filter { $0.contains("enhancing-volume") }.compactMap { row in row.firstIndex(of: "mL").flatMap { Double(row[$0 - 1]) } }
            // 24 voxels of 3 mm³.
            #expect(measures.contains("N-washout\t24.0\t1") && volumes.contains { abs($0 - 0.072) < 1e-9 })
            #expect(try String(contentsOf: folder.appending(path: "out/desc-class_dseg.tsv"), encoding: .utf8).contains("washout"))
            #expect(try Carpus.run("perfusion", "dce.nii.gz", "--output", "out", in: folder).status == 73)
        }
    }

    @Test func badTimesAreToldAndNothingIsWritten() throws {
        try withFolder { folder in
            try write(to: folder.appending(path: "dce.nii.gz"))
            try Data("0 6 6 12".utf8).write(to: folder.appending(path: "short.txt"))
            let repeated = (0..<30).map { $0 == 7 ? "36" : "\($0 * 6)" }.joined(separator: "\n")
            try Data(repeated.utf8).write(to: folder.appending(path: "repeated.txt"))
            for (arguments, words) in [
                (["--times", "short.txt"], "4 times for 30 frames"), (["--times", "repeated.txt"], "times must rise"), (["--frame-interval", "0"], "above 0"), (["--times", "none.txt"], "no such file"),
                (["--model", "tofts"], "repetitionTime"), (["--model", "tofts", "--repetition-time", "0.005", "--flip-angle", "20", "--fat-suppressed"], "fat-suppressed"),
            ] {
                let (process, _, err) = try Carpus.start(["perfusion", "dce.nii.gz", "--output", "out"] + arguments, in: folder)
                process.waitUntilExit()
                let said = try String(contentsOf: err, encoding: .utf8)
                #expect([65, 66].contains(process.terminationStatus) && said.contains(words), "\(arguments): \(process.terminationStatus) \(said)")
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
            }
        }
    }
}
