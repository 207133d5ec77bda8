public import CarpusCore
import Foundation

/// What contrast agent added: the scan after it minus the scan before it, on one scale.
///
/// The scale is matched on tissue that does not enhance, taken to be where the ratio of the two scans has its mode: enhancing
/// tissue spreads over many ratios, tissue that does not share one. A ratio that enhances everywhere alike cannot be told from
/// the receiver's gain; `gain` says what was taken out.
public enum SubtractionMap {
    /// What counts as noise and as enhancement.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The ratio is given where the scan before contrast is above this many standard deviations of its noise.
        public var ratioAboveNoise = 5.0
        /// A voxel enhances when its subtraction is above this many standard deviations of the subtraction's noise,
        public var enhancementAboveNoise = 3.0
        /// and its ratio above this.
        public var minimumRatio = 0.15
        /// The agent counts as seen when the shares of tissue that gain and lose signal differ by at least this share of their sum.
        public var leastBalance = 0.5
        /// What becomes of a subtraction where tissue lost signal and hardly any gained it, as when the scans are swapped.
        public var reversed = Strictness.refuse

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            let named = [("ratioAboveNoise", ratioAboveNoise), ("enhancementAboveNoise", enhancementAboveNoise), ("minimumRatio", minimumRatio), ("leastBalance", leastBalance)]
            return named.first { !($0.1 >= 0 && $0.1.isFinite) }.map { "\($0.0) is \($0.1); it has to be a number that is not negative" }
        }
    }

    /// A subtraction and how it came about.
    public struct Result: Sendable {
        /// After, divided by `gain`, minus before; in the unit of the scan before. NaN where a scan says nothing.
        public let difference: Volume<Float>
        /// The subtraction as a share of the scan before; NaN where that is not above noise.
        public let ratio: Volume<Float>
        /// How much larger the same tissue is in the scan after.
        public let gain: Double
        /// The standard deviation of the subtraction's noise, in the unit of the scan before.
        public let noise: Double
        /// The share of the voxels of the body that enhance.
        public let enhancingShare: Double
        /// Whether the agent can be seen at all.
        public let arrival: AgentArrival
        /// Doubts about it.
        public let findings: [Finding]
    }

    /// Subtracts one scan from another of the same grid, already aligned.
    ///
    /// - Parameter mask: where tissue is to be looked for, anything but 0 counting; the body is found when it is nil.
    /// - Throws: `QuantificationError` when the grids differ or there is no tissue to match the scans on.
    public static func compute(before: Volume<Float>, after: Volume<Float>, mask: LabelMap? = nil, parameters: Parameters = .init()) throws -> Result {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        for (grid, name) in [(after.grid, "the scan after contrast"), (mask?.grid ?? before.grid, "the mask")] where !grid.matches(before.grid) {
            throw QuantificationError(.gridMismatch, "\(name) lies on another grid than the scan before contrast; resample it first")
        }
        let usable = zip(before.scalars, after.scalars).map { $0.isFinite && $1.isFinite }
        let (pre, post) = (cleaned(before), cleaned(after))
        var body = mask.map { $0.labels.map { $0 == 0 ? UInt8(0) : 1 } } ?? Foreground.mask(of: pre)
        for i in body.indices where !usable[i] { body[i] = 0 }
        let noises = (Noise.standardDeviation(of: pre, inside: body), Noise.standardDeviation(of: post, inside: body))
        let gain = try ratioMode(pre.scalars, post.scalars, body, floor: Float(parameters.ratioAboveNoise) * max(noises.0, .leastNormalMagnitude))

        let noise = (noises.0 * noises.0 + noises.1 * noises.1 / (gain * gain)).squareRoot()
        let ratioFloor = max(Float(parameters.ratioAboveNoise) * noises.0, .leastNormalMagnitude)
        var enhancement = pre, ratio = pre
        var bodyCount = 0, up = 0, down = 0
        for i in pre.scalars.indices {
            guard usable[i] else { (enhancement.scalars[i], ratio.scalars[i]) = (.nan, .nan); continue }
            let base = pre.scalars[i], difference = post.scalars[i] / gain - base
            enhancement.scalars[i] = difference
            ratio.scalars[i] = base > ratioFloor ? difference / base : .nan
            guard body[i] != 0 else { continue }
            bodyCount += 1
            let least = max(Float(parameters.enhancementAboveNoise) * noise, Float(parameters.minimumRatio) * max(base, ratioFloor))
            if difference > least { up += 1 } else if difference < -least { down += 1 }
        }
        let share = Double(up) / Double(bodyCount)
        let common = zip(body, Foreground.mask(of: post)).map { $0 != 0 && $1 != 0 ? UInt8(1) : 0 }
        let mean = Volume(grid: pre.grid, scalars: zip(pre.scalars, enhancement.scalars).map { $0 + $1 / 2 })
        let arrival = AgentArrival(difference: enhancement, mean: mean, body: common, least: parameters.leastBalance)
        return Result(
            difference: enhancement, ratio: ratio, gain: Double(gain), noise: Double(noise), enhancingShare: share, arrival: arrival,
            findings: findings(gain: Double(gain), up: share, down: Double(down) / Double(bodyCount), arrival))
    }

    private static func cleaned(_ volume: Volume<Float>) -> Volume<Float> {
        volume.map { $0.isFinite ? $0 : 0 }
    }

    /// The mode of after / before over tissue above the noise: the peak of a smoothed histogram of logarithms, then the
    /// median of what lies around it, repeated until it rests.
    private static func ratioMode(_ pre: [Float], _ post: [Float], _ body: [UInt8], floor: Float) throws -> Float {
        let logs = Robust.sample(body).filter { pre[$0] > floor && post[$0] > 0 }.map { log(post[$0] / pre[$0]) }
        guard logs.count >= 100 else {
            throw QuantificationError(.noTissue, "only \(logs.count) voxels of the scan before contrast are above its noise, too few to match the two scans; check that both are what they are said to be")
        }
        let middle = Robust.median(logs), width: Float = 0.01, half = 300
        var histogram = [Double](repeating: 0, count: 2 * half + 1)
        for v in logs {
            let bin = ((v - middle) / width).rounded()
            if abs(bin) <= Float(half) { histogram[Int(bin) + half] += 1 }
        }
        let kernel = (-9...9).map { exp(-Double($0 * $0) / 18) }
        let smooth = histogram.indices.map { i in
            (-9...9).reduce(0.0) { histogram.indices.contains(i + $1) ? $0 + kernel[$1 + 9] * histogram[i + $1] : $0 }
        }
        var mode = middle + Float(smooth.indices.max { smooth[$0] < smooth[$1] }! - half) * width
        // Only the lower side tells the width of the peak: enhancement lies on the upper one.
        let lower = logs.filter { $0 <= mode }.map { mode - $0 }
        let reach = min(max(2 * Robust.normal * Robust.median(lower), 0.02), 0.2)
        for _ in 0..<20 {
            let next = Robust.median(logs.filter { abs($0 - mode) <= reach })
            if abs(next - mode) < 1e-5 { break }
            mode = next
        }
        return exp(mode)
    }

    private static func findings(gain: Double, up: Double, down: Double, _ arrival: AgentArrival) -> [Finding] {
        let percent = AgentArrival.percent
        var all: [Finding] = []
        if gain < 0.8 || gain > 1.25 {
            all.append(Finding(.warning, "subtraction.gain", "Tissue that does not enhance differs in scale between the scans; either the receiver was set anew, or nearly everything enhances.", evidence: ["gain": "\(gain)"]))
        }
        let shares = ["gained": percent(arrival.gained), "lost": percent(arrival.lost)]
        switch arrival.verdict {
        case .seen: break
        case .unseen:
            all.append(Finding(.warning, "subtraction.nothing-enhances", "No contrast agent is seen, not even in vessels: no more tissue gained signal than lost it. Was the agent given?", evidence: shares))
        case .reversed:
            all.append(Finding(.serious, "subtraction.reversed", "Tissue lost signal and hardly any gained it: the scans before and after contrast are swapped, or differ in more than the agent.", evidence: shares))
        }
        if up > 0.6 {
            all.append(Finding(.warning, "subtraction.everything-enhances", "Most of the tissue enhances; the scans may differ in more than contrast agent, such as fat suppression.", evidence: ["enhancing": percent(up)]))
        }
        if down > 0.1 {
            all.append(Finding(.warning, "subtraction.signal-lost", "Much tissue lost signal after contrast; the scans may be misaligned or differ in fat suppression.", evidence: ["lost": percent(down)]))
        }
        return all
    }
}
