import CGDCM
import Foundation

/// The decoded pixels of a file: bytes as stored, and how to read them.
struct DICOMPixels {
    let format: cgdcm_pixel_format
    private let room: Room

    var columns: Int { Int(format.columns) }
    var rows: Int { Int(format.rows) }
    /// Pixels of one frame.
    var frameSize: Int { columns * rows }
    var frameCount: Int { Int(format.frames) }

    init(of file: DICOMFile) throws {
        let expected = try Self.expectedBytes(of: file)
        let room = Room(limit: expected)
        var format = cgdcm_pixel_format()
        let url = file.url
        try withExtendedLifetime(room) {
            try DICOMFile.call(at: url) { message, size in
                cgdcm_read_pixels(url.path(percentEncoded: false), &format, { context, format in
                    guard let context, let format else { return nil }
                    return Unmanaged<Room>.fromOpaque(context).takeUnretainedValue().allocate(format.pointee.bytes)
                }, Unmanaged.passUnretained(room).toOpaque(), message, size)
            }
        }
        guard format.samples == 1 else { throw IOError(.unsupported, at: url, "the pixels are coloured; images of one value a pixel are read") }
        let (needed, overflow) = (Int(format.columns) * Int(format.rows)).multipliedReportingOverflow(by: Int(format.frames) * Int(format.bits_allocated / 8))
        guard !overflow, needed > 0, needed <= room.bytes.count, [8, 16, 32].contains(format.bits_allocated) else {
            throw IOError(.malformed, at: url, "the decoded pixels have not the size the header names")
        }
        (self.format, self.room) = (format, room)
    }

    /// What the header promises, held against the file's length before anything is decoded.
    static func expectedBytes(of file: DICOMFile) throws -> Int {
        let v = file.values, url = file.url
        let samples = v.int(.samples) ?? 1, bits = v.int(.bitsAllocated) ?? 0
        guard samples == 1, v[.photometric] != "PALETTE COLOR" else { throw IOError(.unsupported, at: url, "the pixels are coloured; images of one value a pixel are read") }
        guard [8, 16, 32].contains(bits) else { throw IOError(.unsupported, at: url, "pixels of \(bits) bits are not read; 8, 16 and 32 are") }
        let factors = [v.int(.rows) ?? 0, v.int(.columns) ?? 0, max(1, v.int(.frames) ?? 1), bits / 8]
        var bytes = 1
        for factor in factors {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
            guard factor > 0, !overflow else { throw IOError(.malformed, at: url, "the header names an image of impossible size") }
            bytes = product
        }
        let raw = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.113619.5.2"]
        // Compressed pixels may be far smaller, but not without bounds.
        let most = raw.contains(v[.transferSyntax] ?? "1.2.840.10008.1.2") ? file.length : file.length.multipliedReportingOverflow(by: 2000).partialValue
        guard bytes <= most else {
            throw IOError(.truncated, at: url, "the header promises \(bytes) bytes of pixels, and the file has \(file.length); copy the file again")
        }
        return bytes
    }

    /// Where the C layer decodes to; owned here.
    private final class Room {
        let limit: Int
        private(set) var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        init(limit: Int) { self.limit = limit }
        deinit { bytes.deallocate() }

        func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
            // A codec may decode to fewer bits than the header allocates, never to more.
            guard count > 0, count <= limit, bytes.count == 0 else { return nil }
            bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
            return bytes.baseAddress
        }
    }
}

extension DICOMPixels {
    /// Writes a rectangle of one frame as `stored · slope + intercept`; junk above the stored bits is masked.
    func write(frame: Int, x: Int, y: Int, width: Int, height: Int, scale: (slope: Double, intercept: Double), into out: UnsafeMutablePointer<Float>) {
        switch format.bits_allocated {
        case 8: write(UInt8.self, frame, x, y, width, height, scale, out)
        case 32: write(UInt32.self, frame, x, y, width, height, scale, out)
        default: write(UInt16.self, frame, x, y, width, height, scale, out)
        }
    }

    private func write<T: FixedWidthInteger & UnsignedInteger>(_: T.Type, _ frame: Int, _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ scale: (slope: Double, intercept: Double), _ out: UnsafeMutablePointer<Float>) {
        let stored = min(max(1, Int(format.bits_stored)), T.bitWidth), isSigned = format.is_signed != 0
        // GDCM has already shifted the stored bits down; what lies above them is junk or a sign.
        let mask = T.max >> T(T.bitWidth - stored), sign = T(1) << T(stored - 1)
        for row in 0..<height {
            let start = frame * frameSize + (y + row) * columns + x
            for column in 0..<width {
                let v = room.bytes.loadUnaligned(fromByteOffset: (start + column) * MemoryLayout<T>.size, as: T.self) & mask
                let number = isSigned && v & sign != 0 ? Double(v) - Double(mask) - 1 : Double(v)
                out[row * width + column] = Float(number * scale.slope + scale.intercept)
            }
        }
    }
}
