import CarpusCore

/// One site's grade from its measures.
struct SiteGrading {
    let parameters: RAMRISParameters
    let measures: SiteMeasures
    let method: String

    /// A site's grade, and why it is 0 where something was measured.
    struct Result {
        let row: Measurement
        /// The rule that made a value above 0 a grade of 0.
        var dismissed: String?
    }

    func grade(_ lesion: RAMRISLesion, at site: String) -> Result {
        let region = "\(lesion.rawValue)/\(site)"
        func none(_ reason: String) -> Result { Result(row: .notScorable("ramris", unit: "1", region: region, because: reason, method: method)) }
        guard let measured = measures[lesion.quantity, region] else { return none("there is no \(lesion.quantity) of \(region)") }
        guard let value = measured.value else { return none(measured.reason ?? "\(lesion.quantity) of \(region) is not scorable") }
        guard value >= 0 else { return none("\(lesion.quantity) of \(region) is \(Plain.text(value)), which is less than nothing") }
        let volume = measures["volume", region]
        if let volume, volume.value == nil { return none(volume.reason ?? "the volume of \(region) is not scorable") }

        let floor = parameters.floor(of: lesion, at: site), run = runRule(region, lesion)
        var doubts = [measured, volume].compactMap { $0 }.filter { $0.status == .review }.map { $0.reason ?? "\($0.quantity) is to be looked at" }
        let size = Size(value: value, volume: volume?.value)
        let raw = grade(size, lesion, floor)
        let grade = run.isShort ? 0 : raw
        if raw > 0, !run.isShort {
            if volume == nil, (floor.volume ?? 0) > 0 { doubts.append("no volume of \(region) was measured to hold against the noise floor") }
            if let unknown = run.unknown { doubts.append(unknown) }
            if lesion != .tenosynovitis, value > 1 { doubts.append("the share is \(Plain.text(value)), more than the whole") }
        }
        if !run.isShort, let near = neighbours(size, grade, lesion, region, floor) { doubts.append(near) }
        doubts = doubts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let row = Measurement(
            "ramris", Double(grade), unit: "1", region: region, status: doubts.isEmpty ? .ok : .review, reason: doubts.isEmpty ? nil : doubts.joined(separator: "; "), method: method)
        let told = volume?.value ?? 0 > 0 || value > 0
        return Result(row: row, dismissed: grade == 0 && told ? (raw > 0 ? run.why : "\(amount(value, lesion)) is not above the noise floor") : nil)
    }

    /// What decides a grade.
    private struct Size { let value: Double, volume: Double? }

    private func grade(_ size: Size, _ lesion: RAMRISLesion, _ floor: NoiseFloor) -> Int {
        let least = (lesion == .tenosynovitis ? floor.thickness : floor.fraction) ?? 0
        guard size.value > least, size.volume.map({ $0 > floor.volume ?? 0 }) ?? true else { return 0 }
        return parameters.scale(of: lesion).grade(size.value)
    }

    // MARK: Runs of slices

    private func runRule(_ region: String, _ lesion: RAMRISLesion) -> (isShort: Bool, why: String?, unknown: String?) {
        guard lesion == .tenosynovitis else { return (false, nil, nil) }
        let name: String, least: Double, unit: String
        if let length = parameters.minimumRunLength { (name, least, unit) = ("run-length", length, "mm") } else { (name, least, unit) = ("slice-run", Double(parameters.minimumSlices), "slices") }
        guard least > 0 else { return (false, nil, nil) }
        guard let run = measures.value(name, region) else {
            return (false, nil, "how far it runs is not known (\(measures[name, region]?.reason ?? "there is no \(name)")), and \(Plain.text(least)) \(unit) are asked for")
        }
        return (run < least, "it runs over \(Plain.text(run)) \(unit), and \(Plain.text(least)) are asked for", nil)
    }

    // MARK: Near an edge

    /// Which other grades the measure's interval, or the margin about it, allows; nil when there are none.
    private func neighbours(_ size: Size, _ grade: Int, _ lesion: RAMRISLesion, _ region: String, _ floor: NoiseFloor) -> String? {
        if let (low, high) = interval(size, lesion, region) {
            let least = self.grade(low, lesion, floor), most = self.grade(high, lesion, floor)
            guard least != most else { return nil }
            return "its interval, \(Plain.text(low.value)) to \(amount(high.value, lesion)), allows grades \(least) to \(most)"
        }
        guard grade > 0 else { return nil }
        let scale = parameters.scale(of: lesion), margin = parameters.margin(of: lesion)
        let others = Set([scale.grade(size.value - margin), scale.grade(size.value + margin)]).subtracting([grade]).sorted()
        guard !others.isEmpty else { return nil }
        return "\(amount(size.value, lesion)) lies within \(Plain.text(margin)) of grade \(others.map(String.init).joined(separator: " and of grade "))"
    }

    /// The ends of a measure: its own, or those of its volume, of which it is a share.
    private func interval(_ size: Size, _ lesion: RAMRISLesion, _ region: String) -> (low: Size, high: Size)? {
        let name = lesion.quantity
        let volumes = measures.value("volume-low", region).flatMap { low in measures.value("volume-high", region).map { (low: low, high: $0) } }
        if let low = measures.value("\(name)-low", region), let high = measures.value("\(name)-high", region) {
            return (Size(value: low, volume: volumes?.low ?? size.volume), Size(value: high, volume: volumes?.high ?? size.volume))
        }
        guard lesion != .tenosynovitis, let volumes else { return nil }
        let site = String(region.drop { $0 != "/" }.dropFirst()), told = measures.value(lesion == .synovitis ? "capacity" : "assessed-volume", site)
        // Where the whole is not told it is what makes the share of the volume.
        guard let whole = told ?? size.volume.flatMap({ $0 > 0 && size.value > 0 ? $0 / size.value : nil }), whole > 0 else { return nil }
        return (Size(value: volumes.low / whole, volume: volumes.low), Size(value: volumes.high / whole, volume: volumes.high))
    }

    private func amount(_ value: Double, _ lesion: RAMRISLesion) -> String { Plain.text(value) + (lesion == .tenosynovitis ? " mm" : "") }
}
