import CNifti
import Foundation

/// A file read or written through libnifti's znz, compressed or not.
final class NIfTIStream {
    private let handle: znzFile
    private let file: URL
    private var isOpen = true

    init(reading file: URL) throws {
        // zlib reads plain files too, so that a compressed file without .gz in its name still opens.
        guard let handle = znzopen(file.path(percentEncoded: false), "rb", 1) else {
            throw IOError(.unreadable, at: file, "the file cannot be opened: \(String(cString: strerror(errno)))")
        }
        (self.handle, self.file) = (handle, file)
    }

    init(writing file: URL, compressed: Bool) throws {
        guard let handle = znzopen(file.path(percentEncoded: false), compressed ? "wb6" : "wb", compressed ? 1 : 0) else {
            throw IOError(.cannotWrite, at: file, "the file cannot be made: \(String(cString: strerror(errno)))")
        }
        (self.handle, self.file) = (handle, file)
    }

    deinit { if isOpen { _ = cnifti_close(handle) } }

    /// Up to `count` bytes; fewer only at the end of the file or where compression is broken.
    func read(_ count: Int, into buffer: inout [UInt8]) -> Int {
        buffer.withUnsafeMutableBytes { Int(znzread($0.baseAddress, 1, min(count, $0.count), handle)) }
    }

    /// The first `count` bytes of a buffer from what follows; false when the file ends before.
    func fill(_ buffer: inout [UInt8], _ count: Int) -> Bool {
        precondition(count <= buffer.count, "a buffer holds what it is filled with")
        return buffer.withUnsafeMutableBytes { bytes in
            var have = 0
            while have < count {
                let n = Int(znzread(bytes.baseAddress.map { $0 + have }, 1, count - have, handle))
                if n <= 0 { return false }
                have += n
            }
            return true
        }
    }

    /// Passes over bytes; false when the file ends before.
    func skip(_ count: Int) -> Bool {
        var buffer = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 16)), left = count
        while left > 0 {
            let n = read(left, into: &buffer)
            if n <= 0 { return false }
            left -= n
        }
        return true
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let piece = min(1 << 20, bytes.count - done)
            let n = Int(znzwrite(bytes.baseAddress.map { $0 + done }, 1, piece, handle))
            guard n == piece else {
                throw IOError(.cannotWrite, at: file, "the file cannot be written: \(String(cString: strerror(errno))); check the space left")
            }
            done += piece
        }
    }

    /// Ends writing; what the system still held back may fail here.
    func close() throws {
        isOpen = false
        guard cnifti_close(handle) == 0 else {
            throw IOError(.cannotWrite, at: file, "the file cannot be finished: \(String(cString: strerror(errno))); check the space left")
        }
    }
}
