import CarpusCore
@testable import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@Suite struct MalformedTransformTests {
    private func refused(_ text: String, _ name: String = "x.tfm", saying words: String = "", code: IOError.Code? = nil, line: Int = #line) throws {
        let folder = try temporaryFolder(), file = folder.appending(path: name)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: file)
        let error = #expect(throws: IOError.self, "line \(line)") { try TransformFile.read(file) }
        #expect(error?.place.lastPathComponent == name && (words.isEmpty || error?.message.contains(words) == true) && (code == nil || error?.code == code), "line \(line): \(error.map { "\($0)" } ?? "")")
    }

    private func itk(_ kind: String, _ parameters: String, _ fixed: String = "0 0 0") -> String { "#Insight Transform File V1.0\nTransform: \(kind)\nParameters: \(parameters)\nFixedParameters: \(fixed)\n" }

    @Test func textsOfITKThatAreDamagedAreRefusedWithTheirName() throws {
        let twelve = "1 0 0 0 1 0 0 0 1 0 0 0", good = itk("AffineTransform_double_3_3", twelve), grid = "4 4 4 0 0 0 1 1 1 1 0 0 0 1 0 0 0 1"
        try refused("", code: .notRecognised)
        try refused("hello", code: .malformed)
        try refused("Parameters: 1 2 3\n", saying: "before any")
        try refused(itk("AffineTransform_double_3_3", "1 0 0 0 1 0 0 0 x 0 0 0"), saying: "no number")
        try refused(itk("AffineTransform_double_3_3", "1 0 0 0 1 0 0 0 nan 0 0 0"), saying: "no number")
        try refused(itk("AffineTransform_double_3_3", "1 0 0 0 1 0 0 0 1e300 0 0 0"), saying: "no number")
        try refused(itk("AffineTransform_double_3_3", "1 0 0 0 1 0 0 0"), saying: "12 parameters", code: .malformed)
        try refused(itk("AffineTransform_double_3_3", twelve, ""), saying: "centre")
        try refused(itk("AffineTransform_double_2_2", "1 0 0 1 0 0", "0 0"), saying: "three dimensions", code: .unsupported)
        try refused(itk("ScaleSkewVersor3DTransform_double_3_3", "0 0 0"), saying: "ScaleSkewVersor3DTransform", code: .unsupported)
        try refused(itk("VersorTransform_double_3_3", "1 1 1"), saying: "longer than 1")
        try refused(good + good, saying: "2 transforms", code: .unsupported)
        try refused("Transform: CompositeTransform_double_3_3\n", code: .truncated)
        try refused("Transform: CompositeTransform_double_3_3\nTransform: CompositeTransform_double_3_3\n" + good, saying: "within a composite")
        try refused(itk("BSplineTransform_double_3_3", "1 2", grid), saying: "192 parameters")
        try refused(itk("BSplineTransform_double_3_3_2", "1 2", grid), saying: "cubic", code: .unsupported)
        try refused(itk("BSplineTransform_double_3_3", "0 0 0", "1 1 1 0 0 0 1 1 1 1 0 0 0 1 0 0 0 1"), saying: "four control points", code: .badGeometry)
        for size in ["0 1 1", "-1 1 1", "1.5 1 1", "1e9 1e9 1e9", "99999 99999 99999"] {
            try refused(itk("DisplacementFieldTransform_double_3_3", "0 0 0", "\(size) 0 0 0 1 1 1 1 0 0 0 1 0 0 0 1"), saying: "impossible size")
        }
        try refused(itk("DisplacementFieldTransform_double_3_3", "0 0 0", "1 1 1 0 0 0 1 1 0 1 0 0 0 1 0 0 0 1"), code: .badGeometry)
        try refused(itk("DisplacementFieldTransform_double_3_3", "0 0 0", "1 1 1"), saying: "18 fixed")
        #expect(throws: IOError.self) { try TransformFile.read(URL(filePath: "/nowhere/x.tfm")) }
        #expect(throws: IOError.self) { try TransformFile.read(FileManager.default.temporaryDirectory) }
        #expect(throws: IOError.self) { try TransformFile.write(.identity, to: URL(filePath: "/nowhere/x.tfm")) }
        #expect(throws: IOError.self) { try TransformFile.write(.identity, to: URL(filePath: "/nowhere/x.h5")) }
        #expect(throws: IOError.self) { try TransformFile.write(.identity, to: FileManager.default.temporaryDirectory.appending(path: "x.mat")) }
    }

    @Test func fieldsOfOtherProgramsAreRefused() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "x.nii")
        defer { try? FileManager.default.removeItem(at: folder) }
        let field = try SomeTransforms.field()
        func changed(_ offset: Int, _ bytes: [UInt8]) throws -> IOError? {
            try TransformFile.write(field, to: file)
            var data = try Data(contentsOf: file)
            data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            try data.write(to: file)
            return #expect(throws: IOError.self) { try TransformFile.read(file) }
        }
        #expect(try changed(328, Array("NREG_TRANS".utf8))?.message.contains("NiftyReg") == true)
        #expect(try changed(68, [0xD6, 0x07])?.message.contains("2006") == true, "a field of FSL")
        #expect(try changed(68, [0, 0])?.code == .unsupported)
        #expect(try changed(50, [2, 0])?.code == .notRecognised, "vectors of two components")
        #expect(try changed(352, [0, 0, 0xC0, 0x7F])?.message.contains("no number") == true, "a vector that is NaN")
    }

    @Test(arguments: ["x.tfm", "x.h5", "x.nii"]) func whatIsCutOffIsRefused(name: String) throws {
        let folder = try temporaryFolder(), file = folder.appending(path: name), cut = folder.appending(path: "cut-" + name)
        defer { try? FileManager.default.removeItem(at: folder) }
        let map = try SomeTransforms.field()
        try TransformFile.write(map, to: file)
        let whole = try Data(contentsOf: file)
        for share in 0..<40 {
            try whole.prefix(whole.count * share / 40).write(to: cut)
            #expect(throws: IOError.self, "\(share) of 40 parts") { try TransformFile.read(cut) }
        }
    }

    @Test(arguments: ["x.tfm", "x.h5", "x.nii"]) func whatIsDamagedIsRefusedOrReadButNeverEndsTheProgram(name: String) throws {
        let folder = try temporaryFolder(), file = folder.appending(path: name)
        defer { try? FileManager.default.removeItem(at: folder) }
        try TransformFile.write(name == "x.nii" ? SomeTransforms.field() : SomeTransforms.rigid * SomeTransforms.field() * SomeTransforms.spline(), to: file)
        let whole = try Data(contentsOf: file)
        var dice = Dice(seed: 11)
        for _ in 0..<150 {
            var data = whole
            for _ in 0..<Int.random(in: 1...4, using: &dice) { data[Int.random(in: 0..<data.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice) }
            try data.write(to: file)
            do {
                let map = try TransformFile.read(file)
                for p in SomeTransforms.points.prefix(5) { _ = map(p) }
            } catch let error as IOError {
                #expect(!error.message.isEmpty)
            }
        }
    }
}
