import CarpusCore
import CarpusIO
import Foundation
import Testing

/// Dynamic series as folders of DICOM: which clock told the times is said, and times that are given make any clock needless.
@Suite struct DICOMSeriesTests {
    private let times = [0, 5, 11, 16, 22, 27, 33, 38, 44, 50, 55, 61.0]

    /// A series of uneven times with a rise.
    private func write(to folder: URL, echoTime: Double = 0.002) throws {
        let grid = try Grid(size: Index3(5, 4, 3), spacing: Vector3(1, 1, 3)), n = grid.count
        let scalars = (0..<n * times.count).map { Float(100 + $0 % 3 + ($0 / n > 4 && $0 % 2 == 0 ? 120 : 0)) }
        guard let start = DICOMMoment(date: "20240229", time: "101500") else { preconditionFailure("a moment that is one") }
        let series = MRSeriesDescription(
            patient: .init(id: "sub-01", name: "Made^Up"), study: .init(instanceUID: DICOMUID.derived(from: "study"), start: start, description: "Wrist"), instanceUID: DICOMUID.derived(from: "dce"),
            frameOfReferenceUID: DICOMUID.derived(from: "frame"), number: 1, description: "dce", laterality: .left,
            acquisition: .init(sequence: [.gradientRecalled], isThreeDimensional: true, repetitionTime: 0.005, echoTime: echoTime, flipAngle: 20, fieldStrength: 1.5))
        try DICOMWriter.write(TimeSeries(grid: grid, times: times, scalars: scalars), as: series, to: folder)
    }

    /// Stops a clock (group 8): its value becomes the same in all files.
    private func stop(_ element: UInt8, in folder: URL) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: name)
            var data = try Data(contentsOf: file)
            let at = try #require(data.range(of: Data([8, 0, element, 0, 0x54, 0x4D]))).upperBound, count = Int(data[at]) + Int(data[at + 1]) * 256
            data.replaceSubrange(at + 2..<at + 2 + count, with: Data("101500.00000000000".utf8.prefix(count)))
            try data.write(to: file)
        }
    }

    private func run(_ arguments: [String], in folder: URL) throws -> Carpus.Answer {
        let (process, out, err) = try Carpus.start(["perfusion", "dce"] + arguments, in: folder)
        process.waitUntilExit()
        return .init(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
    }

    @Test func theClockThatToldTheTimesIsSaidFirst() throws {
        try withFolder { folder in
            let dce = folder.appending(path: "dce")
            try write(to: dce)
            let good = try run(["--output", "good"], in: folder)
            #expect(good.status == 0 && good.err.contains("come from AcquisitionTime."), "\(good.err)")
            try stop(0x32, in: dce)
            let doubted = try run(["--output", "doubted"], in: folder), said = doubted.err.split(separator: "\n").map(String.init)
            let at = try #require(said.firstIndex { $0.contains("warning: The frames' times come from ContentTime, which does not measure") }, "\(doubted.err)")
            #expect(doubted.status == 0 && said[...at].allSatisfy { !$0.contains("baseline") && !$0.contains("series ends") }, "\(doubted.err)")
        }
    }

    @Test func timesThatAreGivenStandInForClocks() throws {
        try withFolder { folder in
            let dce = folder.appending(path: "dce")
            try write(to: dce)
            try stop(0x32, in: dce)
            try stop(0x33, in: dce)
            let refused = try run(["--output", "out"], in: folder)
            #expect(refused.status == 65 && refused.err.contains("no clock tells"), "\(refused.err)")
            try Data(times.map { "\($0 * 2)" }.joined(separator: "\n").utf8).write(to: folder.appending(path: "times.txt"))
            let given = try run(["--times", "times.txt", "--output", "given"], in: folder)
            #expect(given.status == 0 && given.err.contains("were given, not read"), "\(given.err)")
            let curve = try String(contentsOf: folder.appending(path: "given/curves.tsv"), encoding: .utf8).split(separator: "\n").dropFirst().compactMap { Double($0.split(separator: "\t")[2]) }
            #expect(Set(curve) == Set(times.map { 2 * $0 }), "\(curve)")
            #expect(try run(["--frame-interval", "5", "--output", "even"], in: folder).status == 0)
            try Data("0 5".utf8).write(to: folder.appending(path: "short.txt"))
            let short = try run(["--times", "short.txt", "--output", "out"], in: folder)
            #expect(short.status == 65 && short.err.contains("short.txt") && short.err.contains("2 times for 12 frames"), "\(short.err)")
        }
    }

    @Test func ofSeveralDynamicSeriesNoneIsTakenSilently() throws {
        try withFolder { folder in
            for (name, echo) in [("dce/first", 0.002), ("dce/second", 0.004)] {
                try FileManager.default.createDirectory(at: folder.appending(path: "dce"), withIntermediateDirectories: true)
                try write(to: folder.appending(path: name), echoTime: echo)
            }
            let answer = try run(["--output", "out"], in: folder)
            #expect(answer.status == 65 && answer.err.contains("2 series over time"), "\(answer.err)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
        }
    }
}
