/// Elements of a data set as text, with its sequences.
struct DICOMElements: Sendable {
    private(set) var values: [UInt32: String] = [:]
    private(set) var items: [UInt32: [DICOMElements]] = [:]
    /// Entries of the Siemens CSA header.
    var csa: [String: String] = [:]

    mutating func set(_ tag: UInt32, _ value: String) { values[tag] = value }
    mutating func append(_ item: DICOMElements, to tag: UInt32) { items[tag, default: []].append(item) }
    subscript(items tag: DICOMTag) -> [DICOMElements] { items[tag.number] ?? [] }

    /// The values of a functional group item and of the first items of its sequences, as one.
    var flattened: [UInt32: String] {
        var all = values
        for (tag, list) in items {
            guard let first = list.first else { continue }
            let isCopy = tag == DICOMTag.philipsClassic.number
            for (key, value) in first.flattened where !isCopy || (key >> 16) % 2 == 1 {
                if all[key] == nil { all[key] = value }
            }
        }
        return all
    }
}

/// What is known of one frame: its own values before those shared by all frames before those of the file.
struct DICOMValues: Sendable {
    let layers: [[UInt32: String]]

    /// The text of an element, trimmed; nil where it is absent or empty.
    subscript(_ tag: DICOMTag) -> String? {
        for layer in layers {
            if let text = layer[tag.number], !text.isEmpty { return text }
        }
        return nil
    }

    func doubles(_ tag: DICOMTag) -> [Double] { self[tag]?.doubles ?? [] }
    func double(_ tag: DICOMTag) -> Double? { self[tag]?.doubles.first }
    func int(_ tag: DICOMTag) -> Int? { double(tag).flatMap { Int(exactly: $0.rounded()) } }
    func strings(_ tag: DICOMTag) -> [String] { self[tag]?.split(separator: "\\", omittingEmptySubsequences: false).map { $0.trimmed } ?? [] }
}

extension StringProtocol {
    /// Without the spaces and zeros DICOM pads with.
    var trimmed: String {
        func pads(_ c: Unicode.Scalar) -> Bool { c == " " || c == "\0" || c == "\n" || c == "\r" || c == "\t" }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !pads($0) }), let last = scalars.lastIndex(where: { !pads($0) }) else { return "" }
        return String(self[first...last])
    }

    /// Finite numbers separated by backslashes; none when one of them is no number.
    var doubles: [Double] {
        let parts = split(separator: "\\", omittingEmptySubsequences: false).map { Double($0.trimmed) }
        let numbers = parts.compactMap { $0 }.filter(\.isFinite)
        return numbers.count == parts.count ? numbers : []
    }
}
