import CHDF5
public import CarpusCore
public import Foundation
import Synchronization

/// ITK's HDF5 files of transforms (`.h5`, `.hdf5`), as ITK, ANTs and 3D Slicer read them: points of the fixed world (LPS, mm) to
/// the moving one.
public enum ITKTransformHDF5 {
    /// The bytes such a file begins with.
    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The library is not made for several threads.
    private static let library = Mutex<Void>(())
    private static let group = "TransformGroup"
    /// ITK 4 wrote, and later versions read, names without their s.
    private static let names = (parameters: ["TransformParameters", "TranformParameters"], fixed: ["TransformFixedParameters", "TranformFixedParameters"])

    /// Reads a file of one transform or one composite.
    ///
    /// - Throws: `IOError` when the file is missing, malformed, or holds something else.
    public static func read(_ url: URL) throws -> Transform {
        let path = url.path(percentEncoded: false)
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else { throw IOError(.missing, at: url, "there is no such file") }
        let records = try library.withLock { _ in
            let file = chdf5_open(path)
            guard file >= 0 else { throw IOError(.malformed, at: url, "this is no HDF5 file, or it is damaged or cut off") }
            defer { _ = chdf5_close(file) }
            let count = chdf5_count(file, group)
            guard count > 0, count < 10_000 else { throw IOError(.notRecognised, at: url, "the HDF5 file holds no transforms of ITK") }
            return try (0..<count).map { n in
                let place = "\(group)/\(n)"
                var text = [CChar](repeating: 0, count: 256)
                guard chdf5_read_string(file, "\(place)/TransformType", &text, Int64(text.count)) == 0 else { throw IOError(.malformed, at: url, "the kind of transform \(n) cannot be read") }
                var record = ITKTransformRecord(kind: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
                guard !record.kind.hasPrefix("CompositeTransform") else { return record }
                record.parameters = try numbers(file, names.parameters.map { "\(place)/\($0)" }, size, at: url)
                record.fixed = try numbers(file, names.fixed.map { "\(place)/\($0)" }, size, at: url)
                return record
            }
        }
        return try ITKTransformRecord.transform(of: records, at: url)
    }

    private static func numbers(_ file: Int64, _ names: [String], _ size: Int, at url: URL) throws -> [Double] {
        guard let name = names.first(where: { chdf5_length(file, $0) >= 0 }) else { throw IOError(.malformed, at: url, "'\(names[0])' is missing or holds no numbers") }
        let count = Int(chdf5_length(file, name))
        // Deflate packs a thousand bytes into one at best.
        guard count <= 1032 * size else { throw IOError(.truncated, at: url, "'\(name)' announces \(count) numbers, more than the file can hold") }
        var values = [Double](repeating: 0, count: count)
        guard chdf5_read(file, name, &values, Int64(count)) == 0 else { throw IOError(.truncated, at: url, "'\(name)' is damaged or cut off") }
        guard values.allSatisfy({ abs($0) < 1e12 }) else { throw IOError(.malformed, at: url, "'\(name)' holds something that is no length") }
        return values
    }

    /// Writes a transform, more than one map as a composite, to the side and renamed. Equal transforms give equal bytes.
    ///
    /// - Throws: `IOError` when the file cannot be written.
    public static func write(_ transform: Transform, to url: URL) throws {
        let side = url.deletingLastPathComponent().appending(path: ".part-\(UUID().uuidString)"), path = side.path(percentEncoded: false)
        let done = library.withLock { _ in
            let file = chdf5_create(path)
            guard file >= 0 else { return false }
            var worked = chdf5_write_group(file, group) == 0
            for (name, text) in [("ITKVersion", "5.2.1"), ("HDFVersion", "1.10"), ("OSName", "any"), ("OSVersion", "any")] { worked = worked && chdf5_write_string(file, name, text) == 0 }
            for (n, record) in ITKTransformRecord.records(of: transform).enumerated() {
                let place = "\(group)/\(n)"
                worked = worked && chdf5_write_group(file, place) == 0 && chdf5_write_string(file, "\(place)/TransformType", record.kind) == 0
                guard record.kind != ITKTransformRecord.composite else { continue }
                worked = worked && chdf5_write(file, "\(place)/\(names.fixed[0])", record.fixed, Int64(record.fixed.count)) == 0
                worked = worked && chdf5_write(file, "\(place)/\(names.parameters[0])", record.parameters, Int64(record.parameters.count)) == 0
            }
            return chdf5_close(file) >= 0 && worked
        }
        guard done, rename(path, url.path(percentEncoded: false)) == 0 else {
            unlink(path)
            throw IOError(.cannotWrite, at: url, "the transform cannot be written; check that the folder is there and has room")
        }
    }
}
