import Foundation

/// A moment by a scanner's clock, to the microsecond; as in most files no time zone is told.
public struct DICOMMoment: Sendable, Hashable {
    /// Since 1 January 1970.
    private let microseconds: Int
    private static let perDay = 86_400_000_000

    private init(microseconds: Int) { self.microseconds = microseconds }

    /// From a date, YYYYMMDD, and a time, HHMMSS or HHMMSS.FFFFFF; nil when they are no such things.
    public init?(date: String, time: String = "000000") {
        guard date.utf8.count == 8, date.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(date) else { return nil }
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100)
        let isTime = time.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        guard isTime, let seconds = FrameClock.time(time), (1...12).contains(month), day > 0, year > 0 else { return nil }
        self.init(microseconds: Self.days(year, month, day) * Self.perDay + Int((seconds * 1e6).rounded()))
        // A thirty-first of June would come back as another day.
        guard self.date == date else { return nil }
    }

    /// The moment some seconds later, over midnight too.
    public func adding(seconds: Double) -> DICOMMoment { DICOMMoment(microseconds: microseconds + Int((seconds * 1e6).rounded())) }

    /// YYYYMMDD.
    public var date: String {
        let days = Int((Double(microseconds) / Double(Self.perDay)).rounded(.down))
        // Years that begin in March put the leap day last (H. Hinnant, chrono-compatible low-level date algorithms, 2014).
        let z = days + 719_468, era = (z >= 0 ? z : z - 146_096) / 146_097, ofEra = z - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365, ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * ofYear + 2) / 153, day = ofYear - (153 * shifted + 2) / 5 + 1, month = shifted < 10 ? shifted + 3 : shifted - 9
        return String(format: "%04d%02d%02d", yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// HHMMSS, with six decimals where the second is not whole.
    public var time: String {
        let rest = ((microseconds % Self.perDay) + Self.perDay) % Self.perDay, seconds = rest / 1_000_000, fraction = rest % 1_000_000
        let whole = String(format: "%02d%02d%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        return fraction == 0 ? whole : whole + String(format: ".%06d", fraction)
    }

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year, ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * y + y / 4 - y / 100 + y / 400 + ofYear - 719_468
    }
}
