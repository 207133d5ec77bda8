public import Foundation

/// The elements of a DICOM file in Explicit VR Little Endian, read by no library: what tests hold written files against.
public struct DataSet: Equatable, Sendable {
    /// One element: its bytes without padding, or its items.
    public struct Element: Equatable, Sendable {
        public let vr: String
        public let bytes: [UInt8]
        public let items: [DataSet]
    }
    /// Everything but the meta information of group 2.
    public private(set) var elements: [UInt32: Element] = [:]

    /// Reads a file with a preamble.
    public init(_ file: URL) throws {
        let data = [UInt8](try Data(contentsOf: file))
        guard data.count > 132, Array(data[128..<132]) == Array("DICM".utf8) else { throw CocoaError(.fileReadCorruptFile) }
        var at = 132
        self = Self.read(data, &at, until: data.count)
        elements = elements.filter { $0.key >> 16 != 2 }
    }

    private init() {}

    /// An element's text without padding; nil where it is absent.
    public func text(_ tag: UInt32) -> String? { elements[tag].map { String(decoding: $0.bytes, as: UTF8.self).trimmingCharacters(in: CharacterSet(charactersIn: " \0")) } }
    /// The numbers of a text.
    public func numbers(_ tag: UInt32) -> [Double] { (text(tag) ?? "").split(separator: "\\").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) } }
    /// Binary numbers of two or four bytes.
    public func integers(_ tag: UInt32) -> [Int] {
        guard let element = elements[tag] else { return [] }
        let size = element.vr == "UL" ? 4 : 2
        return stride(from: 0, to: element.bytes.count, by: size).map { at in (0..<size).reduce(0) { $0 | Int(element.bytes[at + $1]) << (8 * $1) } }
    }
    /// The items of a sequence.
    public func items(_ tag: UInt32) -> [DataSet] { elements[tag]?.items ?? [] }
    /// The code of a sequence's first item, with its scheme: "SCT 7771000".
    public func code(_ tag: UInt32) -> String? {
        items(tag).first.map { "\($0.text(0x0008_0102) ?? "") \($0.text(0x0008_0100) ?? $0.text(0x0008_0119) ?? "")" }
    }

    private static func read(_ data: [UInt8], _ at: inout Int, until end: Int) -> DataSet {
        func number(_ from: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(data[from + $1]) << (8 * $1) } }
        var set = DataSet()
        while at + 8 <= end {
            let tag = UInt32(number(at, 2) << 16 | number(at + 2, 2))
            if tag == 0xFFFE_E00D || tag == 0xFFFE_E0DD { at += 8; break }
            let vr = String(decoding: data[at + 4..<at + 6], as: UTF8.self), isLong = ["OB", "OW", "OF", "OD", "OL", "SQ", "UC", "UR", "UT", "UN"].contains(vr)
            let length = isLong ? number(at + 8, 4) : number(at + 6, 2)
            at += isLong ? 12 : 8
            if vr == "SQ" {
                var items: [DataSet] = []
                let stop = length == 0xFFFF_FFFF ? end : at + length
                while at + 8 <= stop {
                    let item = UInt32(number(at, 2) << 16 | number(at + 2, 2)), size = number(at + 4, 4)
                    at += 8
                    if item == 0xFFFE_E0DD { break }
                    items.append(read(data, &at, until: size == 0xFFFF_FFFF ? stop : at + size))
                }
                set.elements[tag] = Element(vr: vr, bytes: [], items: items)
            } else {
                set.elements[tag] = Element(vr: vr, bytes: Array(data[at..<at + length]), items: [])
                at += length
            }
        }
        return set
    }
}
