import CarpusCore
import CarpusIO
import CarpusPerfusion
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
            #expect(measures.contains("body-without-arteries") && measures.contains("measure.perfusion/4 within body"))
            for picture in ["maps.png", "curves.png"] { #expect(try Data(contentsOf: folder.appending(path: "out/" + picture)).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47])) }
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

    /// A field of tissue with an artery that takes Parker's input, written with what its sequence was.
    private func writeBlood(to folder: URL, options: String) throws {
        let grid = try Grid(size: Index3(8, 6, 3), spacing: Vector3(1, 1, 3)), n = grid.count, times = (0..<40).map { Double($0) * 4 }
        let input = try PopulationInput.parker.function(arrival: 24, haematocrit: 0.42, until: 170), sequence = try SpoiledGradientEcho(repetitionTime: 0.004, flipAngle: 25)
        let tissue = try KineticModel.extendedTofts.concentrations([0.2, 0.3, 0.04], input: input, at: times, delay: 0), blood = times.map { 0.58 * input.value(at: $0) }
        var scalars = [Float](repeating: 0, count: n * times.count)
        for t in times.indices {
            for v in 0..<n {
                let c = v % 8 < 2 ? blood[t] : tissue[t], wobble = 1 + 0.002 * Double((v * 7 + t * 13) % 5 - 2)
                scalars[t * n + v] = Float(wobble * sequence.signal(scale: 5000, r1: (v % 8 < 2 ? 1 / 1.6 : 1 / 1.2) + 4.5 * c))
            }
        }
        try NIfTI.write(TimeSeries(grid: grid, times: times, scalars: scalars), to: folder.appending(path: "dce.nii.gz"))
        try Data("{\"RepetitionTime\": 0.004, \"FlipAngle\": 25, \"ScanOptions\": \"\(options)\"}".utf8).write(to: folder.appending(path: "dce.json"))
        func mask(_ holds: (Int) -> Bool) -> LabelMap { LabelMap(grid: grid, labels: (0..<n).map { holds($0) ? 1 : 0 }, legend: Legend([Label(value: 1, name: "part", color: [9, 9, 9])])) }
        try NIfTI.write(mask { $0 % 8 < 2 }, to: folder.appending(path: "artery.nii.gz"))
        try NIfTI.write(mask { $0 % 8 > 3 }, to: folder.appending(path: "tissue.nii.gz"))
        try NIfTI.write(Volume<Float>(grid: grid, repeating: 1.2), to: folder.appending(path: "t1.nii.gz"))
    }

    @Test(arguments: ["parker", "georgiou", "region", "automatic"]) func theArterialInputComesFromWhereItIsAsked(source: String) throws {
        try withFolder { folder in
            try writeBlood(to: folder, options: "PFP")
            var arguments = ["perfusion", "dce.nii.gz", "--output", "out", "--model", "extended-tofts", "--t1", "t1.nii.gz", "--input", source, "--region", "tissue.nii.gz"]
            if source == "region" { arguments += ["--artery", "artery.nii.gz"] }
            let (process, _, err) = try Carpus.start(arguments, in: folder)
            process.waitUntilExit()
            let said = try String(contentsOf: err, encoding: .utf8)
            #expect(process.terminationStatus == 0 && said.contains("population's (\(source))") == ["parker", "georgiou"].contains(source), "\(said)")
            let tissue = try NIfTI.readLabels(folder.appending(path: "tissue.nii.gz")), map = try NIfTI.readVolume(folder.appending(path: "out/desc-Ktrans_dcemap.nii.gz"))
            let values = map.scalars.indices.filter { tissue.labels[$0] != 0 }.map { map.scalars[$0] }.sorted(), middle = values[values.count / 2]
            // What the input was stands beside the maps: samples, where they come from, and a picture.
            let rows = try String(contentsOf: folder.appending(path: "out/input.tsv"), encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t") }
            let told = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "out/input.json"))) as? [String: Any])
            #expect(rows[0] == ["time", "plasma", "blood", "signal"] && told["Source"] as? String == source && told["Haematocrit"] as? Double == 0.42)
            let peak = try #require(rows.dropFirst().compactMap { Double($0[1]) }.max()), measured = ["region", "automatic"].contains(source)
            if source != "georgiou" { #expect((5...10.6).contains(peak), "\(peak)") }
            #expect((told["Voxels"] as? [[Int]])?.allSatisfy { $0[0] < 2 } == (measured ? true : nil) && rows.last?[3].contains("n/a") == !measured && (told["ArrivalTime"] == nil) == measured)
            #expect(!measured || rows.count == 41)
            #expect(try Data(contentsOf: folder.appending(path: "out/input.png")).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
            // Georgiou's input is another one than the voxels had; the others are theirs, sampled every 4 s where they are measured.
            if source != "georgiou" { #expect(abs(middle - 0.2) < 0.02, "\(middle)") }
        }
    }

    @Test func aLinearFitOfAGuessedArrivalIsRefusedAndOneOfAToldArrivalIsNot() throws {
        try withFolder { folder in
            try writeBlood(to: folder, options: "PFP")
            let arguments = ["perfusion", "dce.nii.gz", "--output", "out", "--model", "extended-tofts", "--t1", "t1.nii.gz", "--method", "linear"]
            func run(_ more: [String]) throws -> (status: Int32, said: String) {
                let (process, _, err) = try Carpus.start(arguments + more, in: folder)
                process.waitUntilExit()
                return (process.terminationStatus, try String(contentsOf: err, encoding: .utf8))
            }
            let refused = try run([])
            #expect(refused.status == 64 && refused.said.contains("--input-arrival") && refused.said.contains("--method non-linear"), "\(refused)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
            let told = try run(["--input-arrival", "24"])
            #expect(told.status == 0 && told.said.contains("population's (parker)") && !told.said.contains("guessed"), "\(told)")
            let measures = try String(contentsOf: folder.appending(path: "out/measures.tsv"), encoding: .utf8)
            #expect(measures.contains("Ktrans-median"))
        }
    }

    @Test func b1OfTheSeriesAndAToldBaselineAreTaken() throws {
        try withFolder { folder in
            try writeBlood(to: folder, options: "PFP")
            let grid = try NIfTI.readVolume(folder.appending(path: "t1.nii.gz")).grid
            try NIfTI.write(Volume<Float>(grid: grid, repeating: 0.8), to: folder.appending(path: "b1.nii.gz"))
            func ktrans(_ more: [String]) throws -> Double {
                let (process, _, err) = try Carpus.start(
                    ["perfusion", "dce.nii.gz", "--output", "out", "--force", "--model", "extended-tofts", "--t1", "t1.nii.gz", "--region", "tissue.nii.gz", "--baseline-frames", "5"] + more, in: folder)
                process.waitUntilExit()
                let complaint = try String(contentsOf: err, encoding: .utf8)
                #expect(process.terminationStatus == 0, "\(more): \(complaint)")
                let rows = try String(contentsOf: folder.appending(path: "out/measures.tsv"), encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t") }
                return try #require(rows.first { $0[4] == "Ktrans-median" }.flatMap { Double($0[5]) })
            }
            // A series of 31.25 degrees where 25 were reached is the series of 25 degrees.
            let plain = try ktrans([]), same = try ktrans(["--b1", "b1.nii.gz", "--flip-angle", "31.25"]), other = try ktrans(["--b1", "b1.nii.gz"])
            #expect(abs(plain - 0.2) < 0.02 && abs(same / plain - 1) < 1e-5 && abs(other / plain - 1) > 0.01, "\(plain), \(same), \(other)")
        }
    }

    @Test func anImplausibleInputIsToldAndFatSuppressionIsReadFromTheSidecar() throws {
        try withFolder { folder in
            try writeBlood(to: folder, options: "PFP\\\\FS")
            let refused = try Carpus.run("perfusion", "dce.nii.gz", "--output", "out", "--model", "tofts", in: folder)
            #expect(refused.status == 65 && refused.err.contains("fat-suppressed") && refused.err.contains("semi-quantitative"), "\(refused.err)")
            let doubted = try Carpus.run(
                "perfusion", "dce.nii.gz", "--output", "out", "--model", "extended-tofts", "--t1", "t1.nii.gz", "--input", "region", "--artery", "tissue.nii.gz", "--region", "tissue.nii.gz", in: folder)
            #expect(doubted.status == 0 && doubted.err.contains("hardly falls after its peak"), "\(doubted.err)")
        }
    }
}
