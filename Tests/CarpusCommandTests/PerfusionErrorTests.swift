import CarpusCore
import CarpusIO
import Foundation
import Testing

/// Series that cannot be analysed: the command says what, where and what to do, and writes nothing.
@Suite struct PerfusionErrorTests {
    /// A series with a rise, and its file.
    private func write(_ file: URL, size: Index3 = Index3(5, 4, 3), frames: Int = 8, value: (Int) -> Float = { _ in 100 }) throws {
        let grid = try Grid(size: size, spacing: Vector3(1, 1, 3)), n = grid.count
        let scalars = (0..<n * frames).map { i in value(i) * (i / n > 3 && i % 2 == 0 ? 2 : 1) }
        try NIfTI.write(TimeSeries(grid: grid, times: (0..<frames).map { Double($0) * 6 }, scalars: scalars), to: file)
    }

    /// Replaces bytes of an uncompressed header.
    private func patch<T>(_ file: URL, at offset: Int, _ value: T) throws {
        var data = try Data(contentsOf: file)
        withUnsafeBytes(of: value) { data.replaceSubrange(offset..<offset + $0.count, with: $0) }
        try data.write(to: file)
    }

    private func expectRefusal(_ arguments: [String], _ words: [String], in folder: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (process, out, err) = try Carpus.start(["perfusion"] + arguments + ["--output", "out"], in: folder)
        process.waitUntilExit()
        let said = try String(contentsOf: err, encoding: .utf8)
        #expect(process.terminationStatus == 65 && words.allSatisfy(said.contains), "\(arguments): \(process.terminationStatus) \(said)", sourceLocation: sourceLocation)
        #expect(said.split(separator: "\n").count == 1, "one sentence", sourceLocation: sourceLocation)
        #expect(try Data(contentsOf: out).isEmpty && !FileManager.default.fileExists(atPath: folder.appending(path: "out").path), sourceLocation: sourceLocation)
    }

    @Test func timeAlongAnotherAxis() throws {
        try withFolder { folder in
            // Time as the third axis of three, and as the first of four.
            try NIfTI.write(Volume<Float>(grid: try Grid(size: Index3(5, 4, 40), spacing: Vector3(1, 1, 1)), repeating: 1), to: folder.appending(path: "flat.nii.gz"))
            try expectRefusal(["flat.nii.gz"], ["flat.nii.gz", "one volume", "along the fourth"], in: folder)
            try write(folder.appending(path: "first.nii.gz"), size: Index3(20, 5, 4), frames: 8)
            try Data((0..<20).map { "\($0 * 5)" }.joined(separator: " ").utf8).write(to: folder.appending(path: "times.txt"))
            try expectRefusal(["first.nii.gz", "--times", "times.txt"], ["times.txt", "20 times for 8 frames", "axis 1", "along the fourth"], in: folder)
        }
    }

    @Test func framesStoredAsSlices() throws {
        try withFolder { folder in
            // 20 frames as slices, 5 slices as frames: tissue that differs from slice to slice, a third of which rises from the eighth on.
            let grid = try Grid(size: Index3(12, 10, 20), spacing: Vector3(1, 1, 1)), n = grid.count
            let scalars = (0..<n * 5).map { i in
                let place = i % 120, time = i % n / 120, slice = i / n
                return Float(100 + (place * 37 + slice * 53) % 61 + (place * 7 + time * 13 + slice * 5) % 5) * (place % 3 == 0 && time > 7 ? 2 : 1)
            }
            try NIfTI.write(TimeSeries(grid: grid, times: (0..<5).map { Double($0) * 6 }, scalars: scalars), to: folder.appending(path: "dce.nii.gz"))
            try expectRefusal(["dce.nii.gz", "--frame-interval", "6"], ["dce.nii.gz", "along axis 3", "along the fourth", "--times"], in: folder)
        }
    }

    @Test func oneFrameOrNone() throws {
        try withFolder { folder in
            let file = folder.appending(path: "dce.nii")
            try write(file)
            try patch(file, at: 48, Int16(1))
            try expectRefusal(["dce.nii"], ["dce.nii", "one volume"], in: folder)
            try patch(file, at: 48, Int16(0))
            try expectRefusal(["dce.nii"], ["dce.nii"], in: folder)
            try expectRefusal(["dce.nii", "--frame-interval", "5"], ["dce.nii"], in: folder)
            try write(file, frames: 3)
            try expectRefusal(["dce.nii"], ["3 frames", "at least 4"], in: folder)
        }
    }

    @Test func spacingOfZeroAndTimesThatAreNone() throws {
        try withFolder { folder in
            let file = folder.appending(path: "dce.nii")
            try write(file)
            try patch(file, at: 92, Float(0))
            try expectRefusal(["dce.nii"], ["dce.nii", "no times", "--times", "--frame-interval"], in: folder)
            for (name, text, words) in [
                ("short", "0 6 12", ["3 times for 8 frames"]), ("repeated", "0 6 6 12 18 24 30 36", ["must rise", "frame 2 and of frame 3"]),
                ("unordered", "0 6 18 12 24 30 36 42", ["must rise", "frame 4 at 12.0 s"]), ("empty", "", ["0 times for 8 frames"]), ("words", "0 6 soon 18 24 30 36 42", ["'soon' is no time"]),
                ("infinite", "0 6 12 18 24 30 36 inf", ["is inf"]),
            ] {
                try Data(text.utf8).write(to: folder.appending(path: "\(name).txt"))
                try expectRefusal(["dce.nii", "--times", "\(name).txt"], ["\(name).txt"] + words, in: folder)
            }
            try expectRefusal(["dce.nii", "--frame-interval", "0"], ["above 0"], in: folder)
            #expect(try Carpus.run("perfusion", "dce.nii", "--frame-interval", "6", "--output", "good", in: folder).status == 0)
        }
    }

    @Test func valuesThatAreNoNumbers() throws {
        try withFolder { folder in
            try write(folder.appending(path: "none.nii.gz")) { _ in .nan }
            try expectRefusal(["none.nii.gz"], ["NaN"], in: folder)
            // One voxel without numbers is no reason to refuse the others: it is NaN in the maps, and said to be.
            try write(folder.appending(path: "one.nii.gz"), frames: 12) { $0 == 60 * 7 + 5 ? .nan : 100 }
            let answer = try Carpus.run("perfusion", "one.nii.gz", "--output", "good", in: folder)
            #expect(answer.status == 0 && answer.err.contains("1 of 60 voxels have no curve"), "\(answer.err)")
            let map = try NIfTI.readVolume(folder.appending(path: "good/desc-ME_dcemap.nii.gz"))
            #expect(map.scalars.indices.filter { map.scalars[$0].isNaN } == [5])
        }
    }

    @Test func aRegionOnAnotherGrid() throws {
        try withFolder { folder in
            try write(folder.appending(path: "dce.nii.gz"))
            try NIfTI.write(Volume<Float>(grid: try Grid(size: Index3(5, 4, 2), spacing: Vector3(1, 1, 3)), repeating: 1), to: folder.appending(path: "region.nii.gz"))
            try expectRefusal(["dce.nii.gz", "--region", "region.nii.gz"], ["another grid", "resample"], in: folder)
        }
    }
}
