import CNifti
public import CarpusCore
public import Foundation

extension NIfTI {
    /// How numbers are stored.
    public enum Storage: Sendable {
        /// 32-bit floats.
        case float
        /// 16-bit integers; the numbers must be whole and fit, as a scanner's are.
        case integer
    }

    /// Writes a volume, NIfTI-1, compressed when the name ends in .gz. Units are mm and s, both forms are
    /// set, and equal volumes give equal bytes. The file is written to the side and renamed.
    public static func write(_ volume: Volume<Float>, to url: URL, as storage: Storage = .float) throws {
        try write(volume.grid, frames: 1, interval: 0, start: 0, scalars: volume.scalars, as: storage, to: url)
    }

    /// Writes a series; the interval is the mean one. Uneven times need a sidecar, which is the caller's.
    public static func write(_ series: TimeSeries, to url: URL, as storage: Storage = .float) throws {
        let n = series.frameCount
        let interval = n > 1 ? (series.times[n - 1] - series.times[0]) / Double(n - 1) : 1
        try write(series.grid, frames: n, interval: interval, start: series.times.first ?? 0, scalars: series.scalars, as: storage, to: url)
    }

    private static func write(_ grid: Grid, frames: Int, interval: Double, start: Double, scalars: [Float], as storage: Storage, to url: URL) throws {
        switch storage {
        case .float: try write(grid, frames: frames, interval: interval, start: start, datatype: DT_FLOAT32, values: scalars, to: url)
        case .integer:
            let whole = scalars.map { value -> Int16 in
                precondition(value == value.rounded() && abs(value) <= 32767, "whole numbers that fit into 16 bits are stored as such")
                return Int16(value).littleEndian
            }
            try write(grid, frames: frames, interval: interval, start: start, datatype: DT_INT16, values: whole, to: url)
        }
    }

    /// Writes labels as the smallest unsigned integers that hold them.
    public static func write(_ labels: LabelMap, to url: URL) throws {
        if labels.labels.contains(where: { $0 > 255 }) {
            try write(labels.grid, frames: 1, interval: 0, start: 0, datatype: DT_UINT16, values: labels.labels.map(\.littleEndian), to: url)
        } else {
            try write(labels.grid, frames: 1, interval: 0, start: 0, datatype: DT_UINT8, values: labels.labels.map { UInt8($0) }, to: url)
        }
    }

    static func write<T>(_ grid: Grid, frames: Int, interval: Double, start: Double, datatype: Int32, values: [T], vectors: Bool = false, to url: URL) throws {
        let name = url.lastPathComponent.lowercased()
        guard name.hasSuffix(".nii") || name.hasSuffix(".nii.gz") else {
            throw IOError(.unsupported, at: url, "NIfTI is written as .nii or .nii.gz; choose such a name")
        }
        guard grid.size.max() <= 32767, frames <= 32767 else {
            throw IOError(.unsupported, at: url, "NIfTI-1 holds at most 32767 voxels along an axis")
        }
        let header = encoded(
            grid, frames: frames, interval: interval, start: start, datatype: datatype, bitsPerVoxel: MemoryLayout<T>.size * 8, vectors: vectors)
        let side = url.deletingLastPathComponent().appending(path: ".part-\(UUID().uuidString)")
        do {
            let stream = try NIfTIStream(writing: side, compressed: name.hasSuffix(".gz"))
            try header.withUnsafeBytes { try stream.write($0) }
            try values.withUnsafeBytes { try stream.write($0) }
            try stream.close()
            guard rename(side.path(percentEncoded: false), url.path(percentEncoded: false)) == 0 else {
                throw IOError(.cannotWrite, at: url, "the file cannot be put in place: \(String(cString: strerror(errno)))")
            }
        } catch let error as IOError {
            unlink(side.path(percentEncoded: false))
            throw error.code == .cannotWrite ? IOError(.cannotWrite, at: url, error.message) : error
        }
    }

    /// The 348 bytes of a NIfTI-1 header and four that say there is no extension.
    private static func encoded(_ grid: Grid, frames: Int, interval: Double, start: Double, datatype: Int32, bitsPerVoxel: Int, vectors: Bool) -> [UInt8] {
        var h = HeaderBytes()
        let ras = WorldFrame.flipped(grid.worldFromVoxel), s = grid.spacing
        h.put(Int32(348), 0)
        let dim = [vectors ? 5 : frames > 1 ? 4 : 3, grid.size.x, grid.size.y, grid.size.z, frames, vectors ? 3 : 1, 1, 1]
        for (i, n) in dim.enumerated() { h.put(Int16(n), 40 + 2 * i) }
        if vectors { h.put(Int16(NIFTI_INTENT_VECTOR), 68) }
        h.put(Int16(datatype), 70)
        h.put(Int16(bitsPerVoxel), 72)
        let (quaternion, qfac) = quaternion(of: ras.linear)
        for (i, p) in [qfac, s.x, s.y, s.z, interval, 0, 0, 0].enumerated() { h.put(Float(p), 76 + 4 * i) }
        h.put(Float(352), 108)
        h.put(Float(1), 112)
        h.put(UInt8(NIFTI_UNITS_MM | NIFTI_UNITS_SEC), 123)
        h.put(Float(start), 136)
        for (i, c) in "Carpus".utf8.enumerated() { h.put(c, 148 + i) }
        h.put(Int16(NIFTI_XFORM_SCANNER_ANAT), 252)
        h.put(Int16(NIFTI_XFORM_SCANNER_ANAT), 254)
        for (i, q) in [quaternion.x, quaternion.y, quaternion.z, ras.translation.x, ras.translation.y, ras.translation.z].enumerated() { h.put(Float(q), 256 + 4 * i) }
        for (r, row) in ras.matrixRows.prefix(3).enumerated() {
            for (c, v) in row.enumerated() { h.put(Float(v), 280 + 16 * r + 4 * c) }
        }
        for (i, c) in "n+1\0".utf8.enumerated() { h.put(c, 344 + i) }
        return h.bytes
    }

    private static func quaternion(of m: Matrix3) -> (SIMD4<Double>, qfac: Double) {
        let qfac = m.determinant < 0 ? -1.0 : 1
        let r = Matrix3(columns: m.x / m.x.length, m.y / m.y.length, m.z / m.z.length * qfac)
        guard let rigid = RigidTransform(nearest: Affine(linear: r), centre: .zero) else { preconditionFailure("a grid's axes are neither flat nor sheared") }
        return (rigid.rotation, qfac)
    }
}

private struct HeaderBytes {
    var bytes = [UInt8](repeating: 0, count: 352)
    mutating func put<T: FixedWidthInteger>(_ value: T, _ offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { for (i, b) in $0.enumerated() { bytes[offset + i] = b } }
    }
    mutating func put(_ value: Float, _ offset: Int) { put(value.bitPattern, offset) }
}
