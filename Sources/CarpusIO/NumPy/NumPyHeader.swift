import Foundation

/// What the head of a .npy file says: type, order and shape, as a Python dictionary in text.
struct NumPyHeader {
    let shape: [Int]
    private let kind: String
    private let start: Int

    /// Checks the file's head and that its length fits.
    init(_ data: Data, at file: URL) throws {
        func malformed(_ what: String) -> IOError { IOError(.malformed, at: file, "no .npy file, or a damaged one: \(what); save it again with numpy.save") }
        let bytes = [UInt8](data.prefix(12))
        guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)), (1...3).contains(bytes[6]) else { throw malformed("its first bytes are wrong") }
        let wide = bytes[6] > 1
        guard !wide || bytes.count == 12 else { throw malformed("it ends early") }
        let length = wide ? bytes[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) } : Int(bytes[8]) | Int(bytes[9]) << 8
        start = (wide ? 12 : 10) + length
        guard length < 1 << 16, data.count >= start else { throw malformed("it ends early") }
        let text = String(decoding: data[data.startIndex + (wide ? 12 : 10)..<data.startIndex + start], as: UTF8.self)
        guard let kind = text.firstMatch(of: /'descr':\s*'([<|=])(f[248]|[iu][1248]|b1)'/) else { throw IOError(.unsupported, at: file, "its numbers are of a type this reader lacks; save it as float32") }
        self.kind = String(kind.output.2)
        guard text.contains(/'fortran_order':\s*False/) else { throw IOError(.unsupported, at: file, "its numbers are in column-major order; save numpy.ascontiguousarray of it") }
        guard let sizes = text.firstMatch(of: /'shape':\s*\(([0-9, ]*)\)/) else { throw malformed("it states no shape") }
        shape = try sizes.output.1.split(whereSeparator: { $0 == "," || $0 == " " }).map { part in
            guard let size = Int(part), size < 1 << 40 else { throw malformed("its shape makes no sense") }
            return size
        }
        var count = Int(self.kind.suffix(1)) ?? 0
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw malformed("its shape makes no sense") }
            count = product
        }
        guard data.count - start == count else { throw IOError(.truncated, at: file, "it holds \(data.count - start) bytes of numbers where its shape needs \(count); copy it again") }
    }

    func values(in data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            let body = UnsafeRawBufferPointer(rebasing: bytes[start...])
            func read<T: BitwiseCopyable>(_: T.Type, _ convert: (T) -> Float) -> [Float] {
                (0..<body.count / MemoryLayout<T>.size).map { convert(body.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)) }
            }
            switch kind {
            case "f2": return read(UInt16.self) { Self.half($0) }
            case "f4": return read(Float.self) { $0 }
            case "f8": return read(Double.self) { Float($0) }
            case "i1": return read(Int8.self) { Float($0) }
            case "i2": return read(Int16.self) { Float($0) }
            case "i4": return read(Int32.self) { Float($0) }
            case "i8": return read(Int64.self) { Float($0) }
            case "u2": return read(UInt16.self) { Float($0) }
            case "u4": return read(UInt32.self) { Float($0) }
            case "u8": return read(UInt64.self) { Float($0) }
            default: return read(UInt8.self) { Float($0) }
            }
        }
    }

    /// A number of 16 bits, which Swift's own type is not everywhere.
    private static func half(_ bits: UInt16) -> Float {
        let exponent = Int(bits >> 10 & 31), fraction = Float(bits & 1023), sign: Float = bits >> 15 == 1 ? -1 : 1
        switch exponent {
        case 0: return sign * Float(sign: .plus, exponent: -24, significand: fraction)
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
        }
    }

    /// The head of a version 1 file of float32.
    static func bytes(shape: [Int]) -> Data {
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The numbers begin at a multiple of 64.
        text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
        let length = text.utf8.count
        return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8))
    }
}
