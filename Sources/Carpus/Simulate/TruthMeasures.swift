import CarpusCore
import CarpusSimulation

/// The true numbers of a visit, under the names a run gives its own.
enum TruthMeasures {
    static let method = "simulate/\(Version.current)"

    /// Volumes in mL, fractions and widths, counted on the continuous model.
    static func rows(_ counts: WristCounts) -> [CarpusCore.Measurement] {
        bones(counts) + joints(counts) + sheaths(counts)
    }

    /// What changed between two visits: the later volume less the earlier one.
    static func change(from before: [CarpusCore.Measurement], to after: [CarpusCore.Measurement], visits: (String, String)) -> [CarpusCore.Measurement] {
        zip(before, after).compactMap { a, b in
            precondition(a.region == b.region && a.quantity == b.quantity, "visits are measured in one order")
            guard a.quantity == "volume", let old = a.value, let new = b.value else { return nil }
            var row = measure("volume-change", new - old, "mL", a.region)
            (row.visit, row.side) = ("\(visits.0)>\(visits.1)", a.side)
            return row
        }
    }

    private static func bones(_ c: WristCounts) -> [CarpusCore.Measurement] {
        var rows: [CarpusCore.Measurement] = []
        for (i, bone) in WristAnatomy.bones.enumerated() {
            // How much of a long bone is seen depends on the field of view: its whole is no measure of the bone.
            if bone.extent == .whole { rows.append(volume(c.bone[i], bone.name)) }
            rows.append(measure("assessed-volume", c.assessed[i], "mL", bone.name))
        }
        rows.append(volume(c.oedema.reduce(0, +), "bone-marrow-oedema"))
        rows.append(volume(c.erosion.reduce(0, +), "erosion"))
        for (lesion, volumes) in [("bone-marrow-oedema", c.oedema), ("erosion", c.erosion)] {
            for (i, bone) in WristAnatomy.bones.enumerated() { rows += share(volumes[i], of: c.assessed[i], "\(lesion)/\(bone.name)") }
        }
        return rows
    }

    private static func joints(_ c: WristCounts) -> [CarpusCore.Measurement] {
        var rows = [volume(c.synovitis.reduce(0, +), "synovitis"), volume(c.effusion.reduce(0, +), "effusion")]
        for (i, joint) in WristAnatomy.joints.enumerated() {
            rows += share(c.synovitis[i], of: c.capacity[i], "synovitis/\(joint.name)")
            rows += share(c.effusion[i], of: c.capacity[i], "effusion/\(joint.name)")
            rows.append(measure("capacity", c.capacity[i], "mL", joint.name))
        }
        return rows
    }

    private static func sheaths(_ c: WristCounts) -> [CarpusCore.Measurement] {
        var rows = [volume(c.sheath.reduce(0, +), "tenosynovitis")]
        for (i, compartment) in WristAnatomy.tendonCompartments.enumerated() {
            let region = "tenosynovitis/\(compartment.name)"
            rows += [volume(c.sheath[i], region), measure("enhancing-volume", c.sheath[i] - c.sheathFluid[i], "mL", region), measure("thickness", c.sheathWidth[i], "mm", region),
                     measure("mean-thickness", c.meanSheathWidth[i], "mm", region)]
        }
        return rows
    }

    private static func share(_ part: Double, of whole: Double, _ region: String) -> [CarpusCore.Measurement] {
        [volume(part, region), measure("fraction", whole > 0 ? part / whole : 0, "1", region)]
    }

    private static func volume(_ value: Double, _ region: String) -> CarpusCore.Measurement { measure("volume", value, "mL", region) }

    private static func measure(_ quantity: String, _ value: Double, _ unit: String, _ region: String) -> CarpusCore.Measurement {
        CarpusCore.Measurement(quantity, value, unit: unit, region: region, method: method)
    }
}
