/// Descriptions of series cleaned by a vocabulary: what is no word of MRI goes.
enum DescriptionWords {
    /// The words that are known and numbers of up to three digits, joined by blanks; nil when none is left.
    static func cleaned(_ text: String) -> String? {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+")) }
        let kept = words.filter { word in
            let word = word.lowercased()
            return known.contains(word) || (1...3).contains(word.count) && word.allSatisfy(\.isNumber)
        }
        return kept.isEmpty ? nil : kept.joined(separator: " ")
    }

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
