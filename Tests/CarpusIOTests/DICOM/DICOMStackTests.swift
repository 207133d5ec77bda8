import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Series written by the tests themselves: what is stacked, what is refused.
struct DICOMStackTests {
    private func series(_ files: [TinyDICOM]) throws -> DICOMSeries {
        let folder = try temporaryFolder()
        // Names in an order that has nothing to do with the slices.
        for (i, file) in files.enumerated() { try file.write(to: folder, as: "\((i * 7 + 3) % 100)-\(i)") }
        return try #require(try DICOMFolder.scan(folder).series.first)
    }

    private func refusal(_ files: [TinyDICOM]) throws -> IOError? {
        let series = try series(files)
        do {
            _ = try series.load()
            return nil
        } catch { return error as? IOError }
    }

    @Test func slicesAreStackedByPositionWhateverTheirNames() throws {
        let series = try series((0..<5).map { i in
            var f = TinyDICOM(depth: Double(4 - i) * 2, instance: "1.2.3.\(i)", base: UInt16(100 * i))
            f.text(0x0020_0013, "IS", "\((i * 3) % 5)")
            return f
        })
        #expect(series.instanceCount == 5 && series.laterality == .left && series.patientID == "P1")
        let image = try #require(try series.load().first)
        guard case .volume(let v) = image.content else { Issue.record("no volume"); return }
        #expect(v.grid.size == Index3(4, 3, 5))
        // The normal of (L, -S) is P: depth rises with y.
        #expect((v.grid.worldFromVoxel(Vector3(1, 1, 1)) - Vector3(-9.6, 2, 19.5)).length < 1e-9)
        #expect(v[0, 0, 0] == 400 && v[3, 2, 4] == 11 && v[1, 1, 2] == 205)
        #expect(image.suffix.isEmpty)
    }

    @Test func aMissingSliceIsNamed() throws {
        let error = try #require(try refusal([0, 2, 4, 8, 10].map { TinyDICOM(depth: $0, instance: "1.2.3.\(Int($0))") }))
        #expect(error.code == .badGeometry && error.message.contains("missing between 4 and 8 mm"))
    }

    @Test func aGapNamedAsTheDistanceIsNoMissingSlice() throws {
        // 2 mm and a gap of 0.4 mm: the distance is six times what the headers name, and nothing is missing.
        let whole = try series((0..<6).map { (i: Int) in
            var f = TinyDICOM(depth: Double(i) * 2.4, instance: "1.2.3.\(i)")
            f.text(0x0018_0050, "DS", "2")
            f.text(0x0018_0088, "DS", "0.4")
            return f
        })
        let found = try #require(try whole.load().first).findings.filter { $0.code.hasPrefix("dicom.slice") }
        #expect(found.map(\.code) == ["dicom.slice-spacing"] && found.map(\.severity) == [.note])
    }

    /// Slices of 2 mm, 2.2 mm apart as the header says or without a word on it, every second one gone.
    @Test(arguments: [
        ("2.2", "dicom.slices-missing", .serious), ("2.0", "dicom.slices-missing", .serious), ("1.5", "dicom.slice-spacing", .warning), (nil, "dicom.slice-gaps", .warning),
    ] as [(String?, String, Finding.Severity)])
    func everySecondSliceGoneIsDoubted(named: String?, code: String, severity: Finding.Severity) throws {
        func written(_ depths: [Double]) throws -> DICOMSeries {
            try series(depths.enumerated().map { i, depth in
                var f = TinyDICOM(depth: depth, instance: "1.2.3.\(i)")
                f.text(0x0018_0050, "DS", "2")
                if let named { f.text(0x0018_0088, "DS", named) }
                return f
            })
        }
        let gone = try written((0..<6).map { Double($0) * (named == "2.2" ? 4.4 : 4) })
        let found = try #require(try gone.load().first).findings.filter { $0.code.hasPrefix("dicom.slice") }
        #expect(found.map(\.code) == [code] && found.map(\.severity) == [severity])
        let geometry = try #require(try gone.geometry().first)
        #expect(geometry.grid.size == Index3(4, 3, 6) && geometry.frameCount == 1 && geometry.findings == found)
        guard named != "1.5" else { return }
        #expect(try #require(try written((0..<6).map { Double($0) * (named == "2.2" ? 2.2 : 2) }).load().first).findings.allSatisfy { !$0.code.hasPrefix("dicom.slice") })
    }

