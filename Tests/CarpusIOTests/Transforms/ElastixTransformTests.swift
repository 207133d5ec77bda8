import CarpusCore
@testable import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Files in elastix/, written by hand; the places were computed by transformix of elastix 5.2, which gives six digits after the point.
@Suite struct ElastixTransformTests {
    private static let folder = TestData.package.appending(path: "Tests/CarpusIOTests/Transforms/elastix")
    private static let points = [Vector3(0, 0, 0), Vector3(12.5, -20, 7), Vector3(-18, 5, 22), Vector3(3, 9, -11), Vector3(60, 70, 80)]
    private static let places = [
        "translation.txt": [Vector3(1.5, -2, 3.25), Vector3(14, -22, 10.25), Vector3(-16.5, 3, 25.25), Vector3(4.5, 7, -7.75), Vector3(61.5, 68, 83.25)],
        "euler.txt": [Vector3(-1.368613, 3.038955, 5.010230), Vector3(18.646150, -10.945407, 8.026330), Vector3(-20.427785, -7.986589, 23.669956), Vector3(-2.435595, 15.683101, -2.059927), Vector3(17.025267, 58.873068, 111.987877)],
        "euler-zyx.txt": [Vector3(-1.733412, 2.645900, 4.933502), Vector3(19.034258, -10.137878, 8.178333), Vector3(-20.310100, -9.467948, 23.404055), Vector3(-3.465271, 15.201360, -2.163052), Vector3(12.213866, 59.527863, 112.031194)],
        "similarity.txt": [Vector3(-2.210329, 6.890329, 5.370329), Vector3(8.765539, -20.423099, 3.119341), Vector3(-10.536586, 9.799575, 38.862563), Vector3(-1.299282, 19.791839, -6.315605), Vector3(117.548056, 53.993921, 75.335898)],
        "affine.txt": [Vector3(0.098421, 4.272433, 2.091214), Vector3(20.716224, -10.164165, 4.887949), Vector3(-21.969222, -2.811654, 20.903623), Vector3(0.189156, 15.405354, -4.867463), Vector3(25.915100, 58.032629, 112.325096)],
        // The second and the last point lie where too few control points reach.
        "spline.txt": [Vector3(0.577526, 4.975103, 2.625725), Vector3(20.716224, -10.164165, 4.887949), Vector3(-21.813343, -2.410241, 21.523903), Vector3(0.726499, 16.031938, -4.336303), Vector3(25.915100, 58.032629, 112.325096)],
    ]

    @Test(arguments: places.keys.sorted()) func pointsGoWhereTransformixTakesThem(name: String) throws {
        let map = try TransformFile.read(Self.folder.appending(path: name)), places = try #require(Self.places[name])
        for (p, q) in zip(Self.points, places) { #expect((map(p) - q).length < 1e-6) }
        // And back.
        for p in Self.points where name != "spline.txt" { #expect((try map.preimage(of: map(p)) - p).length < 1e-10) }
    }

    @Test func aChainIsFoundWhereItWasMoved() throws {
        let moved = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: moved) }
        let affine = try String(contentsOf: Self.folder.appending(path: "affine.txt"), encoding: .utf8)
        let old = affine.replacing("InitialTransformParameterFileName \"euler.txt\"", with: "InitialTransformParametersFileName \"/old place//of results/euler.txt\"")
        #expect(old != affine)
        try Data(old.utf8).write(to: moved.appending(path: "a.txt"))
        #expect(throws: IOError.self) { try TransformFile.read(moved.appending(path: "a.txt")) }
        try FileManager.default.copyItem(at: Self.folder.appending(path: "euler.txt"), to: moved.appending(path: "euler.txt"))
        #expect((try TransformFile.read(moved.appending(path: "a.txt"))(Self.points[1]) - Self.places["affine.txt"]![1]).length < 1e-6)
    }

