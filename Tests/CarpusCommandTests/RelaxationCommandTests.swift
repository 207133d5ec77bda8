import CarpusCore
import CarpusIO
import CarpusPerfusion
import Foundation
import Testing

@Suite struct RelaxationCommandTests {
    /// T1 of 0.8 s on the left and 1.6 s on the right, at three flip angles; what headers tell in sidecars when asked.
    private func write(to folder: URL, sidecars: Bool) throws -> [String] {
        let grid = try Grid(size: Index3(6, 4, 2), spacing: Vector3(1, 1, 3))
        return try [3.0, 9, 18].map { angle in
            let sequence = try SpoiledGradientEcho(repetitionTime: 0.005, flipAngle: angle), name = "fa\(Int(angle))"
            let scalars = (0..<grid.count).map { Float(sequence.signal(scale: 4000, r1: $0 % 6 < 3 ? 1 / 0.8 : 1 / 1.6)) }
            try NIfTI.write(Volume(grid: grid, scalars: scalars), to: folder.appending(path: name + ".nii.gz"))
            if sidecars { try Data("{\"FlipAngle\": \(angle), \"RepetitionTime\": 0.005}".utf8).write(to: folder.appending(path: name + ".json")) }
            return name + ".nii.gz"
        }
    }

    private func run(_ arguments: [String], in folder: URL) throws -> Carpus.Answer {
        let (process, out, err) = try Carpus.start(arguments, in: folder)
        process.waitUntilExit()
        return .init(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
    }

    @Test func anglesComeFromSidecarsOrOptionsAndTheMapServesPharmacokinetics() throws {
        try withFolder { folder in
            let files = try write(to: folder, sidecars: true), answer = try run(["relaxation"] + files + ["--output", "t1"], in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let map = try NIfTI.readVolume(folder.appending(path: "t1/desc-T1_dcemap.nii.gz"))
            #expect(map.scalars.indices.allSatisfy { abs(map.scalars[$0] - ($0 % 6 < 3 ? 0.8 : 1.6)) < 2e-3 })
            #expect(try NIfTI.readLabels(folder.appending(path: "t1/desc-T1outcome_dseg.nii.gz")).labels.allSatisfy { $0 == 1 })
            #expect(try String(contentsOf: folder.appending(path: "t1/measures.tsv"), encoding: .utf8).contains("T1-median"))
            let told = try run(["relaxation"] + files + ["--flip-angles", "3,9,18", "--repetition-time", "0.005", "--method", "linear", "--output", "line"], in: folder)
            #expect(told.status == 0)
            let line = try NIfTI.readVolume(folder.appending(path: "line/desc-T1_dcemap.nii.gz"))
            #expect(zip(line.scalars, map.scalars).allSatisfy { abs($0 - $1) < 2e-3 })
        }
    }

    @Test func aFourthAxisOfFlipAnglesIsTaken() throws {
        try withFolder { folder in
            let files = try write(to: folder, sidecars: false), volumes = try files.map { try NIfTI.readVolume(folder.appending(path: $0)) }
            try NIfTI.write(TimeSeries(grid: volumes[0].grid, times: [0, 1, 2], scalars: volumes.flatMap(\.scalars)), to: folder.appending(path: "all.nii.gz"))
            let answer = try run(["relaxation", "all.nii.gz", "--flip-angles", "3,9,18", "--repetition-time", "0.005", "--output", "t1"], in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            #expect(abs(try NIfTI.readVolume(folder.appending(path: "t1/desc-T1_dcemap.nii.gz")).scalars[0] - 0.8) < 2e-3)
        }
    }

    @Test func whatIsMissingIsAskedFor() throws {
        try withFolder { folder in
            let files = try write(to: folder, sidecars: false)
            for (arguments, status, words) in [
                ([], 65, "--flip-angles"), (["--flip-angles", "3,9,18"], 65, "--repetition-time"), (["--flip-angles", "3,9", "--repetition-time", "0.005"], 65, "3 volumes and 2 flip angles"),
                (["--flip-angles", "3,9,9x", "--repetition-time", "0.005"], 64, "'9x'"), (["--flip-angles", "3,3,3", "--repetition-time", "0.005"], 65, "two different ones"),
                (["--flip-angles", "3,9,18", "--repetition-time", "0.005", "--b1", "none.nii"], 66, "none.nii"),
            ] as [([String], Int32, String)] {
                let answer = try run(["relaxation"] + files + arguments + ["--output", "out"], in: folder)
                #expect(answer.status == status && answer.err.contains(words), "\(arguments): \(answer.status) \(answer.err)")
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
            }
        }
    }
}
