@testable import CarpusIO
import CarpusCore
import CarpusTestSupport
import Foundation
import Testing

/// Whose an object is, what it was made from, and which UIDs tell it from others.
struct DICOMIdentityTests {
    /// A single slice with more elements, and a source and study read from it.
    private func tiny(participant: String = "01", _ change: (inout TinyDICOM) -> Void) throws -> (source: DICOMSource, study: StudySource, folder: URL) {
        let folder = try temporaryFolder()
        var file = TinyDICOM(instance: "1.2.3.4")
        file.text(0x0020_0052, "UI", "1.9")
        file.text(0x0008_0020, "DA", "20240102")
        file.text(0x0008_0030, "TM", "1015")
        change(&file)
        try file.write(to: folder, as: "a.dcm")
        let source = try #require(try DICOMFolder.scan(folder).series[0].load()[0].source)
        return (source, try StudySource(folder.appending(path: "a.dcm"), participant: participant), folder)
    }

    private func written(_ made: (source: DICOMSource, study: StudySource, folder: URL)) throws -> DataSet {
        var segmentation = DICOMSegmentation(of: made.source, version: "1")
        _ = try segmentation.add(WrittenSeries.segment("a"), voxels: [3])
        let file = made.folder.appending(path: "seg.dcm")
        try segmentation.write(to: file, of: made.study)
        return try DataSet(file)
    }

    @Test func anotherPatientSideOrNameIsAnotherTrackedThing() throws {
        func uid(_ participant: String = "01", _ name: String = "synovitis", _ side: Laterality? = .left, _ change: (inout TinyDICOM) -> Void = { _ in }) throws -> String {
            try tiny(participant: participant, change).study.trackingUID(name, side: side)
        }
        let all = try [
            uid(), uid("02"), uid { $0.text(0x0010_0020, "LO", "P2") }, uid { $0.text(0x0010_0021, "LO", "Elsewhere") }, uid("01", "synovitis", .right), uid("01", "synovitis", nil),
            uid("01", "gr\u{F6}sse"), uid("01", "gr\u{FC}sse"), uid("01", "gr?sse"), uid("01", "synovitis L"), uid("01P1") { $0.text(0x0010_0020, "LO", "") },
        ]
        #expect(Set(all).count == all.count && all.allSatisfy(DICOMUID.isValid))
    }

    @Test(arguments: [("synovitis/extensor-1", Laterality?.some(.left), true), ("synovitis", nil, false), ("synovitis-1", .left, false)])
    func onlyWhatIsTheSameThingIsFollowedIntoAnotherStudy(_ name: String, _ side: Laterality?, _ isFollowed: Bool) throws {
        let uids = try ["1.2", "1.2.7"].map { study in try tiny { $0.text(0x0020_000D, "UI", study) }.study.trackingUID(name, side: side) }
        #expect((uids[0] == uids[1]) == isFollowed)
    }

    @Test func whatAnObjectGetsFromItsStudyIsInItsUID() throws {
        let first = try tiny { _ in }, content = "1.2.3"
        let others = try [
            tiny(participant: "02") { _ in }, tiny { $0.text(0x0010_0020, "LO", "P2") }, tiny { $0.text(0x0010_0010, "PN", "Other") }, tiny { $0.text(0x0008_0020, "DA", "20240103") },
            tiny { $0.text(0x0008_0050, "SH", "A2") },
        ]
        #expect(Set(([first] + others).map { $0.study.instanceUID(of: content) }).count == others.count + 1)
        #expect(try tiny { _ in }.study.instanceUID(of: content) == first.study.instanceUID(of: content) && first.study.instanceUID(of: "1.2.4") != first.study.instanceUID(of: content))
    }

    @Test func lossyCompressionVisitAndDeidentificationAreCarried() throws {
        let plain = try written(tiny { _ in }), set = try written(tiny {
            $0.text(0x0028_2110, "CS", "01")
            $0.text(0x0028_2112, "DS", "9.5\\2")
            $0.text(0x0028_2114, "CS", "ISO_15444_1\\ISO_10918_1")
            $0.text(0x0028_0303, "CS", "MODIFIED")
            $0.text(0x0038_0010, "LO", "ADM-1")
            $0.text(0x0038_0500, "LO", "stable")
        })
        #expect(plain.text(0x0028_2110) == "00" && plain.elements[0x0028_2112] == nil && plain.elements[0x0038_0010] == nil)
        #expect(set.text(0x0028_2110) == "01" && set.text(0x0028_2112) == "9.5\\2" && set.text(0x0028_2114) == "ISO_15444_1\\ISO_10918_1")
        #expect(set.text(0x0028_0303) == "MODIFIED" && set.text(0x0038_0010) == "ADM-1" && set.text(0x0038_0500) == "stable")
    }

