import CITK
import CarpusCore

/// ITK behind its C header: borrowed volumes in, sentences out.
enum ITKEngine {
    /// The version, for records.
    static var version: String { "ITK " + String(cString: citk_version()) }

    /// Calls a function of the header; a number other than 0 becomes an error with the function's sentence.
    static func call(_ what: String, _ body: (UnsafeMutablePointer<CChar>, Int64) -> Int32) throws {
        var message = [CChar](repeating: 0, count: 1024)
        let status = message.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { preconditionFailure("a buffer of 1024 characters has a place") }
            return body(base, Int64(buffer.count))
        }
        guard status != 0 else { return }
        let words = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        throw RegistrationError(.engineFailed, "\(what) failed in \(version): \(words.replacing("\n", with: " "))")
    }
}

/// A volume and where it counts, as ITK takes them.
struct MaskedVolume {
    let volume: Volume<Float>
    /// 1 where the volume counts; nil everywhere.
    let mask: [UInt8]?

    /// Lends both for the time of a call.
    func lend<R>(_ body: (citk_volume) throws -> R) rethrows -> R {
        try volume.scalars.withUnsafeBufferPointer { scalars in
            if let mask {
                return try mask.withUnsafeBufferPointer { try body(view(scalars.baseAddress, $0.baseAddress)) }
            }
            return try body(view(scalars.baseAddress, nil))
        }
    }

    private func view(_ scalars: UnsafePointer<Float>?, _ mask: UnsafePointer<UInt8>?) -> citk_volume {
        let g = volume.grid, s = g.spacing, o = g.origin, (a, b, c) = g.direction.rows
        return citk_volume(
            scalars: scalars, mask: mask, size: (Int64(g.size.x), Int64(g.size.y), Int64(g.size.z)), spacing: (s.x, s.y, s.z), origin: (o.x, o.y, o.z),
            direction: (a.x, a.y, a.z, b.x, b.y, b.z, c.x, c.y, c.z))
    }
}
