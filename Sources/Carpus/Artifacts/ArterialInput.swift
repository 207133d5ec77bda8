public import CarpusPerfusion
public import CarpusPipeline
import Foundation

/// The arterial input of a pharmacokinetic fit, with where it comes from: one JSON file between stages, a table and its sidecar for people.
public struct ArterialInput: JSONArtifact {
    public static var kind: String { "arterial-input" }
    public static var placeholder: Self { ArterialInput(content: .none) }
    public var content: ArterialInputRecord
    public init(content: ArterialInputRecord) { self.content = content }

    /// A line each sample: time in s, plasma and blood in mM, signal where it was measured.
    var table: String {
        let r = content, blood = r.blood
        let rows = r.times.indices.map { i in ["\(r.times[i])", "\(r.plasma[i])", "\(blood[i])", r.signal.map { "\($0[i])" }] }
        return TabTable.text(["time", "plasma", "blood", "signal"], rows) + "\n"
    }

    /// What the columns are, and how the input was come by.
    var sidecar: [String: JSON] {
        func column(_ description: String, _ units: String) -> JSON { .object(["Description": .string(description), "Units": .string(units)]) }
        let r = content
        var members: [String: JSON] = [
            "time": column("Time on the axis of the series", "s"), "plasma": column("Concentration of the agent in arterial plasma", "mmol/L"),
            "blood": column("Concentration in whole blood, plasma times 1 - haematocrit", "mmol/L"), "signal": column("Mean signal of the voxels", "arbitrary"),
            "Source": .string(r.source), "Haematocrit": .number(r.haematocrit),
        ]
        if let voxels = r.voxels { members["Voxels"] = .array(voxels.map { .array($0.map { .number(Double($0)) }) }) }
        if let t1 = r.bloodT1 { members["BloodT1"] = .number(t1) }
        if let arrival = r.arrival { members["ArrivalTime"] = .number(arrival) }
        if let guessed = r.arrivalIsGuessed { members["ArrivalIsGuessed"] = .bool(guessed) }
        return members
    }
}
