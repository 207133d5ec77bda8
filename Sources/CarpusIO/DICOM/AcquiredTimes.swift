import CarpusCore
import Foundation

/// When the frames of a series were taken: one clock chosen, all of them recorded.
struct AcquiredTimes {
    /// Seconds since the first frame.
    let times: [Double]
    let finding: Finding

    /// - Parameter frames: the slices of each frame, frames in order.
    /// - Throws: `IOError` when no clock serves, or trusted ones disagree.
    init(_ frames: [[DICOMFrame]], at place: URL) throws {
        var evidence: [String: String] = [:], usable: [(clock: FrameClock, times: [Double])] = []
        for clock in FrameClock.allCases {
            switch Self.read(clock, frames) {
            case .success(let times):
                usable.append((clock, times))
                evidence[clock.rawValue] = times.map { String(format: "%.6g", $0) }.joined(separator: ", ")
            case .failure(let reason): evidence[clock.rawValue] = reason.text
            }
        }
        guard let chosen = usable.first else {
            let seen = FrameClock.allCases.compactMap { c in evidence[c.rawValue].flatMap { $0 == "absent" ? nil : "\(c.rawValue) is \($0)" } }
            throw IOError(.inconsistent, at: place, "each position holds \(frames.count) images and no clock tells when they were taken (\(seen.isEmpty ? "no time in the headers" : seen.joined(separator: "; "))): they are duplicates or no volume; give the times, or remove the duplicates")
        }
        for other in usable.dropFirst() where chosen.clock.isTrusted && other.clock.isTrusted && Self.disagree(chosen.times, other.times) {
            throw IOError(.inconsistent, at: place, "two clocks disagree by more than 10 %: \(chosen.clock.rawValue) has \(Self.list(chosen.times)) s and \(other.clock.rawValue) \(Self.list(other.times)) s; give the times of the frames")
        }
        times = chosen.times
        evidence["chosen"] = chosen.clock.rawValue
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }
        evidence["interval"] = String(format: "%.6g to %.6g s", steps.min() ?? 0, steps.max() ?? 0)
        let sentence = "The frames' times come from \(chosen.clock.rawValue)" + (chosen.clock.isTrusted ? "." : ", which does not measure when they were taken; check them.")
        finding = Finding(chosen.clock.isTrusted ? .note : .warning, "dicom.frame-times", sentence, evidence: evidence)
    }

    private struct Reason: Error { let text: String }

    private static func read(_ clock: FrameClock, _ frames: [[DICOMFrame]]) -> Result<[Double], Reason> {
        let all = frames.map { $0.map { clock.seconds($0.values) } }
        let known = all.joined().compactMap { $0 }
        guard let least = known.min(), let most = known.max() else { return .failure(Reason(text: "absent")) }
        guard known.count == all.reduce(0, { $0 + $1.count }) else { return .failure(Reason(text: "missing in some images")) }
        // A clock that starts anew at midnight: no acquisition takes half a day.
        let wraps = most - least > 43_200 && most - least < 86_400 && clock != .temporalOffset && clock != .trigger
        let starts = all.map { frame in frame.compactMap { $0 }.map { wraps && $0 < least + 43_200 ? $0 + 86_400 : $0 }.min() ?? 0 }
        let times = starts.map { (($0 - starts[0]) * 1e6).rounded() / 1e6 }
        if times.allSatisfy({ $0 == 0 }) { return .failure(Reason(text: "the same in all frames")) }
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }
        guard steps.allSatisfy({ $0 > 0 }) else { return .failure(Reason(text: "not rising from frame to frame: \(list(times)) s")) }
        guard steps.allSatisfy({ $0 >= 0.001 && $0 <= 7200 }) else { return .failure(Reason(text: "implausible: \(list(times)) s")) }
        return .success(times)
    }

    /// More than 10 % apart at some frame, relative to the whole duration; clocks of whole seconds may round by one.
    private static func disagree(_ a: [Double], _ b: [Double]) -> Bool {
        let duration = max(a.last ?? 0, b.last ?? 0), allowed = max(0.1 * duration, isWhole(a) || isWhole(b) ? 1 : 0)
        return zip(a, b).contains { abs($0 - $1) > allowed }
    }

    private static func isWhole(_ t: [Double]) -> Bool { t.allSatisfy { $0 == $0.rounded() } }

    static func list(_ t: [Double]) -> String {
        let shown = t.prefix(6).map { String(format: "%.5g", $0) }.joined(separator: ", ")
        return t.count > 6 ? shown + ", ..." : shown
    }
}
