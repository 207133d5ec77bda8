import CarpusCore

extension ComparedPair {
    /// Doubts about the comparison of a baseline and a follow-up; the first is the follow-up when swapped.
    func findings(swapped: Bool) -> [Finding] {
        var all: [Finding] = []
        func add(_ severity: Finding.Severity, _ code: String, _ sentence: String, _ evidence: [String: String]) {
            all.append(Finding(severity, "progression." + code, sentence, evidence: evidence))
        }
        func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        func text(_ v: Vector3) -> String { "\(text(v.x)) x \(text(v.y)) x \(text(v.z)) mm" }
        func named(_ first: String, _ second: String) -> [String: String] {
            swapped ? ["baseline": second, "followup": first] : ["baseline": first, "followup": second]
        }
        let ratio = frame.spacings.first / frame.spacings.second
        if ratio.max() > 1.1 || ratio.min() < 1 / 1.1 {
            add(.warning, "spacing", "The visits differ in voxel size; the finer one was smoothed to match the coarser.", named(text(frame.spacings.first), text(frame.spacings.second)))
        }
        if frame.obliquity > 20 {
            add(.warning, "planes", "The slices of the two visits lie in different planes; thick slices then differ at every edge.", ["angle": "\(text(frame.obliquity)) degrees"])
        }
        // How far the visits lie apart at most, mm.
        let moved = farthestMotion
        let thickest = max(frame.spacings.first.max(), frame.spacings.second.max())
        if thickest >= 2, frame.obliquity <= 20, moved > 0.1 {
            add(.warning, "slices", "Thick slices cut the wrist at other places at the two visits; edges across slices may be among the change.", ["slice": "\(text(thickest)) mm", "tilt": "\(text(frame.obliquity)) degrees"])
        }
        if !left.isEmpty {
            add(.warning, "parts-left", "Parts that could not be aligned by themselves move with the whole; their edges look like change.", left)
        }
        if motion.folds {
            add(.serious, "folded", "The parts' motions contradict each other so that space folds between them; change there means nothing.", [:])
        }
        let half = frame.secondFromHalfway.linear.determinant, scale = half * half
        if abs(scale - 1) > 0.05 {
            add(.warning, "scale", "The transform between the visits changes volumes; no bone does that between visits.", ["volume factor": text(swapped ? 1 / scale : scale)])
        }
        if overlap < 0.7 {
            add(overlap < 0.3 ? .serious : .warning, "overlap", "The visits show the same tissue only in part; change outside it was not assessed.", ["overlap": text(overlap)])
        }
        if match.gain < 0.5 || match.gain > 2 {
            add(.warning, "gain", "The visits differ much in scale: another receiver setting, coil, scanner or reconstruction.", ["gain": text(swapped ? 1 / match.gain : match.gain)])
        }
        if max(largestField, 1 / largestField) > 1.5 {
            add(.warning, "field", "The visits differ by a strong smooth field, as from a coil placed otherwise; the part that is left looks like change.", ["factor": text(swapped ? 1 / largestField : largestField)])
        }
        if match.correlation < 0.5 {
            add(.serious, "unlike", "The two scans are hardly alike; they may be misaligned, or not of one sequence.", ["correlation": text(match.correlation)])
        }
        if residual > 0.15 {
            add(.warning, "residual", "Much of the tissue differs between the visits after normalisation.", ["residual": text(residual)])
        }
        if scatter > 2 {
            add(.warning, "scatter", "The difference scatters more than noise and registration explain; change had to be larger to count.", ["factor": text(scatter)])
        }
        if invalidCounts.first + invalidCounts.second > 0 {
            add(.warning, "not-finite", "Values that are not finite were left out.", named("\(invalidCounts.first)", "\(invalidCounts.second)"))
        }
        return all
    }
    /// How far the visits lie apart at most, mm: at the corners of the field, and, where parts move by themselves, at places all over it.
    private var farthestMotion: Double {
        func apart(_ p: Vector3) -> Double { (motion.secondFromHalfway(p) - motion.firstFromHalfway(p)).length }
        let grid = frame.grid
        var most = grid.corners.reduce(0) { max($0, apart($1)) }
        guard motion.error != nil else { return most }
        for z in 0..<grid.size.z {
            for y in stride(from: 0, to: grid.size.y, by: 8) {
                for x in stride(from: 0, to: grid.size.x, by: 8) { most = max(most, apart(grid.worldFromVoxel(Vector3(Double(x), Double(y), Double(z))))) }
            }
        }
        return most
    }
}
