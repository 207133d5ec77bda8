import CarpusCore
import CarpusIO

/// Labels and regions in the codes of a table.
struct StructureCodes {
    let table: CodeTable
    /// The side of the wrist.
    let side: Laterality?

    /// A structure or lesion, `lunate`, or a lesion at a site, `synovitis/radiocarpal`, as a segment.
    func segment(_ name: String, color: [UInt8]) -> DICOMSegmentation.Segment {
        let (thing, site) = Self.parts(of: name), isAnatomy = WristAnatomy.structure(named: thing) != nil
        return DICOMSegmentation.Segment(
            name: name, category: table.concept(.category, thing) ?? table.conceptOrOwn(.category, isAnatomy ? "anatomy" : "lesion"), type: table.conceptOrOwn(.type, thing),
            region: region(thing, site), side: side, color: color)
    }

    /// Measurements by region, in the order in which regions first occur.
    func groups(_ rows: [CarpusCore.Measurement], segments: [String: Int]) -> [MeasurementReport.Group] {
        var groups = OrderedGroups<[String?], CarpusCore.Measurement>()
        for row in rows { groups.add(row, to: [row.region, row.side?.rawValue]) }
        return groups.groups.map { key, rows in
            let name = rows[0].region, (thing, site) = Self.parts(of: name)
            return MeasurementReport.Group(
                name: name, finding: table.concept(.finding, thing) ?? table.conceptOrOwn(.type, thing), site: region(thing, site), side: rows[0].side ?? side,
                segment: segments[name], items: rows.map(item))
        }
    }

    private func item(_ row: CarpusCore.Measurement) -> MeasurementReport.Item {
        MeasurementReport.Item(
            concept: table.conceptOrOwn(.measure, row.quantity), unit: table.conceptOrOwn(.unit, row.unit), method: table.concept(.method, row.quantity),
            value: row.value, status: row.status, reason: row.reason, algorithm: row.method)
    }

    /// The site, or where a lesion of no site lies.
    private func region(_ thing: String, _ site: String?) -> CodedConcept? {
        site.flatMap { $0 == "elsewhere" ? nil : table.conceptOrOwn(.region, $0) } ?? table.concept(.region, thing)
    }

    private static func parts(of name: String) -> (thing: String, site: String?) {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        return (parts.first ?? name, parts.count > 1 ? parts[1] : nil)
    }
}
