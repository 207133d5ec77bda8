public import CarpusCore
public import Foundation

/// ITK's text files of transforms (`.tfm`, `.txt`), as ITK, ANTs and 3D Slicer read them: points of the fixed world (LPS, mm)
/// to the moving one.
public enum ITKTransformFile {
    /// Writes a transform with as many digits as it takes to get the same number back, to the side and renamed; more than one map as a composite.
    ///
    /// - Throws: `IOError` when the file cannot be written.
    public static func write(_ transform: Transform, to url: URL) throws {
        var text = "#Insight Transform File V1.0\n"
        for (n, record) in ITKTransformRecord.records(of: transform).enumerated() {
            text += "#Transform \(n)\nTransform: \(record.kind)\n"
            guard record.kind != ITKTransformRecord.composite else { continue }
            text += "Parameters: \(record.parameters.map { "\($0)" }.joined(separator: " "))\nFixedParameters: \(record.fixed.map { "\($0)" }.joined(separator: " "))\n"
        }
        try TransformText.write(text, to: url)
    }

    /// Reads a file of one transform or one composite.
    ///
    /// - Throws: `IOError` when the file is missing, malformed, or holds something else.
    public static func read(_ url: URL) throws -> Transform { try read(TransformText.read(url), of: url) }

    static func read(_ text: String, of url: URL) throws -> Transform {
        var records: [ITKTransformRecord] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else {
                if line.allSatisfy(\.isWhitespace) { continue }
                throw IOError(.malformed, at: url, "this is no text file of an ITK transform, or a damaged one: a line is neither 'Transform', 'Parameters' nor 'FixedParameters'")
            }
            let key = line[..<colon].trimmingCharacters(in: .whitespaces), value = line[line.index(after: colon)...]
            if key == "Transform" {
                records.append(ITKTransformRecord(kind: value.trimmingCharacters(in: .whitespaces)))
            } else if key == "Parameters" || key == "FixedParameters" {
                guard let last = records.indices.last else { throw IOError(.malformed, at: url, "'\(key)' stands before any 'Transform'") }
                guard let numbers = TransformText.numbers(value) else { throw IOError(.malformed, at: url, "'\(key)' of transform \(last) holds something that is no number") }
                let place = key == "Parameters" ? \ITKTransformRecord.parameters : \.fixed
                guard records[last][keyPath: place].isEmpty else { throw IOError(.malformed, at: url, "'\(key)' of transform \(last) stands twice") }
                records[last][keyPath: place] = numbers
            }
        }
        guard !records.isEmpty else { throw IOError(.notRecognised, at: url, "this is no text file of an ITK transform") }
        return try ITKTransformRecord.transform(of: records, at: url)
    }
}
