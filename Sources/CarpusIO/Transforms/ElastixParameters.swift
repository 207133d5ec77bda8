import Foundation

/// A parameter file of elastix: lines `(Name value value …)`, texts in quotes, `//` before remarks.
struct ElastixParameters {
    let url: URL
    private var values: [String: Substring] = [:]

    init(_ text: String, of url: URL) throws {
        self.url = url
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = Self.withoutRemark(line).drop(while: \.isWhitespace)
            if bare.isEmpty { continue }
            guard bare.hasPrefix("("), let end = bare.lastIndex(of: ")") else { throw fault(.malformed, "a line is no '(Name value)': \(bare.prefix(40))") }
            let inside = bare[bare.index(after: bare.startIndex)..<end], name = inside.prefix { !$0.isWhitespace }
            guard values.updateValue(inside[name.endIndex...], forKey: String(name)) == nil else { throw fault(.malformed, "'\(name)' stands twice") }
        }
    }

    /// A line up to `//`, which may stand within quotes.
    private static func withoutRemark(_ line: Substring) -> Substring {
        var quoted = false, before: Character = " "
        for i in line.indices {
            if line[i] == "\"" { quoted.toggle() }
            if line[i] == "/", before == "/", !quoted { return line[..<line.index(before: i)] }
            before = line[i]
        }
        return line
    }

    /// The file named as initial transform, nil when there is none. Versions of elastix differ in one letter of the key.
    var initial: String? {
        get throws {
            let key = ["InitialTransformParameterFileName", "InitialTransformParametersFileName"].first { values[$0] != nil }
            let name = try key.map(text)
            return name == "NoInitialTransform" || name?.isEmpty == true ? nil : name
        }
    }

    /// A value as text, without quotes.
    func text(_ key: String) throws -> String {
        guard let value = values[key] else { throw fault(.malformed, "'\(key)' is missing") }
        return value.trimmingCharacters(in: CharacterSet(charactersIn: "\" \t"))
    }

    /// true or false; nil when it does not stand there.
    func flag(_ key: String) throws -> Bool? {
        guard values[key] != nil else { return nil }
        switch try text(key) {
        case "true": return true
        case "false": return false
        case let other: throw fault(.malformed, "'\(key)' is '\(other)', neither true nor false")
        }
    }

    /// So many numbers.
    func numbers(_ key: String, _ count: Int, default standard: [Double]? = nil) throws -> [Double] {
        guard let value = values[key] else {
            guard let standard else { throw fault(.malformed, "'\(key)' is missing") }
            return standard
        }
        guard let numbers = TransformText.numbers(value) else { throw fault(.malformed, "'\(key)' holds something that is no number") }
        guard numbers.count == count else { throw fault(.malformed, "'\(key)' has \(count) numbers, and the file holds \(numbers.count)") }
        return numbers
    }

    /// The transform's own numbers.
    func parameters(_ count: Int) throws -> [Double] {
        guard try flag("UseBinaryFormatForTransformationParameters") != true else {
            throw fault(.unsupported, "the parameters lie in a binary file of their own; run elastix with (UseBinaryFormatForTransformationParameters \"false\")")
        }
        guard try flag("UseDirectionCosines") != false else { throw fault(.unsupported, "the directions of the images were left out ('UseDirectionCosines'); such transforms are not read") }
        return try numbers("TransformParameters", count)
    }

    func fault(_ code: IOError.Code, _ message: String) -> IOError { IOError(code, at: url, message) }
}
