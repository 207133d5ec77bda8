import CarpusIO
import Foundation

/// Writes tiny explicit-VR little-endian DICOM files.
struct TinyDICOM {
    enum Value {
        case text(String, String), numbers([UInt16]), pixels([UInt16]), bytes(String, [UInt8]), items([TinyDICOM])
    }
    private var elements: [UInt32: Value] = [:]

    /// Nothing: an item of a sequence.
    init() {}

    /// One coronal slice of 4 x 3 pixels whose values are `base` and rising.
    init(depth: Double = 0, series: String = "1.2.3", instance: String, base: UInt16 = 0) {
        text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.4")
        text(0x0008_0018, "UI", instance)
        text(0x0008_0060, "CS", "MR")
        text(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\M")
        text(0x0010_0020, "LO", "P1")
        text(0x0020_000D, "UI", "1.2")
        text(0x0020_000E, "UI", series)
        text(0x0020_0060, "CS", "L")
        text(0x0020_0032, "DS", "-10\\\(depth)\\20")
        text(0x0020_0037, "DS", "1\\0\\0\\0\\0\\-1")
        text(0x0028_0030, "DS", "0.5\\0.4")
        text(0x0018_0050, "DS", "2")
        text(0x0028_0004, "CS", "MONOCHROME2")
        for (tag, number) in [(0x0028_0002, 1), (0x0028_0010, 3), (0x0028_0011, 4), (0x0028_0100, 16), (0x0028_0101, 16), (0x0028_0102, 15), (0x0028_0103, 0)] as [(UInt32, UInt16)] { self.number(tag, number) }
        elements[0x7FE0_0010] = .pixels((0..<12).map { base + $0 })
    }

    mutating func text(_ tag: UInt32, _ vr: String, _ value: String) { elements[tag] = .text(vr, value) }
    mutating func number(_ tag: UInt32, _ value: UInt16) { elements[tag] = .numbers([value]) }
    mutating func pixels(_ values: [UInt16]) { elements[0x7FE0_0010] = .pixels(values) }

    mutating func bytes(_ tag: UInt32, _ vr: String, _ value: [UInt8]) { elements[tag] = .bytes(vr, value) }
    mutating func items(_ tag: UInt32, _ items: [TinyDICOM]) { elements[tag] = .items(items) }
    mutating func remove(_ tag: UInt32) { elements[tag] = nil }

    private var encoded: [UInt8] { elements.sorted { $0.key < $1.key }.flatMap { Self.element($0.key, $0.value) } }

    func write(to folder: URL, as name: String) throws {
        var bytes = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        let syntax = Self.element(0x0002_0010, .text("UI", "1.2.840.10008.1.2.1"))
        let length: [UInt8] = [2, 0, 0, 0] + Array("UL".utf8) + [4, 0, UInt8(syntax.count), 0, 0, 0]
        bytes += length + syntax
        bytes += encoded
        try Data(bytes).write(to: folder.appending(path: name))
    }

    private static func element(_ tag: UInt32, _ value: Value) -> [UInt8] {
        func two(_ n: Int) -> [UInt8] { [UInt8(n & 255), UInt8(n >> 8 & 255)] }
        /// VR, length of four bytes, and value.
        func long(_ vr: String, _ body: [UInt8]) -> [UInt8] {
            let start: [UInt8] = Array(vr.utf8) + [0, 0]
            return start + two(body.count) + two(body.count >> 16) + body
        }
        let head = two(Int(tag >> 16)) + two(Int(tag & 0xFFFF))
        switch value {
        case .text(let vr, let text):
            var body = Array(text.utf8)
            if body.count % 2 == 1 { body.append(vr == "UI" ? 0 : 0x20) }
            return head + (["OB", "OW", "UC", "UN", "UR", "UT"].contains(vr) ? long(vr, body) : Array(vr.utf8) + two(body.count) + body)
        case .numbers(let n): return head + Array("US".utf8) + two(2 * n.count) + n.flatMap { two(Int($0)) }
        case .bytes(let vr, let body): return head + long(vr, body)
        case .items(let all):
            var body: [UInt8] = []
            for item in all {
                let inside = item.encoded
                body += [0xFE, 0xFF, 0x00, 0xE0] + two(inside.count)
                body += two(inside.count >> 16) + inside
            }
            return head + long("SQ", body)
        case .pixels(let n): return head + Array("OW".utf8) + [0, 0] + two(2 * n.count) + [0, 0] + n.flatMap { two(Int($0)) }
        }
    }
}
