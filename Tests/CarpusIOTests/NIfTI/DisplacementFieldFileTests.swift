import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@Suite struct DisplacementFieldFileTests {
    @Test func aFieldIsWrittenAsITKReadsIt() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let grid = try Grid(size: Index3(4, 3, 2), spacing: Vector3(0.5, 0.7, 2), origin: Vector3(10, -20, 30))
        let map = Transform.affine(Affine(linear: Matrix3(diagonal: Vector3(1.1, 1, 0.9)), translation: Vector3(1, 2, 3)))
        let field = DisplacementField(of: map, on: grid)
        for i in 0..<grid.count {
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            #expect((field(p) - map(p)).length < 1e-5)
        }
        let file = folder.appending(path: "field.nii")
        try NIfTI.write(field, to: file)
        let bytes = [UInt8](try Data(contentsOf: file))
        func number<T: FixedWidthInteger>(_: T.Type, _ offset: Int) -> T {
            bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
        }
        #expect((0..<6).map { number(Int16.self, 40 + 2 * $0) } == [5, 4, 3, 2, 1, 3])
        #expect(number(Int16.self, 68) == 1007, "the intent is a vector")
        #expect(bytes.count == 352 + 3 * grid.count * 4)
        // The vectors stay LPS: the second component of the last voxel, not turned to RAS.
        let last = Float(bitPattern: number(UInt32.self, 352 + 4 * (2 * grid.count - 1)))
        #expect(last == field.displacements[grid.count - 1].y && last > 0)
    }
}
