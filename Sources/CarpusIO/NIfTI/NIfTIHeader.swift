import CNifti
import CarpusCore
import Foundation

extension NIfTI {
    /// What a NIfTI file says of itself, versions 1 and 2, either byte order.
    ///
    /// Follows nifti1.h and nifti2.h of the NIfTI data format working group.
    public struct Header: Sendable, Hashable {
        /// A file's ways to place voxels.
        public enum Form: String, Sendable, Hashable, Codable { case sform, qform, pixdim }

        /// 1 or 2.
        public let version: Int
        /// Sizes along the axes in use, 1 to 7 of them.
        public let dimensions: [Int]
        /// NIfTI's code of the voxels' type.
        public let datatype: Int
        /// Distance between voxels along each axis in the file's own units, as many as `dimensions`.
        public let pixdim: [Double]
        /// What stored values are multiplied by; 0 when the file asks for no scaling.
        public let slope: Double
        /// What is added after.
        public let intercept: Double
        /// Time of the first frame in the file's own units.
        public let timeOffset: Double
        /// Codes of the two ways to place voxels; 0 when the way is not in use.
        public let sformCode, qformCode: Int
        /// Free text.
        public let description: String
        public let isLittleEndian: Bool
        /// Where voxels begin, bytes.
        public let voxelOffset: Int
        /// Whether voxels lie in an .img file of their own.
        public let isPair: Bool
        /// What the voxels mean; 1006 and 1007 are displacements and vectors.
        public let intent: Int
        /// What the intent's name says.
        let intentName: String
        /// Units of space and time, NIfTI's codes together.
        let units: Int
        let quaternion: [Double]
        let quaternionOffset: Vector3
        let qfac: Double
        let rows: [[Double]]

        /// Which way to place voxels is used: the sform where its code is above 0, then the qform, then bare spacing.
        public var form: Form { sformCode > 0 ? .sform : qformCode > 0 ? .qform : .pixdim }

        /// The voxels' type in words.
        public var datatypeName: String { String(cString: nifti_datatype_string(Int32(datatype))).lowercased() }

        /// Bytes of one voxel.
        var bytesPerVoxel: Int {
            var bytes: Int32 = 0, swap: Int32 = 0
            nifti_datatype_sizes(Int32(datatype), &bytes, &swap)
            return Int(bytes)
        }

        /// Millimetres for one unit of space, nil when the file does not say.
        var millimetres: Double? {
            switch units & 7 {
            case 1: 1000
            case 2: 1
            case 3: 0.001
            default: nil
            }
        }

        /// Seconds for one unit of time, nil when the file does not say or the axis is no time.
        var seconds: Double? {
            switch units & 56 {
            case 8: 1
            case 16: 0.001
            case 24: 0.000_001
            default: nil
            }
        }
    }
}

extension NIfTI.Header {
    static let sizes = (one: 348, two: 540)

    /// A header from the first bytes of a file.
    init(_ bytes: [UInt8], of file: URL) throws {
        guard bytes.count >= Self.sizes.one else {
            throw IOError(.truncated, at: file, "the file ends after \(bytes.count) bytes, within the NIfTI header of \(Self.sizes.one)")
        }
        let little = Fields(bytes: bytes, littleEndian: true), big = Fields(bytes: bytes, littleEndian: false)
        switch (little.int32(0), big.int32(0)) {
        case (348, _): try self.init(version1: little, of: file)
        case (_, 348): try self.init(version1: big, of: file)
        case (540, _): try self.init(version2: little, of: file)
        case (_, 540): try self.init(version2: big, of: file)
        default: throw IOError(.notRecognised, at: file, "this is no NIfTI file: the header's size is neither 348 nor 540")
        }
    }

    private init(version1 f: Fields, of file: URL) throws {
        let magic = Array(f.bytes[344..<348])
        guard magic == Array("n+1\0".utf8) || magic == Array("ni1\0".utf8) else {
            throw IOError(.notRecognised, at: file, "this is no NIfTI file (an Analyze 7.5 header has no orientation); convert it with a tool that knows how it was acquired")
        }
        (version, isLittleEndian, isPair) = (1, f.littleEndian, magic[1] == UInt8(ascii: "i"))
        dimensions = try Self.dimensions((0..<8).map { f.int16(40 + 2 * $0) }, of: file)
        (intent, intentName, datatype) = (f.int16(68), f.text(328, 16), f.int16(70))
        let all = (0..<8).map { f.float(76 + 4 * $0) }
        (pixdim, qfac) = (Array(all[1..<1 + dimensions.count]), all[0] < 0 ? -1 : 1)
        voxelOffset = try Self.offset(f.float(108), isPair: isPair, least: 352, of: file)
        (slope, intercept, units, timeOffset) = (f.float(112), f.float(116), Int(f.bytes[123]), f.float(136))
        description = f.text(148, 80)
        (qformCode, sformCode) = (f.int16(252), f.int16(254))
        quaternion = (0..<3).map { f.float(256 + 4 * $0) }
        quaternionOffset = Vector3(f.float(268), f.float(272), f.float(276))
        rows = (0..<3).map { r in (0..<4).map { f.float(280 + 16 * r + 4 * $0) } }
        try check(of: file)
    }

