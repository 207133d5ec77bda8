public import Foundation

/// A file name taken apart as BIDS does: `sub-01_ses-02_acq-stir_T2w.nii.gz`.
struct BIDSName: Sendable, Hashable {
    /// Entities by key: `sub` is `01`.
    let entities: [String: String]
    /// The last word before the extension, nil when the name has no entities.
    let suffix: String?

    init(_ fileName: String) {
        let stem = fileName.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? fileName
        let parts = stem.split(separator: "_").map(String.init)
        var entities: [String: String] = [:], suffix: String?
        for (i, part) in parts.enumerated() {
            let pair = part.split(separator: "-", maxSplits: 1).map(String.init)
            if pair.count == 2 { entities[pair[0]] = pair[1] } else if i == parts.count - 1 { suffix = part }
        }
        (self.entities, self.suffix) = (entities, entities.isEmpty ? nil : suffix)
    }

    /// Letters and digits only, as BIDS wants labels.
    static func label(_ text: String) -> String { BIDSLabel.label(text) }
}

/// Words fit for BIDS names.
public enum BIDSLabel {
    /// Letters and digits only; "x" when nothing is left.
    public static func label(_ text: String) -> String {
        let kept = text.unicodeScalars.filter { CharacterSet.alphanumerics.contains($0) && $0.isASCII }
        return kept.isEmpty ? "x" : String(String.UnicodeScalarView(kept))
    }

    /// The subject a file's name or path tells, or its own name.
    public static func subject(of file: URL) -> String {
        let name = file.lastPathComponent
        return BIDSName(name).entities["sub"] ?? label(String(name.prefix { $0 != "." }))
    }

    /// A file name without extension for a series: `3_T1_cor`.
    public static func fileName(number: String?, description: String?) -> String {
        let words = (description ?? "series").split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "+")) }.joined(separator: "_")
        return (number.map { label($0) + "_" } ?? "") + (words.isEmpty ? "series" : words)
    }
}

/// Patterns with `*` and `?`, as a shell knows them.
enum Glob {
    static func matches(_ pattern: String, _ name: String) -> Bool {
        let p = Array(pattern), n = Array(name)
        var reach = [Bool](repeating: false, count: n.count + 1)
        reach[0] = true
        for c in p {
            if c == "*" {
                for i in 1..<max(1, n.count + 1) where reach[i - 1] { reach[i] = true }
            } else {
                for i in stride(from: n.count, to: 0, by: -1) { reach[i] = reach[i - 1] && (c == "?" || n[i - 1] == c) }
                reach[0] = false
            }
        }
        return reach[n.count]
    }
}

extension String {
    /// Whether a regular expression occurs in it.
    func contains(pattern: String) -> Bool { firstGroup(of: pattern) != nil }

    /// The first group of the first occurrence of a regular expression, or all of it when it has no group.
    func firstGroup(of pattern: String) -> String? {
        guard let expression = try? NSRegularExpression(pattern: pattern),   // protocols' patterns were checked when read
              let match = expression.firstMatch(in: self, range: NSRange(startIndex..., in: self)) else { return nil }
        let group = match.numberOfRanges > 1 && match.range(at: 1).location != NSNotFound ? match.range(at: 1) : match.range
        return Range(group, in: self).map { String(self[$0]) }
    }
}
