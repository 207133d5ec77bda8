public import CarpusCore

/// RAMRIS-like grades of one wrist at one visit, from measured volumes and widths by declared rules.
///
/// They are *like* RAMRIS: a reader judges by eye, and the numbers here are cut by bands. A measurement of a grade has the quantity
/// `ramris`, the unit 1 and the region `lesion/site`, the sum over a lesion's sites the region `lesion/total`, beside which
/// `ramris-maximum` says what the most would be. A grade takes over the doubts of its measures, and is to be looked at where an edge is near.
public struct RAMRISGrades: Sendable, Hashable {
    /// Grades by lesion and site, each lesion's total after its sites.
    public let measurements: [Measurement]
    /// What was measured and is no grade, and what totals lack.
    public let findings: [Finding]

    /// Grades measures.
    ///
    /// - Parameters:
    ///   - measures: of one wrist at one visit, regions `lesion/site`: `fraction` and `volume` of synovitis, oedema and erosion, `thickness`, `volume`,
    ///     and `slice-run` or `run-length` of tenosynovitis; `volume-low` and `volume-high`, `fraction-low`, … where there are intervals. Others are passed over.
    ///   - method: the name and version of the stage; the edition is added.
    /// - Throws: `QuantificationError` for parameters out of range, and for measures of several wrists or visits.
    public init(_ measures: [Measurement], parameters: RAMRISParameters = .init(), method: String) throws {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        let method = "\(method) \(parameters.edition.rawValue)"
        let lesions = parameters.gradedLesions.map { $0.rawValue + "/" }
        let sites = try SiteMeasures(measures.filter { row in row.quantity == "capacity" || row.quantity == "assessed-volume" || lesions.contains { row.region.hasPrefix($0) } })
        let grading = SiteGrading(parameters: parameters, measures: sites, method: method)
        var rows: [Measurement] = [], dismissed: [String: String] = [:], lacking: [String: String] = [:]
        for lesion in parameters.gradedLesions {
            let results = parameters.sites(of: lesion).map { grading.grade(lesion, at: $0) }
            for result in results { dismissed[result.row.region] = result.dismissed }
            let grades = results.map(\.row), total = GradeTotal(grades, lesion: lesion, parameters: parameters, method: method)
            if !total.missing.isEmpty { lacking[lesion.rawValue] = total.missing.joined(separator: ", ") }
            rows += grades + total.measurements
        }
        var findings: [Finding] = []
        if !dismissed.isEmpty {
            findings.append(Finding(.note, "ramris.dismissed", "Sites where something was measured have grade 0, because a rule asks for more.", evidence: dismissed))
        }
        if !lacking.isEmpty {
            findings.append(Finding(.warning, "ramris.missing-sites", "Sites are not scorable: totals are not given, or are only over the others.", evidence: lacking))
        }
        (self.measurements, self.findings) = (rows, findings)
    }

    /// What is reported where there are no measures at all: no grade of any site, and why.
    public static func notScorable(_ parameters: RAMRISParameters, because reason: String, method: String) -> [Measurement] {
        parameters.gradedLesions.flatMap { lesion in
            (parameters.sites(of: lesion) + ["total"]).map {
                .notScorable("ramris", unit: "1", region: "\(lesion.rawValue)/\($0)", because: reason, method: "\(method) \(parameters.edition.rawValue)")
            }
        }
    }
}

/// The sum over a lesion's sites.
struct GradeTotal {
    /// Sites without a grade.
    let missing: [String]
    /// The total and its maximum.
    let measurements: [Measurement]

    init(_ grades: [Measurement], lesion: RAMRISLesion, parameters: RAMRISParameters, method: String) {
        let region = "\(lesion.rawValue)/total", each = parameters.scale(of: lesion).highest
        let scored = grades.compactMap(\.value), lost = grades.filter { $0.value == nil }.map { String($0.region.dropFirst(lesion.rawValue.count + 1)) }
        let doubtful = grades.count { $0.status == .review }
        missing = lost
        func maximum(_ sites: Int) -> Measurement { Measurement("ramris-maximum", Double(sites * each), unit: "1", region: region, method: method) }
        let absent = "\(lost.count) of \(grades.count) sites are not scorable (\(lost.joined(separator: ", ")))"
        guard lost.isEmpty || parameters.totalOverMissing && !scored.isEmpty else {
            let why = scored.isEmpty ? "no site is scorable" : absent + "; totalOverMissing would sum the others"
            measurements = [.notScorable("ramris", unit: "1", region: region, because: why, method: method), maximum(grades.count)]
            return
        }
        var reasons: [String] = []
        if !lost.isEmpty { reasons.append("\(absent); \(scored.count * each) is the most the others can reach") }
        if doubtful > 0 { reasons.append("\(doubtful) of the grades \(doubtful == 1 ? "is" : "are") to be looked at") }
        let total = Measurement(
            "ramris", scored.reduce(0, +), unit: "1", region: region, status: reasons.isEmpty ? .ok : .review, reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "), method: method)
        measurements = [total, maximum(scored.count)]
    }
}
