import Foundation

/// Numbers for sentences; the full ones stand in the values.
enum Plain {
    /// Four digits, without superfluous zeros.
    static func text(_ value: Double) -> String { String(format: "%.4g", value) }
}