    @Test func aGridMayBeginAtAnotherIndex() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "x.txt")
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try String(contentsOf: Self.folder.appending(path: "spline.txt"), encoding: .utf8).replacing("affine.txt", with: "NoInitialTransform")
        try Data(text.utf8).write(to: file)
        let plain = try TransformFile.read(file), step = Matrix3(rows: Vector3(0.96, -0.28, 0), Vector3(0.28, 0.96, 0), Vector3(0, 0, 1)) * Vector3(2 * 20, -1 * 25, 3 * 16)
        try Data(text.replacing("(GridIndex 0 0 0)", with: "(GridIndex 2 -1 3)").utf8).write(to: file)
        let shifted = try TransformFile.read(file), p = Vector3(-21, -2, 20)
        #expect((plain(p) - p).length > 0.1 && ((shifted(p + step) - step) - plain(p)).length < 1e-12)
    }

    @Test func whatCannotBeReadIsRefusedWithItsReason() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "x.txt")
        defer { try? FileManager.default.removeItem(at: folder) }
        func said(_ source: String, _ changes: [(String, String)]) throws -> String {
            var text = try String(contentsOf: Self.folder.appending(path: source), encoding: .utf8)
            for (old, new) in changes {
                #expect(text.contains(old))
                text = text.replacing(old, with: new)
            }
            try Data(text.utf8).write(to: file)
            return #expect(throws: IOError.self) { try TransformFile.read(file) }?.message ?? ""
        }
        try FileManager.default.copyItem(at: Self.folder.appending(path: "euler.txt"), to: folder.appending(path: "euler.txt"))
        #expect(try said("affine.txt", [("\"Compose\"", "\"Add\"")]).contains("is added"))
        #expect(try said("affine.txt", [("(HowToCombineTransforms \"Compose\")", "")]).contains("'HowToCombineTransforms' is missing"))
        #expect(try said("affine.txt", [("euler.txt", "x.txt")]).contains("names itself"))
        #expect(try said("euler.txt", [("EulerTransform", "AffineDTITransform")]).contains("'AffineDTITransform'"))
        #expect(try said("euler.txt", [("(FixedImageDimension 3)", "(FixedImageDimension 2)")]).contains("three dimensions"))
        #expect(try said("euler.txt", [("1 2 3)", "1 2)")]).contains("6 numbers"))
        #expect(try said("euler.txt", [("0.3 ", "x ")]).contains("no number"))
        #expect(try said("euler.txt", [("(CenterOfRotationPoint 4 -7 11)", "")]).contains("'CenterOfRotationPoint' is missing"))
        #expect(try said("euler.txt", [("(Index 0 0 0)", "Index 0 0 0")]).contains("Index 0 0 0"))
        #expect(try said("euler.txt", [("(Index 0 0 0)", "(Size 0 0 0)")]).contains("stands twice"))
        #expect(try said("euler.txt", [("(Index 0 0 0)", "(UseBinaryFormatForTransformationParameters \"true\")")]).contains("binary"))
        #expect(try said("euler.txt", [("(UseDirectionCosines \"true\")", "(UseDirectionCosines \"false\")")]).contains("UseDirectionCosines"))
        #expect(try said("euler.txt", [("(ComputeZYX \"false\")", "(ComputeZYX \"perhaps\")")]).contains("neither true nor false"))
        #expect(try said("similarity.txt", [("0.1 0.2 -0.1", "0.8 0.8 0.8")]).contains("longer than 1"))
        #expect(try said("spline.txt", [("SplineOrder 3", "SplineOrder 2"), ("affine.txt", "NoInitialTransform")]).contains("cubic"))
        #expect(try said("spline.txt", [("UseCyclicTransform \"false\"", "UseCyclicTransform \"true\"")]).contains("cyclic"))
        #expect(try said("spline.txt", [("(GridSize 5 4 6)", "(GridSize 5 4 7)")]).contains("420 numbers"))
        #expect(try said("spline.txt", [("(GridSpacing 20 25 16)", "(GridSpacing 20 0 16)")]).contains("singular"))
    }

    @Test func whatIsCutOffIsRefused() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "x.txt")
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Data(contentsOf: Self.folder.appending(path: "spline.txt"))
        for share in 0..<30 {
            try whole.prefix(whole.count * share / 30).write(to: file)
            #expect(throws: IOError.self, "\(share) of 30 parts") { try TransformFile.read(file) }
        }
    }
}
