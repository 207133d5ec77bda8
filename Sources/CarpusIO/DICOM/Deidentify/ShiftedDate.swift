/// Days of the calendar moved by a number of days: intervals stay, dates do not.
enum ShiftedDate {
    /// A value of DA or DT, or several between backslashes, moved; what stands behind the day in a DT stays. Nil where one is no date: it cannot be moved.
    static func shifted(_ value: String, by days: Int) -> String? {
        let moved = value.split(separator: "\\", omittingEmptySubsequences: false).map { one(String($0).trimmed, by: days) }
        return moved.contains(nil) ? nil : moved.compactMap { $0 }.joined(separator: "\\")
    }

    private static func one(_ text: String, by days: Int) -> String? {
        if text.isEmpty { return "" }
        let head = text.prefix(8), time = text.dropFirst(8)
        guard head.count == 8, time.allSatisfy({ "0123456789.+-".contains($0) }), let day = DICOMMoment(date: String(head)) else { return nil }
        return day.adding(seconds: Double(days) * 86_400).date + time
    }
}
