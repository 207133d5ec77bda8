import CarpusCore
import CarpusIO
import Foundation

/// Labels and regions in the codes of a table.
struct StructureCodes {
    let table: CodeTable
    /// The side of the wrist.
    let side: Laterality?

    /// A structure or lesion, `lunate`, or a lesion at a site, `synovitis/radiocarpal`, as a segment.
    func segment(_ entry: NamedVoxels.Entry, isOfEvidence: Bool) -> DICOMSegmentation.Segment {
        let (thing, site) = Self.parts(of: entry.name), isAnatomy = WristAnatomy.structure(named: thing) != nil
        return DICOMSegmentation.Segment(
            name: entry.name, category: table.concept(.category, thing) ?? table.conceptOrOwn(.category, isAnatomy ? "anatomy" : "lesion"), type: table.conceptOrOwn(.type, thing),
            region: region(thing, site), side: side, color: entry.color, isOfEvidence: isOfEvidence)
    }

    /// Measurements by region, in the order in which regions first occur.
    ///
    /// A group points to the segment of its region where its volumes are the segment's; otherwise it is no measurement of that segment.
    func groups(_ rows: [CarpusCore.Measurement], segments: SegmentVolumes) -> [MeasurementReport.Group] {
        var groups = OrderedGroups<[String?], CarpusCore.Measurement>()
        for row in rows { groups.add(row, to: [row.region, row.side?.rawValue]) }
        return groups.groups.map { key, rows in
            let name = rows[0].region, (thing, site) = Self.parts(of: name)
            let segment = segments[name].flatMap { one in rows.allSatisfy { $0.quantity != "volume" || $0.value.map(one.isVolume) ?? true } ? one : nil }
            return MeasurementReport.Group(
                name: name, finding: finding(thing, rows), site: region(thing, site), side: rows[0].side ?? side,
                segment: segment?.number, images: segment?.images ?? [], items: rows.map { item($0, site, segments) })
        }
    }

    /// What was found. A lesion is no finding where it was looked for and not there, or not scorable.
    private func finding(_ thing: String, _ rows: [CarpusCore.Measurement]) -> CodedConcept {
        let found = table.concept(.finding, thing) ?? table.conceptOrOwn(.type, thing)
        guard WristAnatomy.structure(named: thing) == nil else { return found }
        let grades = rows.filter { $0.quantity == "ramris" && $0.value != nil }
        let amounts = grades.isEmpty ? rows.filter { ["volume", "fraction", "thickness", "mean-thickness", "ramris"].contains($0.quantity) } : grades
        let values = amounts.compactMap(\.value), name = CodeTable.meaning(of: thing).prefix(48)
        if amounts.isEmpty || values.contains(where: { $0 > 0 }) { return found }
        return values.isEmpty ? .own("\(thing)-not-scorable", "\(name), not scorable") : .own("\(thing)-assessed-for", "\(name), assessed for")
    }

    private func item(_ row: CarpusCore.Measurement, _ site: String?, _ segments: SegmentVolumes) -> MeasurementReport.Item {
        var method = table.concept(.method, row.quantity), note: String?
        if row.quantity == "volume", let value = row.value, !segments.isSum(value, of: row.region) {
            let held = segments.volume(of: row.region)
            let isLongBone = site.flatMap(WristAnatomy.structure)?.extent == .tenMillimetresFromArticularSurface
            method = held.map { isLongBone && value < $0 ? .own("within-10-mm", "Part within 10 mm of the joint") : .own("not-segment-sum", "Not the sum of the voxels of the segment") }
            note = held.map { String(format: "Counted is what the measurement assessed; the segment of this name holds %.6g mL", $0) }
        }
        return MeasurementReport.Item(
            concept: table.conceptOrOwn(.measure, row.quantity), unit: table.conceptOrOwn(.unit, row.unit), method: method,
            value: row.value, status: row.status, reason: row.reason, note: note, algorithm: row.method)
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

/// How much the segments of an export hold, by name.
struct SegmentVolumes {
    /// One segment.
    struct One {
        let number: Int
        /// mL.
        let volume: Double
        /// The volume of a voxel, mL.
        let voxel: Double
        let images: [ImageReference]

        /// Whether a number is its volume, but for rounding.
        func isVolume(_ value: Double) -> Bool { abs(value - volume) < 1e-3 * voxel }
    }
    private var all: [String: One] = [:]

    subscript(_ name: String) -> One? {
        get { all[name] }
        set { all[name] = newValue }
    }

    /// What the segment of a name holds, or the segments of its sites together; nil where there are none, mL.
    func volume(of name: String) -> Double? {
        if let one = all[name] { return one.volume }
        let sites = all.filter { $0.key.hasPrefix(name + "/") }.sorted { $0.key < $1.key }.map(\.value.volume)
        return sites.isEmpty ? nil : sites.reduce(0, +)
    }

    /// Whether a volume is what the segments of a name hold, 0 mL where there are none.
    func isSum(_ value: Double, of name: String) -> Bool { abs(value - (volume(of: name) ?? 0)) < 1e-3 * (all.values.first?.voxel ?? 1e-9) }
}
