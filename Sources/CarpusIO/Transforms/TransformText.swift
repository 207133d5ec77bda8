import Foundation

/// What text files of transforms have in common.
enum TransformText {
    /// The text of a file of at most 2 GB.
    static func read(_ url: URL) throws -> String {
        let path = url.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { throw IOError(.missing, at: url, "there is no such file") }
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 31 else { throw IOError(.unreadable, at: url, "the file cannot be read as text") }
        guard !data.prefix(4096).contains(0) else { throw IOError(.notRecognised, at: url, "this is no text file of a transform") }
        return String(decoding: data, as: UTF8.self)
    }

    /// Numbers between blanks; nil when a word is none, or none that a length or an angle can be.
    static func numbers(_ text: Substring) -> [Double]? {
        var values: [Double] = []
        for word in text.utf8.split(whereSeparator: { $0 == 32 || $0 == 9 }) {
            guard let value = Double(Substring(word)), abs(value) < 1e12 else { return nil }
            values.append(value)
        }
        return values
    }

    /// Writes text to the side, and puts it in place.
    static func write(_ text: String, to url: URL) throws {
        do {
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw IOError(.cannotWrite, at: url, "the transform cannot be written: \(error.localizedDescription)")
        }
    }
}
