import CarpusCore
import Foundation

/// What a piece of work costs.
struct Cost {
    /// Processor seconds, user and system, of all threads.
    var processor = 0.0
    /// Seconds by the clock.
    var wall = 0.0
    /// The most memory the process held above what it held before, bytes.
    var memory = 0.0

    /// Does the work; `before` is what the process held before the work's own inputs were there.
    static func of<R>(heldBefore before: Double, _ work: () throws -> R) rethrows -> (R, Cost) {
        Memory.forgetPeak()
        let start = processorSeconds(), clock = ContinuousClock.now
        let result = try work()
        let d = (ContinuousClock.now - clock).components
        return (result, Cost(processor: processorSeconds() - start, wall: Double(d.seconds) + Double(d.attoseconds) * 1e-18, memory: Memory.peak - before))
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }
}

/// Memory of the process, bytes, as Linux tells it.
enum Memory {
    /// What it holds, after what was freed is given back.
    static var held: Double {
        giveBack()
        return status("VmRSS")
    }

    /// The most it held since the peak was forgotten.
    static var peak: Double { status("VmHWM") }

    /// Starts the peak anew; where Linux does not allow that, it stays the whole process's.
    static func forgetPeak() {
        giveBack()
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// glibc's `malloc_trim`, which its module for Swift leaves out: what was freed would else count as held.
    private static func giveBack() {
        guard let trim = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> CInt).self)(0)
    }

    private static func status(_ key: String) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return .nan }
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line?.split(separator: " ").compactMap { Double($0) }.first.map { $0 * 1024 } ?? .nan
    }
}

extension [Double] {
    /// The value below which a share of them lies; NaN of none.
    func quantile(_ share: Double) -> Double {
        let sorted = self.sorted()
        return sorted.isEmpty ? .nan : sorted[Swift.min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// The one in the middle; of an even number the mean of the two in the middle.
    var median: Double {
        let sorted = self.sorted(), n = count
        return n == 0 ? .nan : n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
    }

    /// The sum by the number.
    var mean: Double { reduce(0, +) / Double(count) }
}

/// A row of a table in Markdown.
func row(_ cells: [String]) {
    print("| " + cells.joined(separator: " | ") + " |")
    fflush(nil)
}

/// A header of a table in Markdown.
func header(_ cells: [String]) {
    row(cells)
    print("|" + String(repeating: "---|", count: cells.count))
}

/// A number with so many digits after the point.
func text(_ value: Double, _ digits: Int = 3) -> String { value.isFinite ? String(format: "%.\(digits)f", value) : "–" }
