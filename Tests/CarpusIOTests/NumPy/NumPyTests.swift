import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@Suite("NumPy files") struct NumPyTests {
    private func file(_ header: String, _ body: [UInt8]) throws -> URL {
        let url = try temporaryFolder().appending(path: "a.npy")
        try Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + body).write(to: url)
        return url
    }

    @Test func arraysComeBack() throws {
        let url = try temporaryFolder().appending(path: "a.npy")
        for array in [NumPyArray(shape: [2, 3], values: [1, -2, .infinity, 0.5, 1e-40, 6]), NumPyArray(shape: [], values: [7]), NumPyArray(shape: [0, 4], values: [])] {
            try array.write(to: url)
            #expect(try NumPyArray(contentsOf: url) == array)
            #expect(try Data(contentsOf: url).prefix(10) == Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]))
        }
    }

    @Test func otherTypesAreRead() throws {
        #expect(try NumPyArray(contentsOf: file("{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }\n", [0, 0x3c, 1, 0, 0, 0xfc])).values == [1, 5.9604645e-8, -.infinity])
        #expect(try NumPyArray(contentsOf: file("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", [3, 255])).values == [3, 255])
        #expect(try NumPyArray(contentsOf: file("{'descr': '<i2', 'fortran_order': False, 'shape': (1,), }\n", [0xfe, 0xff])).values == [-2])
    }

    @Test(arguments: [
        ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", IOError.Code.unsupported), ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", .unsupported),
        ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }\n", .unsupported), ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", .truncated),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627775, 1099511627775), }\n", .malformed), ("{'descr': '<f4', 'fortran_order': False}\n", .malformed),
    ]) func whatCannotBeReadIsRefused(_ header: String, _ code: IOError.Code) throws {
        #expect { try NumPyArray(contentsOf: file(header, [0, 0, 0, 0])) } throws: { ($0 as? IOError)?.code == code }
    }
}
