import CarpusIO
import Foundation

/// One measure's ratings as they come, line by line.
struct RatingTableBuilder {
    let measure: String?
    let url: URL
    /// In the order in which they first came.
    private(set) var raters: [String] = [], subjects: [[String]] = [], units: [String] = []
    private var places: [[String]: Int] = [:]
    /// What each rater said of the subjects so far. Two layers of optional: not rated, and rated without a number.
    private var ratings: [[Double??]] = []

    init(measure: String?, url: URL) { (self.measure, self.url) = (measure, url) }

    /// Adds a line's value.
    ///
    /// - Throws: `IOError` when the rater gave the subject a value before.
    mutating func add(_ value: Double?, by who: String, of subject: [String], unit: String?, line: Int) throws {
        if let unit, !units.contains(unit) { units.append(unit) }
        let rater = raters.firstIndex(of: who) ?? raters.count
        if rater == raters.count {
            raters.append(who)
            ratings.append([])
        }
        let at = places[subject] ?? subjects.count
        if at == subjects.count {
            places[subject] = at
            subjects.append(subject)
        }
        while ratings[rater].count <= at { ratings[rater].append(.none) }
        guard case .none = ratings[rater][at] else {
            throw IOError(.inconsistent, at: url, "line \(line): '\(who)' has two values for \(subject.joined(separator: " "))\(measure.map { ", \($0)" } ?? ""); name more columns that keep subjects apart")
        }
        ratings[rater][at] = .some(value)
    }

    /// What a rater said of a subject; nil where it is missing or not scorable.
    func rating(of subject: Int, by rater: Int) -> Double? { subject < ratings[rater].count ? ratings[rater][subject] ?? nil : nil }
}

/// Words that occur in many lines, each held once.
struct SharedNames {
    private var words: Set<String> = []

    /// The word, as it came first.
    mutating func shared(_ word: String) -> String { words.insert(word).memberAfterInsert }
}
