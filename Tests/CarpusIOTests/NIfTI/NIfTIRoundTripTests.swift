import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@Suite struct NIfTIRoundTripTests {
    private func oblique(_ size: Index3, mirrored: Bool = false) throws -> Grid {
        let r = RigidTransform(axis: Vector3(1, 2, 3), angle: 0.7).matrix
        return try Grid(size: size, spacing: Vector3(0.31, 0.47, 2.5), origin: Vector3(-31.5, 12.25, 100), direction: Matrix3(columns: r.x, r.y, r.z * (mirrored ? -1 : 1)))
    }

    @Test(arguments: ["a.nii", "a.nii.gz"], [false, true])
    func aVolumeComesBackAsItWasWritten(name: String, mirrored: Bool) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let grid = try oblique(Index3(5, 4, 3), mirrored: mirrored)
        let volume = Volume<Float>(grid: grid, scalars: (0..<60).map { Float($0) * 1.25 - 7 })
        try NIfTI.write(volume, to: folder.appending(path: name))
        let image = try NIfTI.read(folder.appending(path: name))
        #expect(image.volume?.scalars == volume.scalars)
        #expect(image.volume?.grid.matches(grid, within: 1e-4) == true)
        #expect(image.header.sformCode == 1 && image.header.qformCode == 1 && image.findings.isEmpty, "both forms agree and units are set")
    }

    /// Data sets under version control are often folders of links.
    @Test(arguments: ["a.nii", "a.nii.gz"]) func aLinkIsReadAsWhatItPointsTo(name: String) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let volume = Volume<Float>(grid: try oblique(Index3(40, 30, 20)), scalars: (0..<24_000).map { Float($0 * 7919 % 1009) })
        try NIfTI.write(volume, to: folder.appending(path: name))
        try FileManager.default.createSymbolicLink(at: folder.appending(path: "link-" + name), withDestinationURL: folder.appending(path: name))
        #expect(try NIfTI.readVolume(folder.appending(path: "link-" + name)).scalars == volume.scalars)
    }

    @Test func equalVolumesGiveEqualBytes() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let volume = Volume<Float>(grid: try oblique(Index3(9, 8, 7)), repeating: 3)
        for name in ["a.nii.gz", "b.nii.gz"] { try NIfTI.write(volume, to: folder.appending(path: name)) }
        #expect(try Data(contentsOf: folder.appending(path: "a.nii.gz")) == Data(contentsOf: folder.appending(path: "b.nii.gz")))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2, "nothing is left to the side")
    }

    @Test func aSeriesKeepsItsFramesAndTimes() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let grid = try oblique(Index3(3, 2, 2))
        let series = TimeSeries(grid: grid, times: [0, 5, 10], scalars: (0..<36).map(Float.init))
        try NIfTI.write(series, to: folder.appending(path: "d.nii"))
        guard case .series(let even) = try NIfTI.read(folder.appending(path: "d.nii")).content else { Issue.record("no series"); return }
        #expect(even.scalars == series.scalars && even.times == [0, 5, 10])
        try Data(#"{"FrameTimesStart": [0, 4.5, 11]}"#.utf8).write(to: folder.appending(path: "d.json"))
        guard case .series(let uneven) = try NIfTI.read(folder.appending(path: "d.nii")).content else { Issue.record("no series"); return }
        #expect(uneven.times == [0, 4.5, 11])
        try Data(#"{"FrameTimesStart": [0, 4.5]}"#.utf8).write(to: folder.appending(path: "d.json"))
        #expect(throws: IOError.self) { try NIfTI.read(folder.appending(path: "d.nii")) }
    }

    @Test(arguments: [UInt16(3), 700])
    func labelsKeepTheirValuesAndRefuseFractions(largest: UInt16) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let grid = try oblique(Index3(2, 2, 2)), file = folder.appending(path: "l.nii.gz")
        let legend = Legend([Label(value: 1, name: "a", color: [1, 2, 3]), Label(value: largest, name: "b", color: [4, 5, 6])])
        let map = LabelMap(grid: grid, labels: [0, 1, largest, 0, 1, 1, 0, largest], legend: legend)
        try NIfTI.write(map, to: file)
        #expect(try NIfTI.readLabels(file, legend: legend).labels == map.labels)
        #expect(throws: IOError.self) { try NIfTI.readLabels(file, legend: Legend([Label(value: 1, name: "a", color: [1, 2, 3])])) }
        try NIfTI.write(Volume<Float>(grid: grid, repeating: 0.5), to: folder.appending(path: "v.nii"))
        #expect(throws: IOError.self) { try NIfTI.readLabels(folder.appending(path: "v.nii")) }
    }

    @Test func damageIsATypedErrorAndNeverACrash() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "x.nii")
        try NIfTI.write(Volume<Float>(grid: try oblique(Index3(4, 4, 4)), scalars: (0..<64).map(Float.init)), to: file)
        let sound = [UInt8](try Data(contentsOf: file))
        var random = SystemRandomLike(state: 7), errors = 0
        for round in 0..<1500 {
            var bytes = sound
            if round % 5 == 0 { bytes.removeLast(Int(random.next() % UInt64(sound.count))) }
            for _ in 0..<1 + round % 4 where !bytes.isEmpty { bytes[Int(random.next() % UInt64(min(352, bytes.count)))] = UInt8(truncatingIfNeeded: random.next()) }
            try Data(bytes).write(to: file)
            do { _ = try NIfTI.read(file) } catch is IOError { errors += 1 }
        }
        #expect(errors > 300)
    }

    @Test func aHeaderThatPromisesMoreThanTheFileHoldsIsRefusedBeforeAnythingIsAllocated() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "x.nii")
        try NIfTI.write(Volume<Float>(grid: try oblique(Index3(4, 4, 4)), repeating: 1), to: file)
        var bytes = [UInt8](try Data(contentsOf: file))
        for i in [42, 44, 46] { (bytes[i], bytes[i + 1]) = (0xFF, 0x7F) }
        try Data(bytes).write(to: file)
        do {
            _ = try NIfTI.read(file)
            Issue.record("it was read")
        } catch let error as IOError { #expect(error.code == .truncated) }
    }
}

/// Repeatable random numbers (xorshift64*).
struct SystemRandomLike {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717 >> 16
    }
}
