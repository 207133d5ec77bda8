import Foundation

/// Numbers as people read them; the full ones stand in the tables that machines read.
enum Numbers {
    /// Three significant digits; `1.20e-05` only where zeros would hide the number.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value == 0 { return "0" }
        let size = abs(value)
        if size >= 1e7 || size < 1e-4 { return minus(String(format: "%.2e", value)) }
        // Rounding may carry into one digit more: 9.996 is 10.0, not 10.00.
        let rounded = Double(String(format: "%.2e", value)) ?? value
        let decimals = max(0, 2 - Int(log10(abs(rounded)).rounded(.down)))
        return minus(String(format: "%.\(decimals)f", rounded))
    }

    /// The same with its sign, for changes.
    static func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + short(value) }

    private static func minus(_ text: String) -> String { text.replacingOccurrences(of: "-", with: "−").replacingOccurrences(of: "e−", with: "e-") }

    /// `3, 4, 7`.
    static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }

    static func count(_ n: Int, _ noun: String) -> String { "\(n) \(noun)\(n == 1 ? "" : "s")" }
}
