import CarpusCore

extension SliceMotions {
    /// Which slices could not be laid on the mean, and in which frames; nil when all were that show tissue.
    var doubt: Finding? {
        let count = grid.size[axis], all = frames.count
        let named = (0..<count).compactMap { slice -> String? in
            let missed = unfitted.indices.filter { unfitted[$0].contains(slice) }
            if missed.isEmpty { return nil }
            if missed.count == all { return "\(slice) in all frames" }
            return "\(slice) in \(missed.count == 1 ? "frame" : "frames") " + missed.map { "\($0)" }.joined(separator: ", ")
        }
        if named.isEmpty { return nil }
        return Finding(
            // A slice at the end of the field that shows little tissue is less of a doubt.
            isDoubtful ? .warning : .note, "registration.slices-unfitted",
            "Some slices tell too little to be laid on the mean by themselves; they lie as their frame does, or as an earlier turn had laid them.",
            evidence: ["slices": named.joined(separator: "; ")])
    }
}