    private init(version2 f: Fields, of file: URL) throws {
        guard f.bytes.count >= Self.sizes.two else {
            throw IOError(.truncated, at: file, "the file ends after \(f.bytes.count) bytes, within the NIfTI-2 header of \(Self.sizes.two)")
        }
        let magic = Array(f.bytes[4..<8])
        guard magic == Array("n+2\0".utf8) || magic == Array("ni2\0".utf8) else {
            throw IOError(.notRecognised, at: file, "this is no NIfTI-2 file: its magic word is missing")
        }
        (version, isLittleEndian, isPair) = (2, f.littleEndian, magic[1] == UInt8(ascii: "i"))
        datatype = f.int16(12)
        dimensions = try Self.dimensions((0..<8).map { f.int64(16 + 8 * $0) }, of: file)
        let all = (0..<8).map { f.double(104 + 8 * $0) }
        (pixdim, qfac) = (Array(all[1..<1 + dimensions.count]), all[0] < 0 ? -1 : 1)
        voxelOffset = try Self.offset(Double(f.int64(168)), isPair: isPair, least: 544, of: file)
        (slope, intercept, timeOffset) = (f.double(176), f.double(184), f.double(216))
        description = f.text(240, 80)
        (qformCode, sformCode) = (f.int32(344), f.int32(348))
        quaternion = (0..<3).map { f.double(352 + 8 * $0) }
        quaternionOffset = Vector3(f.double(376), f.double(384), f.double(392))
        rows = (0..<3).map { r in (0..<4).map { f.double(400 + 32 * r + 8 * $0) } }
        (units, intent, intentName) = (f.int32(500), f.int32(504), f.text(508, 16))
        try check(of: file)
    }

    private static func dimensions(_ dim: [Int], of file: URL) throws -> [Int] {
        guard (1...7).contains(dim[0]) else {
            throw IOError(.malformed, at: file, "the header names \(dim[0]) dimensions; 1 to 7 are possible")
        }
        let sizes = Array(dim[1...dim[0]])
        if let axis = sizes.firstIndex(where: { $0 <= 0 }) {
            let what = axis == 3 ? "frames" : "voxels"
            throw IOError(.malformed, at: file, "the header names \(sizes[axis]) \(what) along axis \(axis + 1), so there is no image; write the file again from its source")
        }
        guard sizes.reduce((1, false), { a, n in let p = a.0.multipliedReportingOverflow(by: n); return (p.partialValue, a.1 || p.overflow) }).1 == false else {
            throw IOError(.malformed, at: file, "the header names more voxels than can be counted")
        }
        return sizes
    }

    private static func offset(_ value: Double, isPair: Bool, least: Int, of file: URL) throws -> Int {
        guard value.isFinite, value >= 0, value < 1e15 else {
            throw IOError(.malformed, at: file, "the header places the voxels at byte \(value)")
        }
        return isPair ? Int(value) : max(least, Int(value))
    }

    private func check(of file: URL) throws {
        guard slope.isFinite, slope == 0 || intercept.isFinite else {
            throw IOError(.malformed, at: file, "the header's scaling is not a number (slope \(slope), intercept \(intercept))")
        }
        guard bytesPerVoxel > 0 else {
            throw IOError(.unsupported, at: file, "voxels of type code \(datatype) are not known to NIfTI")
        }
    }
}

/// Numbers at places in a header.
private struct Fields {
    let bytes: [UInt8]
    let littleEndian: Bool

    private func integer<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
        let raw = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        return littleEndian ? T(littleEndian: raw) : T(bigEndian: raw)
    }
    func int16(_ offset: Int) -> Int { Int(integer(offset, Int16.self)) }
    func int32(_ offset: Int) -> Int { Int(integer(offset, Int32.self)) }
    func int64(_ offset: Int) -> Int { Int(integer(offset, Int64.self)) }
    func float(_ offset: Int) -> Double { Double(Float(bitPattern: integer(offset, UInt32.self))) }
    func double(_ offset: Int) -> Double { Double(bitPattern: integer(offset, UInt64.self)) }
    func text(_ offset: Int, _ length: Int) -> String {
        String(decoding: bytes[offset..<offset + length].prefix { $0 != 0 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
}