    @Test func unevenSpacingIsRefused() throws {
        let error = try #require(try refusal([0, 2, 4.3, 6.3].map { TinyDICOM(depth: $0, instance: "1.2.3.\($0)") }))
        #expect(error.code == .badGeometry && error.message.contains("unevenly"))
    }

    @Test func slicesThereTwiceAreRefused() throws {
        let error = try #require(try refusal([0, 2, 2, 4].enumerated().map { TinyDICOM(depth: $1, instance: "1.2.3.\($0)") }))
        #expect(error.code == .inconsistent && error.message.contains("twice"))
        let all = try #require(try refusal([0, 2, 4, 0, 2, 4].enumerated().map { TinyDICOM(depth: $1, instance: "1.2.3.\($0)", base: UInt16($0)) }))
        #expect(all.code == .inconsistent && all.message.contains("duplicates"))
    }

    @Test func copiesOfAFileCountOnce() throws {
        let s = try series([0, 2, 4, 2].map { TinyDICOM(depth: $0, instance: "1.2.3.\(Int($0))") })
        #expect(s.files.count == 3 && s.findings.contains { $0.code == "dicom.duplicate-files" })
        #expect(try s.load().count == 1)
    }

    @Test func aTiltedStackIsRefused() throws {
        let files = (0..<4).map { i -> TinyDICOM in
            var f = TinyDICOM(instance: "1.2.3.\(i)")
            f.text(0x0020_0032, "DS", "\(-10 + Double(i) * 0.3)\\\(2 * i)\\20")
            return f
        }
        #expect(try refusal(files)?.message.contains("tilt") == true)
    }

    private func dynamic(_ times: [Double], triggers: [Double]? = nil, clock: (Double) -> String) -> [TinyDICOM] {
        times.enumerated().flatMap { t, time in
            (0..<3).map { z in
                var f = TinyDICOM(depth: Double(z) * 2, instance: "1.2.3.\(t).\(z)", base: UInt16(1000 * t + 100 * z))
                f.text(0x0008_0032, "TM", clock(time))
                if let triggers { f.text(0x0018_1060, "DS", "\(triggers[t] * 1000)") }
                return f
            }
        }.reversed()
    }

    private func clockTime(_ seconds: Double) -> String {
        let s = seconds.truncatingRemainder(dividingBy: 86_400)
        return String(format: "%02d%02d%09.6f", Int(s / 3600), Int(s / 60) % 60, s.truncatingRemainder(dividingBy: 60))
    }

    @Test func framesKeepTheirUnevenTimes() throws {
        let image = try #require(try series(dynamic([0, 5, 12.5, 60], clock: { clockTime(36_000 + $0) })).load().first)
        guard case .series(let s) = image.content else { Issue.record("no series"); return }
        #expect(s.times == [0, 5, 12.5, 60] && s.grid.size.z == 3)
        #expect(s.frame(2)[0, 0, 1] == 2100)
        let finding = try #require(image.findings.first { $0.code == "dicom.frame-times" })
        #expect(finding.evidence["chosen"] == "AcquisitionTime" && finding.evidence["TriggerTime"] == "absent")
        let told = try #require(try JSONSerialization.jsonObject(with: image.sidecar.json()) as? [String: Any])
        #expect(told["FrameTimesStart"] as? [Double] == [0, 5, 12.5, 60])
        #expect(told["PatientID"] == nil)
    }

    @Test func midnightIsCrossed() throws {
        let image = try #require(try series(dynamic([0, 20, 40], clock: { clockTime(86_370 + $0) })).load().first)
        guard case .series(let s) = image.content else { Issue.record("no series"); return }
        #expect(s.times == [0, 20, 40] && s.frame(2)[0, 0, 0] == 2000)
    }

