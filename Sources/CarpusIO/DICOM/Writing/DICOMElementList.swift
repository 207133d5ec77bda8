import CDCMTK
import Foundation

/// The elements of a file that is to be written, in any order.
///
/// A value that its VR does not allow is remembered, and refused when the file is written.
struct DICOMElementList {
    private var elements: [cdcmtk_element] = []
    private var text: [UInt8] = []
    private var complaint: String?

    /// Puts one value, or an empty one, which is how DICOM says that it is not known.
    mutating func put(_ keyword: String, _ tag: UInt32, _ vr: StaticString, _ value: String) {
        put(keyword, tag, vr, [value])
    }

    mutating func put(_ keyword: String, _ tag: UInt32, _ vr: StaticString, _ number: Int) { put(keyword, tag, vr, "\(number)") }
    mutating func put(_ keyword: String, _ tag: UInt32, _ number: Double) { put(keyword, tag, "DS", number.decimalString) }
    mutating func put(_ keyword: String, _ tag: UInt32, _ vector: [Double]) { put(keyword, tag, "DS", vector.map(\.decimalString)) }

    /// Puts several values.
    mutating func put(_ keyword: String, _ tag: UInt32, _ vr: StaticString, _ values: [String]) {
        for value in values where complaint == nil {
            if let rule = ValueRule.broken(by: value, vr: "\(vr)") { complaint = "\(keyword) cannot be \"\(value)\": \(rule)" }
        }
        let joined = Array(values.joined(separator: "\\").utf8)
        append(CDCMTK_VALUE, tag, vr, joined.count)
        text += joined
    }

    /// Puts a new item of a sequence.
    mutating func item(_ tag: UInt32, _ fill: (inout DICOMElementList) -> Void) {
        append(CDCMTK_BEGIN_ITEM, tag, "SQ", 0)
        fill(&self)
        append(CDCMTK_END_ITEM, tag, "SQ", 0)
    }

    private mutating func append(_ kind: cdcmtk_kind, _ tag: UInt32, _ vr: StaticString, _ length: Int) {
        precondition(vr.utf8CodeUnitCount == 2, "a VR is two letters")
        let letters = (CChar(bitPattern: vr.utf8Start[0]), CChar(bitPattern: vr.utf8Start[1]))
        elements.append(cdcmtk_element(kind: kind, tag: tag, vr: letters, offset: text.count, length: length))
    }

    /// Pixel Data as it is stored.
    enum Pixels {
        case none, words([UInt16])
        /// An even number of bytes.
        case bytes([UInt8])
    }

    /// Writes a file; it is not there, or not whole, when this throws.
    ///
    /// - Parameter study: a file whose patient and study are taken over.
    func write(pixels: Pixels, of study: StudySource? = nil, to url: URL) throws {
        if let complaint { throw IOError(.unsupported, at: url, complaint) }
        var message = [CChar](repeating: 0, count: 256)
        let words = if case .words(let w) = pixels { w } else { [UInt16]() }, bytes = if case .bytes(let b) = pixels { b } else { [UInt8]() }
        let size = message.count, loans = study == nil ? [] : StudySource.loans
        let status = text.withUnsafeBytes { text in
            words.withUnsafeBufferPointer { words in
                bytes.withUnsafeBufferPointer { bytes in
                    var stored = cdcmtk_pixels(words: words.baseAddress, word_count: words.count, bytes: bytes.baseAddress, byte_count: bytes.count)
                    return cdcmtk_write(
                        url.path(percentEncoded: false), text.baseAddress?.assumingMemoryBound(to: CChar.self), elements, elements.count, &stored,
                        study?.file.path(percentEncoded: false), loans, loans.count, &message, size)
                }
            }
        }
        guard status != 0 else { return }
        let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if status == CDCMTK_CANNOT_READ.rawValue, let study { throw IOError(.unreadable, at: study.file, reason) }
        throw IOError(.cannotWrite, at: url, "the file cannot be written: \(reason)")
    }
}

/// What PS3.5 6.2 demands of values, by VR.
private enum ValueRule {
    private static let longest = [
        "AS": 4, "AT": 11, "CS": 16, "DA": 8, "DS": 16, "FD": 24, "IS": 12, "LO": 64, "LT": 10_240, "PN": 64, "SH": 16, "ST": 1024, "TM": 16, "UC": 1024, "UI": 64, "UL": 10, "US": 5, "UT": 10_240,
    ]

    /// The rule a value breaks; nil when it is sound.
    static func broken(by value: String, vr: String) -> String? {
        let most = longest[vr] ?? 0
        if value.unicodeScalars.count > most { return "at most \(most) characters are allowed" }
        if value.unicodeScalars.contains(where: { $0 == "\\" || $0.properties.generalCategory == .control }) { return "backslashes and control characters are not allowed" }
        switch vr {
        case "UI" where !value.isEmpty && !DICOMUID.isValid(value): return "a UID is made of numbers joined by dots"
        case "DA" where !value.isEmpty && DICOMMoment(date: value) == nil: return "a date is written YYYYMMDD"
        case "DS" where !value.isEmpty && value.doubles.isEmpty: return "a finite number is needed"
        case "CS" where !value.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x20 || $0 == 0x5F }: return "capital letters, digits, spaces and underscores are allowed"
        default: return nil
        }
    }
}

extension Double {
    /// As a decimal string, VR DS: the shortest that reads back the same, else the nearest that 16 characters hold.
    var decimalString: String {
        if self == rounded(), abs(self) < 1e15 { return "\(Int(self))" }
        let shortest = "\(self)"
        if shortest.utf8.count <= 16 { return shortest }
        let cut = (1...16).reversed().lazy.map { String(format: "%.\($0)g", self) }
        return cut.first { $0.utf8.count <= 16 } ?? shortest
    }
}
