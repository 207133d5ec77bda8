/// Descriptions of series cleaned by a vocabulary: what is no word of MRI goes.
enum DescriptionWords {
    /// The words that are known and single numbers of up to three digits, joined by blanks; nil when none is left.
    ///
    /// Words stand between blanks and underscores. One with other signs stays only where all its parts are known words, as in `T1-weighted`. Numbers side by side, also with
    /// unknown words between them, may be a date or a part of an ID, and go.
    static func cleaned(_ text: String) -> String? {
        let words = text.split { " _".contains($0) }.flatMap { parts($0) }
        let kept = words.indices.filter { i in
            guard isNumber(words[i]) else { return true }
            let isAlone = !(i > 0 && isNumber(words[i - 1])) && !(i + 1 < words.count && isNumber(words[i + 1]))
            return isAlone && words[i].count <= 3
        }
        return kept.isEmpty ? nil : kept.map { words[$0] }.joined(separator: " ")
    }

    /// A word that is known or a number, the parts of one whose parts are known, or nothing.
    private static func parts(_ word: Substring) -> [Substring] {
        if isNumber(word) || isKnown(word) { return [word] }
        let parts = word.split { "-/()[],;:".contains($0) }
        return parts.allSatisfy(isKnown) ? parts : []
    }

    private static func isKnown(_ word: Substring) -> Bool { known.contains(word.lowercased()) }
    private static func isNumber(_ word: Substring) -> Bool { word.allSatisfy { $0.isASCII && $0.isNumber } }

    private static let known: Set<String> = [
        // Weighting and preparation.
        "t1", "t1w", "t2", "t2w", "pd", "pdw", "w", "weighted", "stir", "tirm", "ir", "fs", "fatsat", "fat", "sat", "spair", "spir", "dixon", "ideal", "water", "opp", "inphase", "dwi", "adc",
        // Sequences.
        "se", "tse", "fse", "gre", "ge", "flash", "spgr", "fspgr", "ffe", "vibe", "thrive", "lava", "twist", "tricks", "space", "cube", "vista", "mprage", "fiesta", "trufi", "ciss", "medic", "merge",
        "blade", "propeller", "2d", "3d", "iso", "fl2d", "fl3d", "tse2d", "se2d",
        // Contrast and time.
        "dce", "dyn", "dynamic", "perfusion", "gd", "gad", "gadolinium", "contrast", "pre", "post", "km", "c", "+c", "sub", "subtraction",
        // Planes and places.
        "cor", "coronal", "sag", "sagittal", "ax", "axial", "tra", "transverse", "obl", "oblique", "wrist", "hand", "carpus", "left", "right", "lt", "rt", "li", "re", "l", "r",
        "scout", "localizer", "localiser", "loc", "map", "mri", "mr",
    ]
}