    @Test func ofAMosaicNoLocationIsClaimed() throws {
        let made = try tiny {
            $0.text(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\M\\MOSAIC")
            $0.text(0x0019_0010, "LO", "SIEMENS MR HEADER")
            $0.number(0x0019_100A, 4)
            $0.number(0x0028_0010, 4)
            $0.pixels((0..<16).map { $0 })
        }
        let set = try written(made)
        let image = set.items(0x5200_9230)[0].items(0x0008_9124)[0].items(0x0008_2112)[0]
        #expect(made.source.grid.size == Index3(2, 2, 4) && image.text(0x0008_1155) == "1.2.3.4" && image.elements[0x0028_135A] == nil)
        let plain = try written(tiny { _ in }).items(0x5200_9230)[0].items(0x0008_9124)[0].items(0x0008_2112)[0]
        #expect(plain.text(0x0028_135A) == "YES")
    }

    @Test func furtherSeriesArePointedToWhereTheyWereRead() throws {
        let made = try WrittenSeries(), further = try WrittenSeries(series: "stir"), elsewhere = try WrittenSeries(study: "second study", series: "t1gd")
        let file = made.folder.appending(path: "seg.dcm")
        try made.segmentation(evidence: [made.source, further.source, further.source, elsewhere.source]).write(to: file, of: made.study)
        let set = try DataSet(file), frames = set.items(0x5200_9230)
        #expect(set.items(0x0008_1115).map { $0.text(0x0020_000E) } == ["series", "stir"].map { DICOMUID.derived(from: $0) })
        let other = try #require(set.items(0x0008_1200).first)
        #expect(other.text(0x0020_000D) == DICOMUID.derived(from: "second study") && other.items(0x0008_1115)[0].items(0x0008_114A).count == 4)
        // The first segment was read on all three, slice by slice; the second on its own series.
        for (i, frame) in frames.enumerated() {
            let images = frame.items(0x0008_9124)[0].items(0x0008_2112), slice = i < 4 ? i : 1
            let wanted = [made.instances[slice]] + (i < 4 ? [further.instances[slice], elsewhere.instances[slice]] : [])
            #expect(images.map { $0.text(0x0008_1155) } == wanted && images.map { $0.text(0x0028_135A) } == ["YES", "NO", "NO"].prefix(wanted.count).map(\.self))
        }
    }

    @Test func ofAnEnhancedFileTheFilesOwnUIDsAreTold() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "e.dcm")
        try Self.writeEnhanced(to: file)
        let read = try #require(try DICOMFolder.scan(folder).series.first), source = try #require(try read.load().first?.source)
        #expect(source.studyUID == "1.2.5" && source.seriesUID == "1.2.6" && read.seriesUID == "1.2.6" && source.classUID == "1.2.840.10008.5.1.4.1.1.4.1" && source.isDated)
        #expect(source.slices.map { $0.map(\.instanceUID) } == [["1.2.7"], ["1.2.7"], ["1.2.7"]] && Set(source.slices.joined().compactMap(\.frame)) == [1, 2, 3])
        var segmentation = DICOMSegmentation(of: source, version: "1")
        _ = try segmentation.add(WrittenSeries.segment("a"), voxels: [7])
        try segmentation.write(to: folder.appending(path: "seg.out"), of: StudySource(file, participant: "x"))
        let set = try DataSet(folder.appending(path: "seg.out")), image = set.items(0x5200_9230)[0].items(0x0008_9124)[0].items(0x0008_2112)[0]
        #expect(image.text(0x0008_1155) == "1.2.7" && image.numbers(0x0008_1160) == [source.slices[1][0].frame].compactMap { $0.map(Double.init) })
        #expect(set.text(0x0020_000D) == "1.2.5" && set.text(0x0010_0010) == "Somebody" && set.items(0x0008_1115)[0].items(0x0008_114A).count == 1)
    }

    /// Three frames of 2 x 2 pixels, whose functional groups name other instances too.
    private static func writeEnhanced(to file: URL) throws {
        var list = DICOMElementList()
        for (tag, vr, value) in [
            (0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.4.1"), (0x0008_0018, "UI", "1.2.7"), (0x0020_000D, "UI", "1.2.5"), (0x0020_000E, "UI", "1.2.6"), (0x0020_0052, "UI", "1.2.8"),
            (0x0008_0060, "CS", "MR"), (0x0008_0020, "DA", "20240102"), (0x0008_0030, "TM", "101530"), (0x0010_0010, "PN", "Somebody"), (0x0010_0020, "LO", "P9"),
            (0x0028_0008, "IS", "3"), (0x0028_0002, "US", "1"), (0x0028_0004, "CS", "MONOCHROME2"), (0x0028_0010, "US", "2"), (0x0028_0011, "US", "2"),
            (0x0028_0100, "US", "16"), (0x0028_0101, "US", "16"), (0x0028_0102, "US", "15"), (0x0028_0103, "US", "0"),
        ] as [(UInt32, StaticString, String)] { list.put("Element", tag, vr, value) }
        list.put("ImageType", 0x0008_0008, "CS", ["ORIGINAL", "PRIMARY", "M", "NONE"])
        list.item(0x5200_9229) {
            $0.item(0x0028_9110) {
                $0.put("PixelSpacing", 0x0028_0030, [0.5, 0.5])
                $0.put("SliceThickness", 0x0018_0050, 2)
            }
            $0.item(0x0020_9116) { $0.put("ImageOrientationPatient", 0x0020_0037, [1, 0, 0, 0, 1, 0]) }
        }
        for i in 0..<3 {
            list.item(0x5200_9230) {
                $0.item(0x0020_9113) { $0.put("ImagePositionPatient", 0x0020_0032, [0, 0, Double(2 * i)]) }
                $0.item(0x0020_9111) {
                    $0.put("SOPInstanceUID", 0x0008_0018, "UI", "1.9.\(i + 1)")
                    $0.put("StudyInstanceUID", 0x0020_000D, "UI", "1.9.9")
                    $0.put("SeriesInstanceUID", 0x0020_000E, "UI", "1.9.8")
                }
            }
        }
        try list.write(pixels: .words((0..<12).map { UInt16($0) }), to: file)
    }
}
