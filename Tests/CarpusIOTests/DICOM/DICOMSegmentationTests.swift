import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Segmentations hold every voxel at its place, and the patient and study of their source.
struct DICOMSegmentationTests {
    /// The voxels of a segment as a written file holds them: bits by frames, frames by position, read without the code that wrote them.
    private func voxels(of segment: Int, in set: DataSet, on grid: Grid) throws -> [Int] {
        let rows = try #require(set.integers(0x0028_0010).first), columns = try #require(set.integers(0x0028_0011).first), bits = try #require(set.elements[0x7FE0_0010]?.bytes)
        var found: [Int] = []
        for (i, frame) in set.items(0x5200_9230).enumerated() where frame.items(0x0062_000A).first?.integers(0x0062_000B) == [segment] {
            let p = try #require(frame.items(0x0020_9113).first).numbers(0x0020_0032)
            for j in 0..<rows * columns {
                let bit = i * rows * columns + j
                guard bits[bit / 8] >> (bit % 8) & 1 == 1 else { continue }
                // The world position of the pixel by the file's own geometry, then the voxel there.
                let shared = try #require(set.items(0x5200_9229).first), o = try #require(shared.items(0x0020_9116).first).numbers(0x0020_0037)
                let s = try #require(shared.items(0x0028_9110).first).numbers(0x0028_0030)
                let world = Vector3(p[0], p[1], p[2]) + Vector3(o[0], o[1], o[2]) * s[1] * Double(j % columns) + Vector3(o[3], o[4], o[5]) * s[0] * Double(j / columns)
                let v = grid.voxelFromWorld(world), nearest = Index3(v.rounded(.toNearestOrEven))
                #expect((v - Vector3(nearest)).length < 1e-6)
                found.append(grid.offset(nearest.x, nearest.y, nearest.z))
            }
        }
        return found.sorted()
    }

