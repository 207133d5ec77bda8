import CarpusCore
import CarpusPipeline
import Foundation

/// The visits of a subject in the order in which they were, as far as it is known.
///
/// Numbers in the names of session folders tell it, or days do where every visit has one; where both do they must agree. A change between visits in the wrong order would be
/// a number with the wrong sign that looks like any other.
struct VisitOrder {
    /// By time; by name where time is not known.
    let ids: [String]
    /// Why the order is not known; nil where it is.
    let doubt: String?

    /// - Parameter visits: by their labels, whether a folder or a file was named so, and the day where it is known.
    init(_ visits: [String: (isNamed: Bool, date: VisitDate?)]) {
        let byName = visits.keys.sorted { $0.localizedStandardCompare($1) == .orderedAscending }, dates = byName.map { visits[$0]?.date }
        let areNumbered = byName.allSatisfy { visits[$0]?.isNamed == true } && Self.areNumbered(byName)
        let undated = zip(byName, dates).filter { $0.1 == nil }.map(\.0), days = dates.compactMap { $0 }
        let isAscending = zip(days, days.dropFirst()).allSatisfy { $0.days(to: $1) >= 0 }
        if visits.count < 2 || areNumbered && isAscending {
            (ids, doubt) = (byName, nil)
        } else if areNumbered {
            (ids, doubt) = (byName, "the order of the visits is not known: the days of the scans contradict the numbers of the sessions; correct the names of the session folders")
        } else if undated.isEmpty {
            let byDay = zip(byName, days).sorted { a, b in a.1 == b.1 ? a.0.localizedStandardCompare(b.0) == .orderedAscending : a.1.days(to: b.1) > 0 }
            let isSameDay = zip(byDay, byDay.dropFirst()).contains { $0.1 == $1.1 }
            (ids, doubt) = (byDay.map(\.0), isSameDay ? "the order of the visits is not known: two have the same day; name session folders by numbers" : nil)
        } else {
            (ids, doubt) = (byName, "the order of the visits is not known: there is no study date at \(undated.joined(separator: ", ")), and no session folders with numbers; keep the dates (shifted), or name folders ses-01, ses-02")
        }
    }

    /// What is told at each visit.
    var finding: Finding? {
        doubt.map { Finding(.serious, "study.visit-order", $0.prefix(1).uppercased() + $0.dropFirst() + ". Nothing is compared between visits.", evidence: ["visits": ids.joined(separator: ", ")]) }
    }

    /// Whether names differ in a number and in nothing before it: `01`, `02`; `m0`, `m12`.
    private static func areNumbered(_ names: [String]) -> Bool {
        let heads = Set(names.map { $0.prefix { !$0.isNumber } }), numbers = names.compactMap { Int($0.drop { !$0.isNumber }.prefix(while: \.isNumber)) }
        return heads.count == 1 && Set(numbers).count == names.count
    }
}
