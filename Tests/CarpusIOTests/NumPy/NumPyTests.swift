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

    private static func bytes<T: BitwiseCopyable>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    /// Each type's smallest and largest numbers, or some that tell it from others.
    @Test(arguments: [
        ("<f2", [0, 0x3c, 1, 0, 0, 0xfc], [1, 5.9604645e-8, -.infinity]), ("<f4", bytes([Float(-1.5), .greatestFiniteMagnitude]), [-1.5, .greatestFiniteMagnitude]),
        ("<f8", bytes([0.1, -1e300]), [0.1, -.infinity]), ("|i1", [0x80, 0x7f], [-128, 127]), ("<i2", bytes([Int16.min, 258]), [-32768, 258]), ("<i4", bytes([Int32.min, 65_538]), [-2_147_483_648, 65_538]),
        ("<i8", bytes([Int64.min, 1 << 33]), [-9_223_372_036_854_775_808, 8_589_934_592]), ("|u1", [3, 255], [3, 255]), ("<u2", bytes([UInt16.max, 258]), [65_535, 258]),
        ("<u4", bytes([UInt32.max, 65_538]), [4_294_967_295, 65_538]), ("<u8", bytes([UInt64.max, 1 << 33]), [18_446_744_073_709_551_615, 8_589_934_592]), ("|b1", [0, 1, 1], [0, 1, 1]),
    ] as [(String, [UInt8], [Float])]) func everyTypeIsRead(_ type: String, _ body: [UInt8], _ values: [Float]) throws {
        #expect(try NumPyArray(contentsOf: file("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(values.count),), }\n", body)).values == values)
    }

    @Test(arguments: ["<b8", "|b2", "|f1", "<u3", "<f16"]) func typesThatAreNoneAreRefused(_ type: String) throws {
        #expect { try NumPyArray(contentsOf: file("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }\n", [UInt8](repeating: 0, count: 8))) } throws: { ($0 as? IOError)?.code == .unsupported }
    }

    @Test(arguments: [
        ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", IOError.Code.unsupported), ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", .unsupported),
        ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }\n", .unsupported), ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", .truncated),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627775, 1099511627775), }\n", .malformed), ("{'descr': '<f4', 'fortran_order': False}\n", .malformed),
    ]) func whatCannotBeReadIsRefused(_ header: String, _ code: IOError.Code) throws {
        #expect { try NumPyArray(contentsOf: file(header, [0, 0, 0, 0])) } throws: { ($0 as? IOError)?.code == code }
    }
}
