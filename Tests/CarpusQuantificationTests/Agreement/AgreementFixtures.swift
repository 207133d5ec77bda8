import Foundation

/// What SciPy, scikit-learn, pingouin and statsmodels say; `fixtures.py` beside it makes the file.
struct AgreementFixtures: Decodable {
    struct Rating: Decodable { let rows: [[Double]], icc: [String: [Double]] }
    struct Pair: Decodable { let x, y, pearson, spearman, concordance, ranks, bias: [Double], deviation: Double }
    struct Grades: Decodable { let counts: [[Int]], exact, balanced: Double, none, linear, quadratic: [Double] }
    struct Curve: Decodable { let scores: [Double], positive: [Bool], auc, ap: Double, cutoffs, fpr, tpr, precision: [Double] }
    struct Share: Decodable { let hits, total: Int, wald, wilson: [Double] }
    struct Replicates: Decodable { let kind: String, value: Double, jackknife, replicates, interval: [Double] }
    struct Distribution: Decodable { let normal, student, fisher, beta: [[Double]] }
    let ratings: [Rating], pairs: [Pair], kappas: [Grades], rocs: [Curve], proportions: [Share], bootstraps: [Replicates], distributions: Distribution

    static func load() throws -> AgreementFixtures {
        try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fixtures.json")))
    }
}
