import CarpusQuantification

/// How one rater tells the reference's positives at every cut-off: the points of the ROC and of the precision-recall curve.
public struct AgreementCurve: Sendable, Hashable, Encodable {
    /// One cut-off.
    public struct Point: Sendable, Hashable, Encodable {
        /// Values of at least this are called positive.
        public let cutoff: Double
        /// Share of the positives found, of the negatives left alone, and of those called positive that are.
        public let sensitivity, specificity, precision: Double
    }
    /// The measure that was rated; nil when the table names none.
    public let measure: String?
    /// `A|B`, the reference last.
    public let raters: String
    /// From the highest cut-off to the lowest.
    public let points: [Point]

    /// Nil where only one class occurs.
    init?(_ curve: ReceiverOperating, measure: String?, raters: String) {
        guard curve.positives > 0, curve.negatives > 0 else { return nil }
        (self.measure, self.raters) = (measure, raters)
        points = curve.points.map { Point(cutoff: $0.cutoff, sensitivity: curve.sensitivity($0), specificity: curve.specificity($0), precision: curve.precision($0)) }
    }
}
