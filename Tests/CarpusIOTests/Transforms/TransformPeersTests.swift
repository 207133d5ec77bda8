import CarpusCore
@testable import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// SimpleITK and itk-elastix, called through Python.
private enum Peers {
    static let simpleITK = (try? Python.run(["-c", "import SimpleITK, numpy"])) != nil
    static let elastix = (try? Python.run(["-c", "import itk, numpy; itk.ParameterObject"])) != nil

    /// Where the program takes the points of a folder, file by file.
    static func places(_ what: String, _ folder: URL) throws -> [String: [Vector3]] {
        let script = TestData.package.appending(path: "Tests/CarpusIOTests/Transforms/peers.py").path
        let text = String(decoding: try Python.run([script, what, folder.path]), as: UTF8.self)
        // Programs may have talked before; the answer is the last line.
        let answer = text.split(whereSeparator: \.isNewline).last ?? ""
        return try JSONDecoder().decode([String: [[Double]]].self, from: Data(answer.utf8)).mapValues { $0.map { Vector3($0[0], $0[1], $0[2]) } }
    }
}

@Suite struct TransformPeersTests {
    /// The largest distance between where Carpus and a peer take the points of a folder, for each file.
    private func distances(_ places: [String: [Vector3]], in folder: URL) throws -> [String: Double] {
        let points = try PointTable(folder.appending(path: "points.csv")).points
        return Dictionary(uniqueKeysWithValues: try places.map { name, theirs in
            let map = try TransformFile.read(folder.appending(path: name))
            return (name, zip(points, theirs).map { (map($0) - $1).length }.max() ?? .infinity)
        })
    }

    @Test(.enabled(if: Peers.simpleITK, "SimpleITK cannot be imported; set CARPUS_TEST_PYTHON"))
    func whatSimpleITKWritesMapsPointsAsItDoes() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let found = try distances(Peers.places("itk", folder), in: folder)
        #expect(found.count == 29)
        // NIfTI keeps the grid in 32 bits, and fields are kept so.
        for (name, distance) in found { #expect(distance < (name.contains("nii") ? 1e-5 : name.hasPrefix("field") || name.hasPrefix("composite") ? 1e-6 : 1e-10), "\(name): \(distance)") }
    }

    @Test(.enabled(if: Peers.simpleITK, "SimpleITK cannot be imported; set CARPUS_TEST_PYTHON"))
    func simpleITKReadsWhatIsWritten() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let points = SomeTransforms.points, table = "x,y,z\n" + points.map { "\($0.x),\($0.y),\($0.z)\n" }.joined()
        try Data(table.utf8).write(to: folder.appending(path: "points.csv"))
        let maps = try SomeTransforms.all()
        for (n, map) in maps.enumerated() {
            for ending in ["tfm", "h5"] { try TransformFile.write(map, to: folder.appending(path: "mine-\(n).\(ending)")) }
        }
        try TransformFile.write(SomeTransforms.field(), to: folder.appending(path: "mine-3.nii.gz"))
        let places = try Peers.places("read", folder)
        #expect(places.count == 2 * maps.count + 1)
        for (name, theirs) in places {
            let map = maps[Int(String(Array(name)[5]))!]
            for (p, q) in zip(points, theirs) { #expect((map(p) - q).length < (name.hasSuffix("gz") ? 1e-5 : 1e-9), "\(name)") }
        }
    }

    @Test(.enabled(if: Peers.elastix, "itk-elastix cannot be imported; set CARPUS_TEST_PYTHON"))
    func whatElastixWritesMapsPointsAsTransformixDoes() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let found = try distances(Peers.places("elastix", folder), in: folder)
        #expect(found.count == 6)
        // transformix writes six digits after the point.
        for (name, distance) in found { #expect(distance < 1e-6, "\(name): \(distance)") }
    }
}
