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
        // A slice at the end of the field that tells nothing in any frame is less of a doubt than one that told something before.
        let atTimes = (0..<count).contains { slice in
            let n = unfitted.count { $0.contains(slice) }
            return n > 0 && n < all
        }
        return Finding(
            atTimes ? .warning : .note, "registration.slices-unfitted",
            "Some slices tell too little to be laid on the mean by themselves; they lie as their frame does, or as an earlier turn had laid them.",
            evidence: ["slices": named.joined(separator: "; ")])
    }
}
