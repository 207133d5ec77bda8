/// Intraclass correlation of n subjects, each rated by the same k raters (Shrout and Fleiss, Psychol Bull 86, 1979; McGraw and Wong, Psychol
/// Methods 1, 1996), from the two-way analysis of variance without repeats.
public struct IntraclassCorrelation: Sendable, Hashable {
    /// Which question it answers. The names are McGraw and Wong's.
    public enum Form: String, Sendable, Hashable, CaseIterable, Encodable {
        /// Raters differ from subject to subject, one rating.
        case oneWay = "ICC(1,1)"
        /// Absolute agreement of one rater, raters drawn from many: Shrout and Fleiss (2,1).
        case agreement = "ICC(A,1)"
        /// Consistency of one rater, an offset forgiven: Shrout and Fleiss (3,1).
        case consistency = "ICC(C,1)"
        /// The same three for the mean of the k ratings.
        case oneWayMean = "ICC(1,k)", agreementMean = "ICC(A,k)", consistencyMean = "ICC(C,k)"
    }

    /// Subjects and raters.
    public let subjects, raters: Int
    /// Mean squares between subjects, between raters, within subjects and of the residual.
    public let subjectSquare, raterSquare, withinSquare, errorSquare: Double

    /// The analysis of variance of ratings: a row a subject, a column a rater, none missing.
    ///
    /// Needs at least two subjects and two raters, and rows of one length.
    public init(_ rows: [[Double]]) {
        let n = rows.count, k = rows.first?.count ?? 0
        precondition(n > 1 && k > 1 && rows.allSatisfy { $0.count == k }, "at least two subjects and two raters, none missing")
        let (dn, dk) = (Double(n), Double(k))
        let grand = rows.reduce(0) { $0 + $1.reduce(0, +) } / (dn * dk)
        let subject = rows.map { $0.reduce(0, +) / dk - grand }
        let rater = (0..<k).map { j in rows.reduce(0) { $0 + $1[j] } / dn - grand }
        var within = 0.0, error = 0.0
        for (i, row) in rows.enumerated() {
            for (j, x) in row.enumerated() {
                let d = x - grand - subject[i]
                within += d * d
                error += (d - rater[j]) * (d - rater[j])
            }
        }
        let largest = rows.joined().reduce(0) { max($0, abs($1)) } * Moments.rounding
        // What is left of equal numbers is nothing.
        func kept(_ square: Double) -> Double { square > largest * largest ? square : 0 }
        (subjects, raters) = (n, k)
        subjectSquare = kept(dk * subject.reduce(0) { $0 + $1 * $1 } / (dn - 1))
        raterSquare = kept(dn * rater.reduce(0) { $0 + $1 * $1 } / (dk - 1))
        withinSquare = kept(within / (dn * (dk - 1)))
        errorSquare = kept(error / ((dn - 1) * (dk - 1)))
    }

    /// The coefficient with its interval, by the F distribution.
    ///
    /// None where all ratings are the same. Ratings that agree exactly have 1, without an interval.
    public func estimate(_ form: Form, level: Double = 0.95) -> Estimate {
        guard subjectSquare + raterSquare + withinSquare > 0 else { return .none("all ratings are the same") }
        let value = coefficient(form)
        guard let value else { return .none("subjects do not differ") }
        guard (form == .oneWay || form == .oneWayMean ? withinSquare : errorSquare) > 0 else { return Estimate(value, note: "no interval: the raters \(raterSquare > 0 && withinSquare > 0 ? "differ by constants only" : "agree exactly")") }
        let (low, high) = bounds(form, level)
        return Estimate(value, lower: low, upper: high)
    }

    private func coefficient(_ form: Form) -> Double? {
        let (b, j, w, e, n, k) = (subjectSquare, raterSquare, withinSquare, errorSquare, Double(subjects), Double(raters))
        func ratio(_ a: Double, _ over: Double) -> Double? { over != 0 ? a / over : nil }
        return switch form {
        case .oneWay: ratio(b - w, b + (k - 1) * w)
        case .agreement: ratio(b - e, b + (k - 1) * e + k * (j - e) / n)
        case .consistency: ratio(b - e, b + (k - 1) * e)
        case .oneWayMean: ratio(b - w, b)
        case .agreementMean: ratio(b - e, b + (j - e) / n)
        case .consistencyMean: ratio(b - e, b)
        }
    }

    private func bounds(_ form: Form, _ level: Double) -> (Double, Double) {
        let p = 1 - (1 - level) / 2, n = Double(subjects), k = Double(raters)
        let d1 = n - 1, dw = n * (k - 1), de = (n - 1) * (k - 1)
        func single(_ f: Double, _ d2: Double) -> (Double, Double) {
            let low = f / Distributions.fisherQuantile(p, d1, d2), high = f * Distributions.fisherQuantile(p, d2, d1)
            return ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
        }
        func mean(_ f: Double, _ d2: Double) -> (Double, Double) {
            (1 - Distributions.fisherQuantile(p, d1, d2) / f, 1 - 1 / (f * Distributions.fisherQuantile(p, d2, d1)))
        }
        switch form {
        case .oneWay: return single(subjectSquare / withinSquare, dw)
        case .consistency: return single(subjectSquare / errorSquare, de)
        case .oneWayMean: return mean(subjectSquare / withinSquare, dw)
        case .consistencyMean: return mean(subjectSquare / errorSquare, de)
        case .agreement: return agreementBounds(p)
        case .agreementMean:
            // The mean of k raters by Spearman and Brown's rule.
            let (low, high) = agreementBounds(p)
            return (low * k / (1 + low * (k - 1)), high * k / (1 + high * (k - 1)))
        }
    }

    /// McGraw and Wong's case 2A: the residual's degrees of freedom by Satterthwaite.
    private func agreementBounds(_ p: Double) -> (Double, Double) {
        let (b, j, e, n, k) = (subjectSquare, raterSquare, errorSquare, Double(subjects), Double(raters))
        let icc = coefficient(.agreement) ?? .nan, f = j / e
        let share = n * (1 + (k - 1) * icc) - k * icc
        let top = k * icc * f + share
        let degrees = (n - 1) * (k - 1) * top * top / ((n - 1) * k * k * icc * icc * f * f + share * share)
        guard degrees > 0, degrees.isFinite else { return (.nan, .nan) }
        let up = Distributions.fisherQuantile(p, n - 1, degrees), down = Distributions.fisherQuantile(p, degrees, n - 1)
        let rest = k * j + (k * n - k - n) * e
        return (n * (b - up * e) / (up * rest + n * b), n * (down * b - e) / (rest + n * down * b))
    }
}
