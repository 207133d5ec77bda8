import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Reports hold the numbers with their units, codes, doubts and references.
struct MeasurementReportTests {
    /// Content items below one, by the code of what they are.
    private func children(_ set: DataSet, _ code: String) -> [DataSet] { set.items(0x0040_A730).filter { $0.code(0x0040_A043) == code } }

    private func write(_ made: WrittenSeries, with segmentation: Bool = true) throws -> DataSet {
        let file = made.folder.appending(path: "sr.dcm")
        try made.report(on: segmentation ? made.segmentation() : nil).write(to: file, of: made.study)
        return try DataSet(file)
    }

    private func groups(_ set: DataSet) throws -> [DataSet] { children(try #require(children(set, "DCM 126010").first), "DCM 125007") }

    @Test func aGroupHoldsItsNumbersWithUnitsAndMethods() throws {
        let set = try write(WrittenSeries()), group = try #require(try groups(set).first)
        #expect(set.code(0x0040_A043) == "DCM 126000" && set.items(0x0040_A504)[0].text(0x0040_DB00) == "1500" && group.items(0x0040_A504)[0].text(0x0040_DB00) == "1411")
        #expect(children(group, "DCM 112039")[0].text(0x0040_A160) == "synovitis/radiocarpal L" && children(group, "DCM 121071")[0].code(0x0040_A168) == "SCT 416209007")
        let site = try #require(children(group, "SCT 363698007").first)
        #expect(site.code(0x0040_A168) == "99CARPUS RADIOCARPAL" && children(site, "SCT 272741003")[0].code(0x0040_A168) == "SCT 7771000")
        let volume = try #require(children(group, "SCT 118565006").first), value = try #require(volume.items(0x0040_A300).first)
        #expect(volume.text(0x0040_A040) == "NUM" && value.code(0x0040_08EA) == "UCUM mL" && value.numbers(0x0040_A30A) == [0.3])
        // The decimal string holds 16 characters; the number itself is beside it.
        #expect(value.elements[0x0040_A161]?.bytes == withUnsafeBytes(of: (0.1 + 0.2).bitPattern.littleEndian) { Array($0) })
        #expect(children(volume, "SCT 370129005")[0].code(0x0040_A168) == "DCM 126030" && children(volume, "DCM 111001")[0].text(0x0040_A160) == "Carpus measure.volumes")
        #expect(children(volume, "99CARPUS status")[0].code(0x0040_A168) == "99CARPUS review" && children(volume, "DCM 121106")[0].text(0x0040_A160) == "unsure by +/- 1 mm3 / more")
        let grade = try #require(children(group, "99CARPUS ramris").first)
        #expect(grade.items(0x0040_A300)[0].numbers(0x0040_A30A) == [2] && children(grade, "99CARPUS status")[0].code(0x0040_A168) == "99CARPUS ok")
    }

    @Test func whatIsNotScorableHasNoNumberAndAReason() throws {
        let group = try groups(write(WrittenSeries()))[1], volume = try #require(children(group, "SCT 118565006").first)
        #expect(group.items(0x0040_A504)[0].text(0x0040_DB00) == "1501" && children(group, "DCM 121191").isEmpty)
        #expect(volume.elements[0x0040_A300]?.items.isEmpty == true && volume.code(0x0040_A301) == "DCM 114010")
        #expect(children(volume, "99CARPUS status")[0].code(0x0040_A168) == "99CARPUS not-scorable")
        #expect(children(volume, "DCM 121106")[0].text(0x0040_A160) == "no series at visit 01 was recognised as 't1gd'")
    }

    @Test func itPointsToTheSegmentAndTheSeries() throws {
        let made = try WrittenSeries(), uid = try made.segmentation().instanceUID(in: made.study), set = try write(made), group = try groups(set)[0]
        let reference = try #require(children(group, "DCM 121191").first).items(0x0008_1199)[0]
        #expect(reference.text(0x0008_1155) == uid && reference.integers(0x0062_000B) == [1] && children(group, "DCM 121232")[0].text(0x0040_A124) == made.source.seriesUID)
        let evidence = set.items(0x0040_A375)[0].items(0x0008_1115)
        #expect(evidence.map { $0.items(0x0008_1199).count } == [4, 1] && evidence[1].items(0x0008_1199)[0].text(0x0008_1155) == uid)
        let file = made.folder.appending(path: "seg.dcm")
        try made.segmentation().write(to: file, of: made.study)
        let segmentation = try DataSet(file)
        #expect(evidence[1].text(0x0020_000E) == segmentation.text(0x0020_000E) && segmentation.text(0x0008_0018) == uid)
        #expect(children(group, "DCM 112040")[0].text(0x0040_A124) == segmentation.items(0x0062_0002)[0].text(0x0062_0021))
    }

    @Test func whatIsNotThereMakesItPartial() throws {
        let made = try WrittenSeries(), file = made.folder.appending(path: "sr.dcm"), whole = try write(made)
        var report = try made.report(on: made.segmentation())
        report.missing = ["oedema.labels", "volumes.volumes"]
        try report.write(to: file, of: made.study)
        let set = try DataSet(file)
        #expect(whole.text(0x0040_A491) == "COMPLETE" && whole.elements[0x0040_A492] == nil)
        #expect(set.text(0x0040_A491) == "PARTIAL" && set.text(0x0040_A492)?.isEmpty == false && set.text(0x0008_0018) != whole.text(0x0008_0018))
        #expect(children(children(set, "DCM 126010")[0], "DCM 121106").first?.text(0x0040_A160) == "Not there: oedema.labels, volumes.volumes")
    }

    @Test func aGroupReadOnFurtherSeriesPointsToTheirImages() throws {
        let made = try WrittenSeries(), further = try WrittenSeries(series: "stir"), elsewhere = try WrittenSeries(study: "second study", series: "t1gd")
        let segmentation = try made.segmentation(evidence: [further.source, elsewhere.source]), file = made.folder.appending(path: "sr.dcm")
        try made.report(on: segmentation).write(to: file, of: made.study)
        let set = try DataSet(file), group = try groups(set)[0], evidence = set.items(0x0040_A375)
        #expect(children(group, "DCM 121232").isEmpty)
        #expect(Set(children(group, "DCM 121233").map { $0.items(0x0008_1199)[0].text(0x0008_1155) ?? "" }) == Set(further.instances + elsewhere.instances))
        #expect(evidence.map { $0.text(0x0020_000D) } == ["study", "second study"].map { DICOMUID.derived(from: $0) })
        #expect(evidence.map { $0.items(0x0008_1115).count } == [3, 1])
    }

    @Test func withoutASegmentationNothingPointsToOne() throws {
        let set = try write(WrittenSeries(), with: false)
        #expect(set.items(0x0040_A375)[0].items(0x0008_1115).count == 1)
        #expect(try groups(set).allSatisfy { children($0, "DCM 121191").isEmpty && $0.items(0x0040_A504)[0].text(0x0040_DB00) == "1501" })
    }

    @Test func patientAndDatesAreTheSourcesAndBytesAreEqual() throws {
        let made = try WrittenSeries(), set = try write(made), first = try Data(contentsOf: made.folder.appending(path: "sr.dcm"))
        #expect(set.text(0x0010_0010) == "Simulated^Ånne" && set.text(0x0010_0020) == "P-17" && set.text(0x0008_0023) == "20240229" && set.text(0x0020_000D) == DICOMUID.derived(from: "study"))
        _ = try write(made)
        #expect(try Data(contentsOf: made.folder.appending(path: "sr.dcm")) == first)
    }
}
