import CarpusCore
import Foundation

/// The disease of a patient over the visits: which lesions there are, and how each grows, shrinks, appears or heals.
public struct DiseaseCourse: Sendable, Hashable, Codable {
    /// One state a visit.
    public let visits: [DiseaseState]

    /// Patches of synovitis in each joint.
    static let patchCount = 5

    /// A course drawn for a seed.
    ///
    /// - Parameters:
    ///   - activity: 0 for a wrist as healthy people have it, 1 for the most active disease; near 12 mL of synovitis.
    ///   - visits: how many, at least 1.
    public init(seed: UInt64, activity: Double, visits: Int) {
        precondition((0...1).contains(activity) && visits > 0, "a course has an activity from 0 to 1 and a visit")
        var stream = RandomStream(seed: seed, "disease")
        let baseline = Self.baseline(activity: activity, &stream)
        var states = [baseline]
        for _ in 1..<visits { states.append(Self.next(after: states[states.count - 1], activity: activity, &stream)) }
        self.visits = states
    }

    private static func baseline(activity: Double, _ s: inout RandomStream) -> DiseaseState {
        var state = DiseaseState()
        state.vascularity = min(max(0.25 + 0.6 * activity + s.normal(0, 0.12), 0), 1)
        // The median wrist of Ostergaard 1996 had 9 mL of synovial membrane among 1 to 20; half of activity comes near it.
        let total = activity > 0 ? 12 * pow(activity, 1.2) * s.uniform(0.6, 1) : 0
        let shares = weights([0.16, 0.36, 0.48], spread: 0.5, &s)
        for j in 0..<3 {
            state.joints[j].patches = (0..<patchCount).map { _ in s.chance(0.75) ? s.uniform(0.5, 1.5) : 0.05 }
            state.joints[j].synovitis = s.chance(0.25 + 0.75 * activity) ? total * shares[j] : 0
            state.joints[j].effusion = s.chance(0.2 + 0.4 * activity) ? s.uniform(0.05, 0.2 + 0.8 * activity) : 0
        }
        for c in 0..<10 {
            let prone = [0.30, 0.30, 0.20, 0.45, 0.25, 0.55, 0.25, 0.30, 0.45, 0.15][c]
            guard s.chance(prone * (0.1 + 1.2 * activity)) else { continue }
            state.sheaths[c].thickness = min(5, s.uniform(0.6, 1.2 + 4 * activity))
            state.sheaths[c].fluidShare = s.uniform(0, 0.9)
        }
        for b in 0..<15 {
            // Capitate, lunate, triquetrum and hamate are struck most (Lee, KJIM 2019).
            let prone = [0.25, 0.25, 0.35, 0.5, 0.5, 0.15, 0.2, 0.2, 0.55, 0.45, 0.15, 0.2, 0.2, 0.15, 0.15][b]
            if s.chance(prone * (0.1 + activity)) { state.bones[b].oedema = min(1, pow(s.uniform(0.02, 1), 2) * (0.2 + activity) + 0.02) }
            let erosions = s.chance(prone * (0.08 + 0.8 * activity)) ? s.integer(1...3) : 0
            state.bones[b].erosions = (0..<erosions).map { _ in s.uniform(0.9, 1.6 + 1.8 * activity) }
            if s.chance(0.05) { state.bones[b].cyst = s.uniform(1, 2.5) }
        }
        if s.chance(0.12) { state.ganglion = s.uniform(2, 5) }
        return state
    }

    /// A later visit: the patient answers as a whole, and every lesion in its own way.
    private static func next(after last: DiseaseState, activity: Double, _ s: inout RandomStream) -> DiseaseState {
        var state = last
        let answer = s.chance(0.45) ? s.uniform(0.35, 0.85) : s.uniform(0.9, 1.9)
        for j in 0..<3 {
            state.joints[j].synovitis = min(8, change(last.joints[j].synovitis, by: answer, appearing: 0.5 * activity, &s))
            state.joints[j].effusion = change(last.joints[j].effusion, by: answer, appearing: 0.2, &s)
            state.joints[j].patches = last.joints[j].patches.map { max(0.05, $0 * exp(s.normal(0, 0.3))) }
        }
        for c in 0..<10 { state.sheaths[c].thickness = min(5, change(last.sheaths[c].thickness, by: answer, appearing: 1.5 * activity, &s)) }
        for b in 0..<15 {
            state.bones[b].oedema = min(1, change(last.bones[b].oedema, by: answer, appearing: 0.3 * activity, &s))
            // Erosions do not follow the inflammation quickly: they stay or grow.
            state.bones[b].erosions = last.bones[b].erosions.map { $0 * (s.chance(0.3) ? s.uniform(1.05, 1.35) : 1) }
        }
        return state
    }

    /// A size at the next visit: it heals with a small chance, may appear, and else is multiplied by the answer and its own luck.
    private static func change(_ size: Double, by answer: Double, appearing: Double, _ s: inout RandomStream) -> Double {
        let luck = exp(s.normal(0, 0.25)), heals = s.chance(answer < 0.9 ? 0.12 : 0.03), appears = s.chance(answer > 1 ? 0.15 : 0.04)
        let new = s.uniform(0.2, 1) * appearing
        if size == 0 { return appears ? new : 0 }
        return heals ? 0 : size * answer * luck
    }

    private static func weights(_ means: [Double], spread: Double, _ s: inout RandomStream) -> [Double] {
        let w = means.map { $0 * exp(s.normal(0, spread)) }, sum = w.reduce(0, +)
        return w.map { $0 / sum }
    }
}
