import CarpusCore
import CarpusRegistration
import Foundation
import Testing

@Suite struct TransformFileTests {
    private func file(_ text: String? = nil) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "carpus-\(UUID().uuidString).tfm")
        if let text { try Data(text.utf8).write(to: url) }
        return url
    }

    @Test func whatIsWrittenIsReadBackExactly() throws {
        let map = Transform.rigid(RigidTransform(axis: Vector3(1, 2, 3), angle: 0.3, centre: Vector3(10, -20, 5), translation: Vector3(0.1, 7, -3)))
        let url = try file()
        defer { try? FileManager.default.removeItem(at: url) }
        try ITKTransformFile.write(map, to: url)
        let back = try ITKTransformFile.read(url)
        let p = Vector3(33, -12, 8)
        #expect(back(p) == map.asAffine.map { $0(p) })
    }

    @Test(arguments: [
        ("Euler3DTransform_double_3_3", "0.1 0.2 -0.3 1 2 3", "4 5 6 0"), ("VersorRigid3DTransform_double_3_3", "0.1 -0.05 0.2 1 2 3", "4 5 6"),
    ])
    func kindsOfRigidTransformsTurnAsTheirDefinitionSays(kind: String, parameters: String, fixed: String) throws {
        let url = try file("#Insight Transform File V1.0\n#Transform 0\nTransform: \(kind)\nParameters: \(parameters)\nFixedParameters: \(fixed)\n")
        defer { try? FileManager.default.removeItem(at: url) }
        let map = try ITKTransformFile.read(url), centre = Vector3(4, 5, 6), q = map(Vector3(10, 20, 30))
        // The centre moves by the translation alone, and distances to it stay.
        #expect((map(centre) - centre - Vector3(1, 2, 3)).length < 1e-12)
        #expect(abs((q - map(centre)).length - (Vector3(10, 20, 30) - centre).length) < 1e-9)
    }

    @Test func otherFilesAreRefusedWithTheirName() throws {
        let texts = ["", "hello", "Transform: BSplineTransform_double_3_3\nParameters: 1 2\nFixedParameters: 0 0 0\n", "Transform: AffineTransform_double_3_3\nParameters: 1 0 0 0 1 0 0 0 x 0 0 0\nFixedParameters: 0 0 0\n"]
        for text in texts {
            let url = try file(text)
            defer { try? FileManager.default.removeItem(at: url) }
            let error = #expect(throws: RegistrationError.self) { try ITKTransformFile.read(url) }
            #expect(error?.message.contains(url.lastPathComponent) == true)
        }
        #expect(throws: RegistrationError.self) { try ITKTransformFile.read(URL(filePath: "/nowhere/x.tfm")) }
    }
}
