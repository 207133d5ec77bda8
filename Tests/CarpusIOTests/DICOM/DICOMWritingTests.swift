import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// What is written is read back as it was, and other programs find nothing wrong with it.
struct DICOMWritingTests {
    /// Turned about an axis that is none of the world's, slices of 3 mm, pixels of two sizes.
    private func grid(_ size: Index3 = Index3(24, 20, 7), leftHanded: Bool = false) throws -> Grid {
        let r = RigidTransform(axis: Vector3(0.4, 1, -0.3), angle: 0.37).matrix
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, leftHanded ? -1 : 1, 0))
        return try Grid(size: size, spacing: Vector3(0.3515625, 1.0 / 3, 3), origin: Vector3(-31.4159265358979, 1 / 7.0, 101.3), direction: r * coronal)
    }

    /// Whole numbers, none like its neighbours, up to the largest that is stored.
    private func volume(on grid: Grid, frame: Int = 0) -> Volume<Float> {
        Volume(grid: grid, scalars: (0..<grid.count).map { Float(($0 * 7919 + frame * 104_729) % 65_536) })
    }

    private func study() throws -> MRSeriesDescription.Study {
        let start = try #require(DICOMMoment(date: "20240229", time: "235950.25"))
        return .init(instanceUID: DICOMUID.derived(from: "study"), accessionNumber: "A1", start: start, description: "Wrist")
    }

    private func description(_ name: String = "t1_se_cor", _ change: (inout MRSeriesDescription) -> Void = { _ in }) throws -> MRSeriesDescription {
        let patient = MRSeriesDescription.Patient(id: "sub-01", name: "Simulated^Ånne", birthDate: "19700101", sex: .female, age: 54)
        let acquisition = MRSeriesDescription.Acquisition(sequence: [.spinEcho], variant: [.oversampledPhase], repetitionTime: 0.57, echoTime: 0.017, flipAngle: 90, pixelBandwidth: 130, fieldStrength: 1.5, sliceThickness: 2.7)
        var series = MRSeriesDescription(
            patient: patient, study: try study(), instanceUID: DICOMUID.derived(from: name), frameOfReferenceUID: DICOMUID.derived(from: "frame of reference"), number: 3,
            description: name, laterality: .right, acquisition: acquisition)
        change(&series)
        return series
    }

    private func readBack(_ folder: URL) throws -> (series: DICOMSeries, image: DICOMImage) {
        let scan = try DICOMFolder.scan(folder)
        try #require(scan.series.count == 1 && scan.skipped.isEmpty)
        let images = try scan.series[0].load()
        try #require(images.count == 1)
        return (scan.series[0], images[0])
    }

    @Test func anObliqueVolumeOfThickSlicesComesBackAsItWas() throws {
        let folder = try temporaryFolder().appending(path: "series")
        let written = volume(on: try grid())
        try DICOMWriter.write(written, as: try description(), to: folder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == (1...7).map { "IM000\($0).dcm" })
        let (series, image) = try readBack(folder)
        guard case .volume(let read) = image.content else { Issue.record("no volume"); return }
        #expect(read.grid.matches(written.grid, within: 1e-9) && read.scalars == written.scalars)
        #expect(Set(series.findings.map(\.code)) == ["dicom.patient-position"] && image.findings.isEmpty)
        #expect(series.patientID == "sub-01" && series.laterality == .right && series.studyDate == "20240229" && series.studyUID == DICOMUID.derived(from: "study"))
        let told = series.attributes
        #expect(told["SeriesDescription"] == "t1_se_cor" && told["RepetitionTime"] == "570" && told["EchoTime"] == "17" && told["SliceThickness"] == "2.7")
        #expect(told["ImageType"] == "ORIGINAL\\PRIMARY\\OTHER" && told["ManufacturerModelName"] == "virtual scanner" && told["SpacingBetweenSlices"] == "3")
    }

    @Test(arguments: [false, true], [[0, 1, 2], [1, 2, 0], [2, 1, 0]]) func anyOrderAndHandOfTheAxesKeepsThePlaces(_ leftHanded: Bool, _ order: [Int]) throws {
        let folder = try temporaryFolder().appending(path: "series")
        let base = try grid(leftHanded: leftHanded), m = base.worldFromVoxel.linear, sizes = order.map { base.size[$0] }
        let linear = Matrix3(columns: m[column: order[0]], m[column: order[1]], m[column: order[2]])
        let written = volume(on: try Grid(size: Index3(sizes[0], sizes[1], sizes[2]), worldFromVoxel: Affine(linear: linear, translation: base.origin)))
        try DICOMWriter.write(written, as: try description(), to: folder)
        guard case .volume(let read) = try readBack(folder).image.content else { Issue.record("no volume"); return }
        #expect(written.grid.isRightHanded == (leftHanded == (order == [2, 1, 0])) && read.grid.isRightHanded)
        let (a, b) = (written.reorientedToLPS(), read.reorientedToLPS())
        #expect(a.grid.matches(b.grid, within: 1e-9) && a.scalars == b.scalars)
    }

    @Test func aSingleSliceKeepsItsPlace() throws {
        let folder = try temporaryFolder().appending(path: "series")
        let written = volume(on: try grid(Index3(5, 4, 1)))
        try DICOMWriter.write(written, as: try description(), to: folder)
        guard case .volume(let read) = try readBack(folder).image.content else { Issue.record("no volume"); return }
        #expect(read.grid.matches(written.grid, within: 1e-9) && abs(read.grid.spacing.z - 3) < 1e-12 && read.scalars == written.scalars)
    }

    @Test func aSeriesKeepsItsUnevenTimesOverMidnight() throws {
        let folder = try temporaryFolder().appending(path: "series"), grid = try grid(Index3(6, 5, 4))
        // The study begins ten seconds before midnight.
        let times = [0, 4.95, 9.9004, 25.123, 60.75]
        let written = TimeSeries(grid: grid, times: times, scalars: times.indices.flatMap { volume(on: grid, frame: $0).scalars })
        try DICOMWriter.write(written, as: try description("dce_twist"), to: folder)
        let image = try readBack(folder).image
        guard case .series(let read) = image.content else { Issue.record("no series"); return }
        #expect(read.scalars == written.scalars && read.grid.matches(grid, within: 1e-9))
        // Dates and times become doubles of seconds since the year 0, which leaves 10 µs.
        #expect(zip(read.times, times).allSatisfy { abs($0 - $1) < 1e-5 }, "\(read.times)")
        let finding = try #require(image.findings.first { $0.code == "dicom.frame-times" })
        #expect(finding.severity == .note && finding.evidence["chosen"] == "AcquisitionTime")
    }

    @Test func equalInputGivesEqualBytes() throws {
        let folder = try temporaryFolder(), image = volume(on: try grid(Index3(6, 5, 2)))
        for name in ["a", "b"] { try DICOMWriter.write(image, as: try description(), to: folder.appending(path: name)) }
        for file in ["IM0001.dcm", "IM0002.dcm"] {
            #expect(try Data(contentsOf: folder.appending(path: "a/" + file)) == Data(contentsOf: folder.appending(path: "b/" + file)))
        }
        #expect(try Data(contentsOf: folder.appending(path: "a/IM0001.dcm")) != Data(contentsOf: folder.appending(path: "a/IM0002.dcm")))
    }

    @Test func valuesAreRoundedAndThoseThatCannotBeStoredAreNamed() throws {
        let folder = try temporaryFolder(), grid = try grid(Index3(2, 2, 3))
        var image = Volume<Float>(grid: grid, repeating: 0.49)
        image[1, 0, 2] = 41.5
        try DICOMWriter.write(image, as: try description(), to: folder.appending(path: "a"))
        guard case .volume(let read) = try readBack(folder.appending(path: "a")).image.content else { Issue.record("no volume"); return }
        #expect(read.scalars == [Float](repeating: 0, count: 9) + [42, 0, 0])
        for bad in [-1, 65_536, Float.nan, .infinity] {
            image[1, 0, 2] = bad
            #expect { try DICOMWriter.write(image, as: try description(), to: folder.appending(path: "b")) } throws: {
                ($0 as? IOError)?.code == .unsupported && "\($0)".contains("(1, 0, 2)")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }

    @Test func textsThatDICOMCannotHoldAreNamed() throws {
        let folder = try temporaryFolder(), image = volume(on: try grid(Index3(2, 2, 2)))
        let changes: [(String, (inout MRSeriesDescription) -> Void)] = [
            ("SeriesDescription", { $0.description = String(repeating: "x", count: 65) }), ("ProtocolName", { $0.protocolName = "a\\b" }), ("PatientID", { $0.patient.id = "a\nb" }),
            ("StudyInstanceUID", { $0.study.instanceUID = "1.02" }), ("PatientBirthDate", { $0.patient.birthDate = "19700631" }), ("FlipAngle", { $0.acquisition.flipAngle = .nan }),
        ]
        for (keyword, change) in changes {
            #expect { try DICOMWriter.write(image, as: try description("t1", change), to: folder.appending(path: "a")) } throws: {
                ($0 as? IOError)?.code == .unsupported && "\($0)".contains(keyword)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func whereNothingCanBeWrittenNothingIsLeft() throws {
        let folder = try temporaryFolder(), image = volume(on: try grid(Index3(2, 2, 2)))
        try Data("x".utf8).write(to: folder.appending(path: "file"))
        for place in ["file/series", "absent/series", "file"] {
            #expect { try DICOMWriter.write(image, as: try description(), to: folder.appending(path: place)) } throws: { ($0 as? IOError)?.code == .cannotWrite }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        #expect { try DICOMWriter.write(image, as: try description(), to: folder) } throws: { ($0 as? IOError)?.code == .exists }
    }

    @Test func momentsFollowTheCalendar() throws {
        let moment = try #require(DICOMMoment(date: "19991231", time: "235959.999999"))
        #expect(moment.date == "19991231" && moment.time == "235959.999999")
        #expect(moment.adding(seconds: 1e-6).date == "20000101" && moment.adding(seconds: 1e-6).time == "000000")
        #expect(moment.adding(seconds: 60 * 86_400).date == "20000229" && moment.adding(seconds: -365 * 86_400).date == "19981231")
        for (date, time) in [("20230229", "000000"), ("20231301", "000000"), ("2023011", "000000"), ("20230101", "250000"), ("20230101", "12"), ("19600101", "12:30:00")] {
            #expect(DICOMMoment(date: date, time: time) == nil, "\(date) \(time)")
        }
        #expect(DICOMMoment(date: "19000301", time: "120000")?.date == "19000301")
    }

    @Test func identifiersAreThoseOfTheirTexts() {
        // FNV-1a of "foobar" with 128 bits is 343e1662793c64bf6f0d3597ba446f18; then version and variant are put in.
        let uid = DICOMUID.derived(from: "foobar")
        #expect(uid == "2.25.\(0x343E_1662_793C_84BF_AF0D_3597_BA44_6F18 as UInt128)")
        #expect(Set((0..<10_000).map { DICOMUID.derived(from: "slice \($0)") }).count == 10_000)
    }
}
