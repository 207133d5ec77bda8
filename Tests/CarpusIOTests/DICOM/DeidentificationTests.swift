import CarpusCore
@testable import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// What stays of a file without identity: nothing that was planted, and all that was measured.
struct DeidentificationTests {
    /// Not a keyed hash anybody should use: 32 bytes that depend on the text.
    private static let keyed: @Sendable (String) -> [UInt8] = { text in
        var dice = Dice(seed: text.utf8.reduce(7) { ($0 &* 31) &+ UInt64($1) })
        return (0..<32).map { _ in UInt8.random(in: 0...255, using: &dice) }
    }

    private func deidentified(_ files: [TinyDICOM], _ change: (inout DICOMDeidentifier.Options) -> Void = { _ in }) throws -> (before: URL, after: URL, paths: [String]) {
        let before = try temporaryFolder(), after = try temporaryFolder()
        var options = DICOMDeidentifier.Options()
        change(&options)
        let deidentifier = DICOMDeidentifier(options: options, keyed: Self.keyed)
        let paths = try files.enumerated().map { i, file in
            try file.write(to: before, as: "\(i).dcm")
            return try deidentifier.write(before.appending(path: "\(i).dcm"), below: after)
        }
        return (before, after, paths)
    }

    private func holds(_ url: URL, _ text: String) throws -> Bool { try Data(contentsOf: url).range(of: Data(text.utf8)) != nil }

    @Test func theTableIsThatOfTheStandard() {
        let rows = ConfidentialityProfile.standard.rows
        #expect(rows.count == 652)
        #expect(rows[0x0010_0010]?.basic == "Z" && rows[0x0008_0018]?.basic == "U" && rows[0x0010_2160]?.basic == "X" && rows[0x0008_1140]?.basic == "X/Z/U*")
        #expect(rows[0x0008_0020]?.options[.modifiedDates] == "C" && rows[0x0018_1000]?.options[.device] == "K" && rows[0x0010_1010]?.options[.characteristics] == "K")
        #expect(Set(rows.values.map(\.basic)) == ["X", "Z", "D", "U", "Z/D", "X/Z", "X/D", "X/Z/D", "X/Z/U*"])
    }

