import Dispatch
import Foundation
import Synchronization

/// Loops over independent pieces. The pieces do not depend on the number of threads, so neither do results.
public enum Parallel {
    /// At most this many threads work at a time.
    public static var threads: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(max(1, newValue), ordering: .relaxed) }
    }
    private static let limit = Atomic<Int>(ProcessInfo.processInfo.activeProcessorCount)

    /// Calls `body` once for each index, on several threads.
    public static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let workers = min(threads, count)
        guard workers > 1 else { return (0..<count).forEach(body) }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if i >= count { return }
                body(i)
            }
        }
    }

    /// Calls `body` for consecutive ranges that together cover 0..<count, on several threads.
    public static func forEach(blocksOf count: Int, _ body: @Sendable (Range<Int>) -> Void) {
        let size = max(1, (count + 63) / 64)
        forEach((count + size - 1) / size) { body($0 * size..<min(count, ($0 + 1) * size)) }
    }
}