    @Test func clocksThatDisagreeAreRefusedUnlessTimesAreGiven() throws {
        let files = dynamic([0, 5, 10, 15], triggers: [0, 10, 20, 30], clock: { clockTime(36_000 + $0) })
        let error = try #require(try refusal(files))
        #expect(error.code == .inconsistent && error.message.contains("TriggerTime") && error.message.contains("AcquisitionTime"))
        guard case .series(let s) = try #require(try series(files).load(times: { (0..<$0).map { 6 * Double($0) } }).first).content else { Issue.record("no series"); return }
        #expect(s.times == [0, 6, 12, 18])
        #expect(try refusal(dynamic([0, 5, 10, 15], triggers: [0, 5.1, 10.1, 15.2], clock: { clockTime(36_000 + $0) })) == nil)
    }

    @Test func echoesBecomeImages() throws {
        let files = [30.0, 10].flatMap { echo in
            (0..<3).map { z -> TinyDICOM in
                var f = TinyDICOM(depth: Double(z) * 2, instance: "1.2.3.\(Int(echo)).\(z)", base: UInt16(echo))
                f.text(0x0018_0081, "DS", "\(echo)")
                return f
            }
        }
        let images = try series(files).load()
        #expect(images.map(\.suffix) == ["_echo-1", "_echo-2"])
        guard case .volume(let v) = images[0].content else { Issue.record("no volume"); return }
        #expect(v[0, 0, 0] == 10)
    }

    @Test func junkAboveTheStoredBitsIsMasked() throws {
        let files = (0..<3).map { z -> TinyDICOM in
            var f = TinyDICOM(depth: Double(z) * 2, instance: "1.2.3.\(z)")
            f.number(0x0028_0101, 12)
            f.number(0x0028_0102, 11)
            f.pixels((0..<12).map { 0xF000 | (0xFF0 + $0) })
            f.text(0x0028_1053, "DS", "2")
            f.text(0x0028_1052, "DS", "-1")
            return f
        }
        guard case .volume(let v) = try #require(try series(files).load().first).content else { Issue.record("no volume"); return }
        #expect(v[0, 0, 0] == 2 * 0xFF0 - 1 && v[3, 2, 2] == 2 * 0xFFB - 1)
    }

    @Test func doubtsOfASeriesAreFindings() throws {
        let s = try series((0..<3).map { z in
            var f = TinyDICOM(depth: Double(z) * 2, instance: "1.2.3.\(z)")
            f.text(0x0018_0087, "DS", "15000")
            f.text(0x0018_5100, "CS", "FFP")
            f.text(0x0008_103E, "LO", "T1 right wrist")
            return f
        })
        #expect(Set(s.findings.map(\.code)) == ["dicom.field-strength-unit", "dicom.patient-position", "dicom.laterality-conflict"])
        #expect(s.attributes["MagneticFieldStrength"] == "1.5")
    }

    @Test func whatIsNoImageIsSkippedWithAReason() throws {
        let folder = try temporaryFolder()
        try Data("{\"a\": 1, \"b\": 2}".utf8).write(to: folder.appending(path: "a.json"))
        try Data([0x5C, 1, 0, 0] + [UInt8](repeating: 0, count: 400)).write(to: folder.appending(path: "b.nii"))
        try Data().write(to: folder.appending(path: "empty"))
        var f = TinyDICOM(instance: "1")
        f.number(0x0028_0010, 60_000)
        f.number(0x0028_0011, 60_000)
        try f.write(to: folder, as: "huge")
        let scan = try DICOMFolder.scan(folder)
        #expect(scan.skipped.count == 3 && scan.series.count == 1)
        #expect { try scan.series[0].load() } throws: { ($0 as? IOError)?.code == .truncated }
        #expect(throws: IOError.self) { try DICOMFolder.scan(folder.appending(path: "absent")) }
    }
}
