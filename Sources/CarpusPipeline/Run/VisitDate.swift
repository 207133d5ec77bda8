/// The day of a visit, so that changes can be told per year.
///
/// A step over pairs of visits reads it as `baseline.date` and `followup.date`; where it is not known an optional input stays empty.
public struct VisitDate: JSONArtifact, Hashable {
    public static var kind: String { "date" }
    public static var placeholder: Self { VisitDate(year: 1970, month: 1, day: 1) }

    /// As it rests in a file.
    public struct Content: Codable, Sendable {
        let year, month, day: Int
    }
    /// Of the Gregorian calendar.
    public let year, month, day: Int

    public var content: Content { Content(year: year, month: month, day: day) }
    public init(content: Content) { self.init(year: content.year, month: content.month, day: content.day) }

    private init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// The day at the beginning of a text: `20240304`, `2024-03-04` or `2024-03-04T10:15:00`; nil when it begins with none.
    public init?(_ text: some StringProtocol) {
        let head = text.prefix(10), parts = head.split(separator: "-", omittingEmptySubsequences: false)
        let digits = parts.count == 3 && parts.map(\.count) == [4, 2, 2] ? parts.joined() : String(head.prefix(8))
        guard digits.count == 8, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else { return nil }
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100)
        guard year > 0, (1...12).contains(month), day > 0, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// How many days another day lies later; negative when it lies before.
    public func days(to other: VisitDate) -> Int { other.number - number }

    /// Days since the beginning of the calendar.
    private var number: Int {
        let before = year - 1, leaps = before / 4 - before / 100 + before / 400
        return before * 365 + leaps + (1..<month).reduce(0) { $0 + Self.days(inMonth: $1, of: year) } + day
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
