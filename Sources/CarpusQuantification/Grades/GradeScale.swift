/// Grades from 1 upwards by the edges between them.
///
/// `edges[i]` parts grade i + 1 from grade i + 2. To which of the two the edge itself belongs is said, because sources differ: of shares
/// "1 to 33 %" the upper end belongs to the band, of widths "2 mm or more" the lower end.
struct GradeScale: Sendable, Hashable {
    /// Ascending.
    let edges: [Double]
    /// Whether a value on an edge has the higher grade.
    let edgeIsHigher: Bool

    /// The highest grade.
    var highest: Int { edges.count + 1 }

    /// The grade of a value that is known to be more than noise.
    func grade(_ value: Double) -> Int { 1 + edges.count { edgeIsHigher ? value >= $0 : value > $0 } }
}
