import CNifti
import CarpusCore
import Foundation

/// Voxels as Float, read in pieces: memory grows with what really arrives, never with what a header claims.
struct VoxelReader {
    let header: NIfTI.Header
    let file: URL

    func read(count: Int) throws -> ([Float], [Finding]) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: header.bytesPerVoxel)
        guard !overflow, count > 0 else { throw IOError(.malformed, at: file, "the header names more voxels than can be counted") }
        try checkSize(bytes)
        var values: [Float]
        switch Int32(header.datatype) {
        case DT_UINT8: values = try integers(UInt8.self, count)
        case DT_INT8: values = try integers(Int8.self, count)
        case DT_INT16: values = try integers(Int16.self, count)
        case DT_UINT16: values = try integers(UInt16.self, count)
        case DT_INT32: values = try integers(Int32.self, count)
        case DT_UINT32: values = try integers(UInt32.self, count)
        case DT_INT64: values = try integers(Int64.self, count)
        case DT_UINT64: values = try integers(UInt64.self, count)
        case DT_FLOAT32: values = try stream(count, as: UInt32.self) { Float(bitPattern: $0) }
        case DT_FLOAT64: values = try stream(count, as: UInt64.self) { Float(Double(bitPattern: $0)) }
        default:
            throw IOError(.unsupported, at: file, "voxels of type \(header.datatypeName) are no single numbers (or of 128 bits); convert the file to float32")
        }
        return (values, findings(&values))
    }

    /// An uncompressed file must be as long as its header says before anything is allocated.
    private func checkSize(_ bytes: Int) throws {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path(percentEncoded: false))   // a link's own size says nothing
        } catch {
            throw IOError(.unreadable, at: file, "the file cannot be read; check that it is there and may be read")
        }
        let length = attributes[.size] as? Int ?? 0
        let isCompressed = try FileHandle(forReadingFrom: file).read(upToCount: 2) == Data([0x1F, 0x8B])
        // deflate packs at most 1032 to 1.
        let most = isCompressed ? length.multipliedReportingOverflow(by: 1032).partialValue : length
        guard bytes <= most - header.voxelOffset || isCompressed && bytes <= most else {
            throw IOError(.truncated, at: file, "the header promises \(bytes) bytes of voxels from byte \(header.voxelOffset), and the file has \(length)")
        }
    }

    private func integers<T: FixedWidthInteger>(_: T.Type, _ count: Int) throws -> [Float] {
        if header.slope == 0 || (header.slope == 1 && header.intercept == 0) { return try stream(count, as: T.self) { Float($0) } }
        let (slope, intercept) = (header.slope, header.intercept)
        return try stream(count, as: T.self) { Float(Double($0) * slope + intercept) }
    }

    /// Pieces as they arrive, then one array of just the right size: an array that grows would hold up to twice what it needs.
    private func stream<T: FixedWidthInteger>(_ count: Int, as _: T.Type, _ value: (T) -> Float) throws -> [Float] {
        let source = try NIfTIStream(reading: file)
        guard source.skip(header.voxelOffset) else { throw truncated(0, count) }
        let width = MemoryLayout<T>.size, little = header.isLittleEndian, piece = 1 << 18
        var bytes = [UInt8](repeating: 0, count: min(count, piece) * width), pieces: [[Float]] = [], have = 0
        while have < count {
            let n = min(piece, count - have)
            guard source.fill(&bytes, n * width) else { throw truncated(have, count) }
            pieces.append(bytes.withUnsafeBytes { raw in
                (0..<n).map { i in
                    let stored = raw.loadUnaligned(fromByteOffset: i * width, as: T.self)
                    return value(little ? T(littleEndian: stored) : T(bigEndian: stored))
                }
            })
            have += n
        }
        return [Float](unsafeUninitializedCapacity: count) { out, filled in
            for i in pieces.indices {
                for v in pieces[i] {
                    out.initializeElement(at: filled, to: v)
                    filled += 1
                }
                pieces[i] = []
            }
        }
    }

    private func truncated(_ have: Int, _ count: Int) -> IOError {
        IOError(.truncated, at: file, "the voxels end after \(have) of \(count), or the compression is broken; copy the file again")
    }

    /// Scales floats where asked, and says what cannot be trusted.
    private func findings(_ values: inout [Float]) -> [Finding] {
        let isFloat = [DT_FLOAT32, DT_FLOAT64].contains(Int32(header.datatype))
        if isFloat, header.slope != 0, header.slope != 1 || header.intercept != 0 {
            let (slope, intercept) = (header.slope, header.intercept)
            for i in values.indices { values[i] = Float(Double(values[i]) * slope + intercept) }
        }
        var wild = 0, most: Float = 0
        for v in values { if v.isFinite { most = max(most, abs(v)) } else { wild += 1 } }
        var found: [Finding] = []
        if wild > 0 {
            found.append(Finding(.warning, "nifti.not-finite", "Some voxels are not numbers; they count as outside.", evidence: ["voxels": "\(wild)", "of": "\(values.count)"]))
        }
        if !isFloat, header.bytesPerVoxel >= 4, most > 16_777_216 {
            found.append(Finding(.note, "nifti.precision", "Stored whole numbers are larger than 32-bit floats hold exactly.", evidence: ["largest": "\(most)"]))
        }
        return found
    }
}