    @Test(arguments: [Index3(5, 7, 4), Index3(3, 3, 1), Index3(8, 4, 3)], [false, true]) func everyVoxelComesBackAtItsPlace(_ size: Index3, _ leftHanded: Bool) throws {
        let made = try WrittenSeries(size: size, leftHanded: leftHanded), grid = made.grid, file = made.folder.appending(path: "seg.dcm")
        #expect(grid.isRightHanded && grid.size == size)
        var dice = Dice(seed: 5)
        let map = LabelMap(grid: grid, labels: (0..<grid.count).map { _ in UInt16.random(in: 0...2, using: &dice) }, legend: Legend([]))
        var segmentation = DICOMSegmentation(of: made.source, version: "1")
        for value in 1...2 as ClosedRange<UInt16> { #expect(try segmentation.add(WrittenSeries.segment("s\(value)")) { map.labels[$0] == value } == Int(value)) }
        try segmentation.write(to: file, of: made.study)
        let set = try DataSet(file)
        for value in 1...2 as ClosedRange<UInt16> {
            let wanted = map.labels.indices.filter { map.labels[$0] == value }
            #expect(try voxels(of: Int(value), in: set, on: grid) == wanted && segmentation.voxels(of: Int(value)) == wanted)
        }
    }

    @Test func slicesWithoutASegmentAndSegmentsWithoutVoxelsAreLeftOut() throws {
        let made = try WrittenSeries(), file = made.folder.appending(path: "seg.dcm")
        var segmentation = try made.segmentation()
        #expect(try segmentation.add(WrittenSeries.segment("absent")) { _ in false } == nil)
        #expect(try segmentation.add(WrittenSeries.segment("last")) { $0 == made.grid.count - 1 } == 3)
        try segmentation.write(to: file, of: made.study)
        let set = try DataSet(file), frames = set.items(0x5200_9230)
        #expect(set.items(0x0062_0002).map { $0.text(0x0062_0005) } == ["synovitis/radiocarpal", "erosion/capitate", "last"])
        #expect(frames.map { $0.items(0x0062_000A)[0].integers(0x0062_000B)[0] } == [1, 1, 1, 1, 2, 3] && set.numbers(0x0028_0008) == [6])
        #expect(frames.map { $0.items(0x0020_9111)[0].integers(0x0020_9157) } == [[1, 1], [1, 2], [1, 3], [1, 4], [2, 2], [3, 4]])
        // 6 frames of 35 bits: 27 bytes, padded.
        #expect(set.elements[0x7FE0_0010]?.vr == "OB" && set.elements[0x7FE0_0010]?.bytes.count == 28 && set.text(0x0062_0001) == "BINARY")
    }

    @Test func eachFramePointsToTheSliceItWasReadFrom() throws {
        let made = try WrittenSeries(leftHanded: true), file = made.folder.appending(path: "seg.dcm")
        try made.segmentation().write(to: file, of: made.study)
        let set = try DataSet(file)
        for frame in set.items(0x5200_9230) {
            let image = frame.items(0x0008_9124)[0].items(0x0008_2112)[0], uid = try #require(image.text(0x0008_1155))
            let files = try FileManager.default.contentsOfDirectory(at: made.folder, includingPropertiesForKeys: nil).filter { $0.lastPathComponent.hasPrefix("IM") }
            let slice = try #require(try files.map { try DataSet($0) }.first { $0.text(0x0008_0018) == uid })
            let (a, b) = (slice.numbers(0x0020_0032), frame.items(0x0020_9113)[0].numbers(0x0020_0032))
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 } && image.text(0x0008_1150) == slice.text(0x0008_0016) && image.elements[0x0008_1160] == nil)
        }
        #expect(set.items(0x0008_1115)[0].items(0x0008_114A).count == 4 && set.items(0x0008_1115)[0].text(0x0020_000E) == made.source.seriesUID)
        #expect(set.text(0x0020_0052) == DICOMUID.derived(from: "frame of reference"))
    }

    @Test func ofATimeSeriesEachSlicePointsToAllFrames() throws {
        let made = try WrittenSeries(size: Index3(3, 2, 3), frames: 4)
        #expect(made.source.slices.map(\.count) == [4, 4, 4] && Set(made.source.slices.joined().map(\.instanceUID)).count == 12)
    }

    @Test func patientAndStudyAreTheSourcesByteForByte() throws {
        let made = try WrittenSeries(), file = made.folder.appending(path: "seg.dcm")
        try made.segmentation().write(to: file, of: made.study)
        let set = try DataSet(file), source = try DataSet(made.folder.appending(path: "IM0001.dcm"))
        for tag in [0x0008_0005, 0x0008_0020, 0x0008_0030, 0x0008_0050, 0x0008_0090, 0x0008_1030, 0x0010_0010, 0x0010_0020, 0x0010_0030, 0x0010_0040, 0x0010_1010, 0x0020_000D, 0x0020_0010] as [UInt32] {
            #expect(set.elements[tag] == source.elements[tag] && set.elements[tag] != nil, "\(String(tag, radix: 16))")
        }
        #expect(set.text(0x0010_0010) == "Simulated^Ånne" && set.text(0x0008_0023) == "20240229" && set.text(0x0008_0033) == "101530" && set.text(0x0008_103E) == "Carpus segmentation")
        #expect(set.text(0x0008_0018) != source.text(0x0008_0018) && set.text(0x0020_000E) != source.text(0x0020_000E))
    }

    @Test func whatASegmentIsStandsInCodes() throws {
        let made = try WrittenSeries(), file = made.folder.appending(path: "seg.dcm")
        var segmentation = DICOMSegmentation(of: made.source, version: "1.2.3")
        var segment = WrittenSeries.segment("synovitis/a-site-of-a-long-name", color: [255, 255, 255])
        segment.region = .own("a-code-of-more-than-16-characters", "A site")
        _ = try segmentation.add(segment) { $0 == 0 }
        try segmentation.write(to: file, of: made.study)
        let written = try DataSet(file), set = written.items(0x0062_0002)[0]
        #expect(set.code(0x0062_0003) == "SCT 49755003" && set.code(0x0062_000F) == "SCT 409774005" && set.items(0x0062_000F)[0].code(0x0062_0011) == "SCT 7771000")
        #expect(set.code(0x0008_2218) == "99CARPUS a-code-of-more-than-16-characters" && set.items(0x0008_2218)[0].code(0x0008_2220) == "SCT 7771000")
        #expect(written.items(0x0008_0110)[0].text(0x0008_0102) == "99CARPUS" && set.text(0x0062_0008) == "AUTOMATIC" && set.text(0x0062_0009) == "Carpus 1.2.3")
        // White is L 100, a 0, b 0.
        let lab = set.integers(0x0062_000D)
        #expect(zip(lab, [65_535, 32_896, 32_896]).allSatisfy { abs($0 - $1) <= 8 }, "\(lab)")
    }

    @Test func whatIsTrackedIsThePatientsAndNotTheVisits() throws {
        let first = try WrittenSeries(), other = try WrittenSeries(size: Index3(4, 4, 3))
        func uids(_ made: WrittenSeries, _ study: StudySource) throws -> [String?] {
            let file = made.folder.appending(path: "seg.dcm")
            try made.segmentation().write(to: file, of: study)
            return try DataSet(file).items(0x0062_0002).map { $0.text(0x0062_0021) }
        }
        let a = try uids(first, first.study), b = try uids(other, other.study)
        #expect(try a == b && Set(a).count == 2 && first.segmentation().contentUID != other.segmentation().contentUID)
    }

    @Test func equalInputGivesEqualBytesAndOtherVoxelsAnotherObject() throws {
        let made = try WrittenSeries(), files = ["a", "b"].map { made.folder.appending(path: "\($0).dcm") }
        for file in files { try made.segmentation().write(to: file, of: made.study) }
        #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
        var more = try made.segmentation(), fewer = more
        _ = try more.add(WrittenSeries.segment("c")) { $0 == 0 }
        _ = try fewer.add(WrittenSeries.segment("c")) { $0 == 1 }
        #expect(try Set([more.contentUID, fewer.contentUID, made.segmentation().contentUID]).count == 3)
    }

    @Test func itRestsWithoutThePatientAndComesBack() throws {
        let made = try WrittenSeries(), segmentation = try made.segmentation(), stem = made.folder.appending(path: "segmentation")
        try segmentation.rest(at: stem)
        #expect(try DICOMSegmentation(restingAt: stem) == segmentation)
        for name in ["segmentation.json", "segmentation.bits"] {
            let bytes = try Data(contentsOf: made.folder.appending(path: name))
            for secret in ["P-17", "Simulated", "nne", "A1", "19700101", "20240229"] { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) in \(name)") }
        }
        try Data([0]).write(to: made.folder.appending(path: "segmentation.bits"))
        #expect { _ = try DICOMSegmentation(restingAt: stem) } throws: { ($0 as? IOError)?.code == .inconsistent }
    }

    @Test func moreThan255SegmentsAreRefused() throws {
        let made = try WrittenSeries(size: Index3(16, 17, 1))
        var segmentation = DICOMSegmentation(of: made.source, version: "1")
        for i in 0..<255 { #expect(try segmentation.add(WrittenSeries.segment("s\(i)")) { $0 == i } == i + 1) }
        #expect(try segmentation.add(WrittenSeries.segment("absent")) { _ in false } == nil)
        #expect { _ = try segmentation.add(WrittenSeries.segment("one more")) { $0 == 0 } } throws: { ($0 as? IOError)?.code == .unsupported && "\($0)".contains("255") }
    }

    @Test func headersThatLackSomethingMakeNoSourceOrNoDate() throws {
        func source(_ change: (inout TinyDICOM) -> Void) throws -> (DICOMSource?, URL) {
            let folder = try temporaryFolder()
            var file = TinyDICOM(instance: "1.2.3.4")
            file.text(0x0020_0052, "UI", "1.9")
            change(&file)
            try file.write(to: folder, as: "a.dcm")
            return (try DICOMFolder.scan(folder).series[0].load()[0].source, folder)
        }
        #expect(try source { _ in }.0?.isDated == false)
        #expect(try source { $0.text(0x0020_0052, "UI", "") }.0 == nil && source { $0.text(0x0020_000D, "UI", "") }.0 == nil)
        // No study date and no optional element: that of the acquisition is told as the content's, and the study's stays empty.
        let (found, folder) = try source { file in
            file.text(0x0008_0022, "DA", "20200102")
            file.text(0x0008_0032, "TM", "0304")
            file.text(0x0008_0005, "CS", "ISO_IR 100")
            file.text(0x0010_0010, "PN", "Åse^Ø")
        }
        var segmentation = DICOMSegmentation(of: try #require(found), version: "1")
        _ = try segmentation.add(WrittenSeries.segment("a")) { $0 == 3 }
        try segmentation.write(to: folder.appending(path: "seg.dcm"), of: StudySource(folder.appending(path: "a.dcm"), participant: "x"))
        let set = try DataSet(folder.appending(path: "seg.dcm"))
        #expect(found?.isDated == true)
        #expect(set.text(0x0008_0023) == "20200102" && set.text(0x0008_0033) == "0304" && set.text(0x0008_0020) == "" && set.text(0x0008_0050) == "")
        #expect(set.text(0x0008_0005) == "ISO_IR 100" && set.elements[0x0010_0010]?.bytes == Array("Åse^Ø".utf8) + [0x20])
    }
}