    /// Each element in the form the standard gives it, and as one whose form is not told.
    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)]) func nothingPlantedStays(_ generous: Bool, _ isUntold: Bool) throws {
        let secret = "ZWERGNASE"
        var file = TinyDICOM(instance: "1.2.3.4"), item = TinyDICOM(), sequences: [UInt32] = []
        for (tag, row) in ConfidentialityProfile.standard.rows where ![0x0020_000D, 0x0020_000E, 0x0008_0018, 0xFFFA_FFFA, 0xFFFC_FFFC].contains(tag) {
            // What an option keeps is not looked for where it is kept.
            if generous, row.options.contains(where: { $0.value == "K" && [.device, .institution, .characteristics].contains($0.key) }) { continue }
            if row.vr == "SQ", !isUntold { sequences.append(tag) } else {
                file.text(tag, isUntold ? "UN" : row.vr, secret)
                item.text(tag, isUntold ? "UN" : row.vr, secret)
            }
        }
        for tag in sequences { file.items(tag, [item]) }
        #expect(sequences.count > 40 || isUntold)
        // Issuers and addresses that the table does not list.
        var issuer = TinyDICOM()
        for (tag, vr) in [(0x0040_0031, "UT"), (0x0040_0032, "UT"), (0x0040_0033, "CS"), (0x0008_1190, "UR"), (0x0040_2006, "SH")] as [(UInt32, String)] {
            issuer.text(tag, vr, secret)
            file.text(tag, vr, secret)
        }
        for tag in [0x0040_0026, 0x0010_0024, 0x0008_0051, 0x0008_2228] as [UInt32] { file.items(tag, [issuer]) }
        // Names nobody listed, private blocks, curves and overlays, tags nobody knows, items in items.
        for tag in [0x0009_0010, 0x0029_0010, 0x2005_0011] as [UInt32] { file.text(tag, "LO", "\(secret) owner") }
        for tag in [0x0009_1001, 0x0029_1020, 0x2005_1101, 0x5000_0040, 0x6000_0022, 0x6000_4000, 0x0008_FFF0] as [UInt32] { file.text(tag, "LO", secret) }
        file.bytes(0x6000_3000, "OW", Array((secret + "-").utf8))
        file.bytes(0x0009_1002, "UN", Array((secret + "-").utf8))
        file.text(0x0040_A123, "PN", secret)
        var outer = TinyDICOM()
        outer.items(0x0008_2218, [item])
        file.items(0x0008_2218, [item, outer])
        file.items(0x5200_9229, [outer])
        let (before, after, paths) = try deidentified([file]) { o in
            if generous { (o.retainsShiftedDates, o.retainsDevice, o.retainsInstitution, o.retainsCharacteristics, o.retainsSafePrivate, o.cleansDescriptors) = (true, true, true, true, true, true) }
        }
        #expect(try holds(before.appending(path: "0.dcm"), secret))
        #expect(try !holds(after.appending(path: paths[0]), secret))
        #expect(try !holds(after.appending(path: paths[0]), "P1 "), "the ID")
    }

    @Test func thePreambleAndTheMetaInformationAreNew() throws {
        let folder = try temporaryFolder(), out = try temporaryFolder()
        try TinyDICOM(instance: "1.2.3.4").write(to: folder, as: "a.dcm")
        var bytes = try Data(contentsOf: folder.appending(path: "a.dcm"))
        bytes.replaceSubrange(0..<9, with: Data("ZWERGNASE".utf8))
        try bytes.write(to: folder.appending(path: "a.dcm"))
        let path = try DICOMDeidentifier(options: .init(), keyed: Self.keyed).write(folder.appending(path: "a.dcm"), below: out)
        #expect(try Data(contentsOf: out.appending(path: path)).prefix(128).allSatisfy { $0 == 0 })
    }

    @Test func pixelsGeometryAndReferencesStay() throws {
        let files = (0..<3).map { i -> TinyDICOM in
            var file = TinyDICOM(depth: Double(i) * 2, instance: "1.2.3.\(i + 1)", base: UInt16(100 * i))
            var reference = TinyDICOM()
            reference.text(0x0008_1150, "UI", "1.2.840.10008.5.1.4.1.1.4")
            reference.text(0x0008_1155, "UI", "1.2.3.1")
            file.items(0x0008_1140, [reference])
            file.text(0x0018_0081, "DS", "12")
            return file
        }
        let (before, after, paths) = try deidentified(files)
        let old = try #require(try DICOMFolder.scan(before).series.first), new = try #require(try DICOMFolder.scan(after).series.first)
        guard case .volume(let a)? = try old.load().first?.content, case .volume(let b)? = try new.load().first?.content else { Issue.record("no volumes"); return }
        #expect(a == b && new.attributes["EchoTime"] == "12" && new.laterality == .left)
        #expect(new.isDeidentified && new.patientID == paths[0].prefix { $0 != "/" } && new.seriesUID.hasPrefix("2.25.") && new.seriesUID != old.seriesUID)
        #expect(Set(paths.map { $0.split(separator: "/").dropLast().joined(separator: "/") }).count == 1, "one patient, study, series")
        // The reference points to the first file still.
        let first = try #require(paths.first), uid = try DICOMFile(after.appending(path: first)).values[.sopInstance] ?? ""
        #expect(try holds(after.appending(path: paths[2]), uid) && !uid.isEmpty)
    }

    @Test func datesMoveTogetherAndTimesStay() throws {
        func file(_ date: String, _ instance: String, patient: String = "P1") -> TinyDICOM {
            var f = TinyDICOM(series: "1.2." + instance, instance: "1.2.3." + instance)
            f.text(0x0008_0020, "DA", date)
            f.text(0x0008_0032, "TM", "101112.5")
            f.text(0x0008_002A, "DT", date + "101112.5")
            f.text(0x0010_0020, "LO", patient)
            return f
        }
        let (_, after, paths) = try deidentified([file("20240229", "1"), file("20250301", "2"), file("20240229", "3", patient: "P2")]) { $0.retainsShiftedDates = true }
        let moved = try paths.map { try DICOMFile(after.appending(path: $0)).values }
        let days = try moved.map { try #require(DICOMMoment(date: $0[.studyDate] ?? "")) }
        #expect(moved[0][.studyDate] != "20240229" && moved[0][.studyDate] != moved[2][.studyDate], "another patient, another shift")
        #expect(days[0].adding(seconds: 366 * 86_400) == days[1])
        #expect(moved[0][.acquisitionTime] == "101112.5" && moved[0][.acquisitionDateTime] == (moved[0][.studyDate] ?? "") + "101112.5")
        let (_, plain, bare) = try deidentified([file("20240229", "1")])
        let v = try DICOMFile(plain.appending(path: bare[0])).values
        #expect((v[.studyDate] ?? "").isEmpty && (v[.acquisitionTime] ?? "").isEmpty)
    }

    @Test func shiftsCrossMonthsYearsAndLeapDays() {
        #expect(ShiftedDate.shifted("20240301", by: -1) == "20240229" && ShiftedDate.shifted("20230301", by: -1) == "20230228" && ShiftedDate.shifted("20000101", by: -1) == "19991231")
        #expect(ShiftedDate.shifted("20240101\\20241231", by: 366) == "20250101\\20260101" && ShiftedDate.shifted("20240131120000+0100", by: 1) == "20240201120000+0100")
        #expect(ShiftedDate.shifted("2024", by: 1) == nil && ShiftedDate.shifted("20241301", by: 1) == nil && ShiftedDate.shifted("", by: 3) == "")
        for start in stride(from: -3650, through: 3650, by: 97) { #expect(ShiftedDate.shifted(ShiftedDate.shifted("20240229", by: start) ?? "", by: -start) == "20240229") }
    }

    @Test func descriptionsKeepWordsOfMRIOnly() throws {
        #expect(DescriptionWords.cleaned("COR T1_SE +C MEIER 3") == "COR T1 SE +C 3" && DescriptionWords.cleaned("Meier, Anna") == nil)
        // Dates, IDs and names in pieces.
        for text in ["03.02.51", "123-45-678", "03 02 51", "12_03_51", "03 Feb 51", "T.1951.2", "T1-Meier"] { #expect(DescriptionWords.cleaned(text) == nil, "\(text)") }
        #expect(DescriptionWords.cleaned("Lügner T1") == "T1" && DescriptionWords.cleaned("STIR 1962 3") == "STIR")
        #expect(DescriptionWords.cleaned("t1-tse (post) cor/gd") == "t1 tse post cor gd", "a word of contrast that went would make another series of it")
        var file = TinyDICOM(instance: "1.2.3.4")
        file.text(0x0008_103E, "LO", "t1_tse_cor Meier")
        let (_, after, paths) = try deidentified([file]) { $0.cleansDescriptors = true }
        #expect(try DICOMFile(after.appending(path: paths[0])).values[.seriesDescription] == "t1 tse cor")
    }

    @Test func scalingOfPhilipsIsKeptWhereItIsAskedFor() throws {
        var file = TinyDICOM(instance: "1.2.3.4")
        file.text(0x2005_0010, "LO", "Philips MR Imaging DD 001")
        file.bytes(0x2005_100E, "UN", [0, 0, 0x80, 0x3F])
        file.text(0x2005_1070, "LO", "ZWERGNASE")
        for keeps in [false, true] {
            let (_, after, paths) = try deidentified([file]) { $0.retainsSafePrivate = keeps }
            let url = after.appending(path: paths[0])
            #expect(try holds(url, "Philips MR Imaging DD 001") == keeps)
            #expect(try (DICOMFile(url).values[.philipsScale] != nil) == keeps)
            #expect(try !holds(url, "ZWERGNASE"))
        }
    }

    @Test func daysEverybodyKnowsDoNotTellTheShift() throws {
        var file = TinyDICOM(instance: "1.2.3.4")
        for (tag, vr, value) in [
            (0x0008_0020, "DA", "20240229"), (0x0008_0106, "DT", "20020904"), (0x0008_0107, "DT", "20020904"), (0x0040_DB06, "DT", "20020904"), (0x0018_1204, "DA", "20110405"), (0x0018_1000, "LO", "SN 77"),
            (0x300C_0127, "DT", "20120607101112"),
        ] as [(UInt32, String, String)] { file.text(tag, vr, value) }
        for shifts in [false, true] {
            let (_, after, paths) = try deidentified([file]) { ($0.retainsShiftedDates, $0.retainsDevice) = (shifts, true) }
            let url = after.appending(path: paths[0])
            #expect(try holds(url, "SN 77"))
            // No day of a device stays, although its name and number do.
            for day in ["20240229", "20020904", "20110405", "20120607"] { #expect(try !holds(url, day), "\(day)") }
            guard shifts else { continue }
            let moved = try #require(DICOMMoment(date: try DICOMFile(url).values[.studyDate] ?? "")), old = try #require(DICOMMoment(date: "20240229"))
            let days = try #require((1...3650).first { moved.adding(seconds: Double($0) * 86_400) == old })
            for day in ["20020904", "20110405"] {
                let other = try #require(ShiftedDate.shifted(day, by: -days))
                #expect(try !holds(url, other), "\(day) became \(other)")
            }
        }
    }

    @Test func anIDOfAnotherHouseIsAnotherPatient() throws {
        let files = ["North", "South", "North"].enumerated().map { i, issuer -> TinyDICOM in
            var file = TinyDICOM(instance: "1.2.3.\(i)")
            file.text(0x0010_0021, "LO", issuer)
            return file
        }
        let (_, _, paths) = try deidentified(files), labels = paths.map { $0.prefix { $0 != "/" } }
        #expect(labels[0] == labels[2] && labels[0] != labels[1])
    }

    @Test func anEmptyAgentStaysEmpty() throws {
        for (agent, expected) in [("", nil), ("Gadovist", "removed")] as [(String, String?)] {
            var file = TinyDICOM(instance: "1.2.3.4")
            file.text(0x0018_0010, "LO", agent)
            let (_, after, paths) = try deidentified([file]), series = try #require(try DICOMFolder.scan(after).series.first)
            #expect(series.attributes["ContrastBolusAgent"] == expected && paths.count == 1)
        }
    }

    @Test func overlaysInsideThePixelsAreRefused() throws {
        var file = TinyDICOM(instance: "1.2.3.4")
        file.number(0x6000_0102, 12)
        #expect(throws: IOError.self) { try deidentified([file]) }
        file.number(0x6000_0102, 0)
        file.bytes(0x6000_3000, "OW", [1, 2])
        let (_, after, paths) = try deidentified([file])
        #expect(try !DICOMFile(after.appending(path: paths[0])).elements.values.keys.contains { $0 >> 16 == 0x6000 })
    }

    @Test func anIdentityWhoseFormIsNotToldGetsThePseudonym() throws {
        var told = TinyDICOM(instance: "1.2.3.4"), untold = told
        told.text(0x0010_0020, "LO", "PID 12")
        untold.text(0x0010_0020, "UN", "PID 12")
        untold.text(0x0020_000D, "UN", "1.2")
        let (_, a, p) = try deidentified([told]), (_, b, q) = try deidentified([untold])
        #expect(p == q)
        let x = try #require(try DICOMFolder.scan(a).series.first), y = try #require(try DICOMFolder.scan(b).series.first)
        #expect(x.patientID == y.patientID && x.studyUID == y.studyUID && y.patientID.hasPrefix("sub-"))
    }

    @Test func aPictureOfASlideIsNoSecondaryCapture() throws {
        for (kind, isRefused) in [("1.2.840.10008.5.1.4.1.1.7", true), ("1.2.840.10008.5.1.4.1.1.7.2", true), ("1.2.840.10008.5.1.4.1.1.77.1.5.1", false)] {
            var file = TinyDICOM(instance: "1.2.3.4")
            file.text(0x0008_0016, "UI", kind)
            let result = Result { try deidentified([file]) }
            #expect((try? result.get()) == nil ? isRefused : !isRefused, "\(kind)")
        }
    }

    @Test func whatShowsTextIsRefusedAndNothingIsWrittenTwice() throws {
        var burned = TinyDICOM(instance: "1.2.3.4"), capture = burned
        burned.text(0x0028_0301, "CS", "YES")
        capture.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7")
        for file in [burned, capture] { #expect(throws: IOError.self) { try deidentified([file]) } }
        #expect(throws: IOError.self) { try deidentified([TinyDICOM(instance: "1.2.3.4"), TinyDICOM(instance: "1.2.3.4")]) }
    }

    @Test func theSameKeyGivesTheSameBytes() throws {
        let (_, a, p) = try deidentified([TinyDICOM(instance: "1.2.3.4")]), (_, b, q) = try deidentified([TinyDICOM(instance: "1.2.3.4")])
        #expect(p == q)
        #expect(try Data(contentsOf: a.appending(path: p[0])) == Data(contentsOf: b.appending(path: q[0])))
    }
}
