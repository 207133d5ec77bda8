import CarpusIO
import CarpusPipeline
import CarpusQuantification
import Foundation

/// Smallest detectable changes from tables of test and retest that a protocol names.
///
/// They are estimated before anything runs and become parameters, so that a record spells them out and another table is another result.
enum RetestLimits {
    /// The plan with the limits of each `compare.measures` in its `detectable`; those the protocol gives come first and win.
    ///
    /// - Throws: `IOError` when a table is missing or is not one of test and retest.
    static func resolved(_ plan: Plan, beside protocolFile: URL) throws -> Plan {
        try plan.withParameters { node in
            guard node.stage.name == CompareMeasures.name, case .object(var members) = node.parameters, case .string(let name)? = members["retest"] else { return node.parameters }
            let file = name.hasPrefix("/") ? URL(filePath: name) : protocolFile.deletingLastPathComponent().appending(path: name)
            let given = try node.parameters["detectable"]?.decoded(as: [DetectableRule].self) ?? []
            let scale = try node.parameters["retestScale"]?.decoded(as: DetectableRule.Scale.self) ?? .absolute
            let all = given + DetectableRule.estimated(from: try pairs(of: file), scale: scale)
            members["detectable"] = try JSON(encoding: all)
            // Records tell parameters, and folders may be named after people; what the table says stands in the limits.
            members["retest"] = .string(file.lastPathComponent)
            return .object(members)
        }
    }

    /// The two values of each measure of each subject.
    ///
    /// - Throws: `IOError` when a subject was measured more than twice.
    static func pairs(of file: URL) throws -> [RetestPair] {
        let table = try TabTable(file, needs: ["participant_id", "session_id", "region", "measure", "value"])
        var groups = OrderedGroups<[String?], (session: String, value: Double)>()
        for row in try table.rows where row["status"] != "not-scorable" {
            guard let session = row["session_id"], !session.contains(">"), let value = try row.number("value") else { continue }
            groups.add((session, value), to: [row["participant_id"], row["side"], row["region"], row["measure"]])
        }
        return try groups.groups.compactMap { key, values in
            // Measured once: the other time it was not scorable.
            guard values.count > 1, let region = key[2], let measure = key[3] else { return nil }
            guard values.count == 2 else {
                throw IOError(.inconsistent, at: file, "\(measure) of \(region) of \(key[0] ?? "a subject") was measured \(values.count) times; a table of test and retest has two sessions a subject")
            }
            guard values[0].session != values[1].session else {
                throw IOError(.inconsistent, at: file, "\(measure) of \(region) of \(key[0] ?? "a subject") stands twice for session \(values[0].session); a table of test and retest has two sessions a subject")
            }
            let sorted = values.sorted { $0.session.localizedStandardCompare($1.session) == .orderedAscending }
            return RetestPair(measure: measure, region: region, test: sorted[0].value, retest: sorted[1].value)
        }
    }
}
