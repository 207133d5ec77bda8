import CarpusCore

/// What lesions take of the sites that RAMRIS scores, from one pass over the maps.
struct SiteMeasurement {
    let map: LabelMap, anatomy: LabelMap
    let doubts: LabelDoubts
    let parameters: VolumeMeasurement.Parameters
    let method: String
    let sites: SiteMap
    /// Assessed voxels of each site that the series covers, and of each lesion in each site.
    private(set) var assessed: [UInt16: Double] = [:], shared: [SIMD2<UInt16>: Double] = [:]
    private var coverage: [UInt16: SiteCoverage] = [:]
    /// What of a compartment's length between the distal radioulnar joint and the hamate's tip the border cuts.
    let sheathCuts: SheathCuts

    init(_ map: LabelMap, anatomy: LabelMap, doubts: LabelDoubts, field: LabelMap?, parameters: VolumeMeasurement.Parameters, method: String) {
        let anatomy = anatomy.inWristValues
        (self.map, self.anatomy, self.doubts, self.parameters, self.method) = (map, anatomy, doubts, parameters, method)
        let sites = SiteMap(map, anatomy: anatomy, field: field, reach: parameters.reach), grid = map.grid, top = Int(sites.sites.max() ?? 0)
        self.sites = sites
        sheathCuts = SheathCuts(sites)
        var coverage = [SiteCoverage](repeating: SiteCoverage(size: grid.size), count: top + 1)
        var assessed = [Double](repeating: 0, count: top + 1), shared = [[Double]](repeating: [], count: top + 1)
        let lesionTop = Int(map.labels.max() ?? 0)
        map.labels.withUnsafeBufferPointer { labels in
            sites.forEachVoxel { i, site, share in
                let s = Int(site), isCovered = sites.covered.isEmpty || sites.covered[i]
                coverage[s].add(grid.index(at: i), share, isCovered: isCovered)
                guard isCovered else { return }
                assessed[s] += share
                guard labels[i] != 0 else { return }
                if shared[s].isEmpty { shared[s] = [Double](repeating: 0, count: lesionTop + 1) }
                shared[s][Int(labels[i])] += share
            }
        }
        for s in 1..<max(top + 1, 1) where coverage[s].voxels > 0 {
            (self.coverage[UInt16(s)], self.assessed[UInt16(s)]) = (coverage[s], assessed[s])
            for (lesion, n) in shared[s].enumerated() where n > 0 { self.shared[SIMD2(UInt16(lesion), UInt16(s))] = n }
        }
    }

    /// May a site be scored, and if so with which doubts.
    struct Verdict {
        var reasons: [String] = []
        /// Why there is no number.
        var refusal: String?
        /// The share that was seen, when it is not all.
        var covered: Double?
        var status: Measurement.Status { reasons.isEmpty ? .ok : .review }
        var reason: String? { reasons.isEmpty ? nil : reasons.joined(separator: "; ") }
    }

    func verdict(_ site: Label, kind: WristAnatomy.Kind) -> Verdict {
        guard let coverage = coverage[site.value] else { return Verdict(refusal: "the anatomy map does not show \(site.name)") }
        var verdict = Verdict(), share = 1.0
        if kind == .tendonCompartment {
            share = coverage.seenShare * (1 - sheathCuts.missingShare(of: site.value))
            if !sheathCuts.isKnown { verdict.reasons.append("the field does not show all of the way from the radius to the tip of the hamate") }
        } else if WristAnatomy.structure(named: site.name)?.extent == .tenMillimetresFromArticularSurface {
            guard let end = sites.ends[site.value] else { return Verdict(refusal: "no carpal bone shows which end of \(site.name) is articular") }
            if end.cutShare > 0.2 { return Verdict(refusal: "the field of view cuts the articular end of \(site.name)") }
            if !end.showsShaft { verdict.reasons.append("too little of the shaft is in the field to tell its axis") }
            share = coverage.covered(depth: (end, map.grid))
        } else {
            share = coverage.covered()
        }
        if share < parameters.leastCovered {
            verdict.refusal = "about \(Int((100 * share).rounded())) % of \(site.name) is covered, less than the \(Int((100 * parameters.leastCovered).rounded())) % it takes"
        } else if share < 0.98 {
            verdict.covered = share
            verdict.reasons.append("about \(Int((100 * share).rounded())) % of \(site.name) is covered")
        }
        return verdict
    }

    /// The rows of a lesion in each site of its kind.
    func rows(of lesion: Label) -> [Measurement] {
        guard let kind = LesionSites.kind(of: lesion.name) else { return [] }
        let occurs = parameters.wholeFieldAssessed || map.labels.contains(lesion.value)
        let doubt = VolumeDoubt(lesion: lesion.value, in: map, doubts: doubts, parameters) { i in
            // Beside a site a voxel's doubt belongs to none: its other side counts for both.
            let site = sites.sites[i], fits = site != 0 && WristAnatomy.structures[Int(site) - 1].kind == kind
            return fits ? (site, sites.share(ofVoxel: i, site: site)) : (0, 1)
        }
        let expected = parameters.partialVolume ? doubts.probabilities(of: lesion.value, in: map.legend).map { self.expected($0, in: kind) } : nil
        var all: [Measurement] = []
        for structure in WristAnatomy.structures where structure.kind == kind {
            guard let site = anatomy.legend[structure.name] else {
                all += LesionSites.notScorable(lesion.name, kind: kind, region: "\(lesion.name)/\(structure.name)", because: "the anatomy map does not name \(structure.name)", method: method)
                continue
            }
            var verdict = verdict(site, kind: kind)
            if !occurs { verdict.refusal = "the label does not occur, and not the whole field was assessed" }
            let region = "\(lesion.name)/\(site.name)"
            if let refusal = verdict.refusal {
                all += LesionSites.notScorable(lesion.name, kind: kind, region: region, because: refusal, method: method)
                continue
            }
            let n = expected.map { $0[site.value] ?? 0 } ?? shared[SIMD2(lesion.value, site.value)] ?? 0
            all += volumes(n, of: site, kind: kind, region: region, verdict, doubt)
            if kind == .tendonCompartment {
                let isEmpty = (shared[SIMD2(lesion.value, site.value)] ?? 0) == 0
                all += SheathMeasurement(lesion: lesion.value, site: site.value, region: region, volumeIsZero: isEmpty, verdict: verdict, in: self).rows
            }
            if let covered = verdict.covered { all.append(row("covered-fraction", covered, "1", region, verdict)) }
        }
        return all
    }

    /// The site of a kind that each voxel belongs to where `isNeeded` holds: its own, or that of the voxels around it, the commonest,
    /// up to three voxels away; 0 for none.
    private func places(of kind: WristAnatomy.Kind, where isNeeded: (Int) -> Bool) -> [UInt16] {
        let grid = map.grid
        var places = sites.sites.map { site in
            (kind == .bone ? 1...15 : kind == .joint ? 16...18 : 19...28).contains(site) ? site : 0
        }
        var open = places.indices.filter { places[$0] == 0 && isNeeded($0) }
        for _ in 0..<3 where !open.isEmpty {
            var found: [(Int, UInt16)] = []
            for i in open {
                var counts: [(site: UInt16, n: Int)] = []
                SiteMap.forEachNeighbour(of: grid.index(at: i), in: grid.size) {
                    let site = places[grid.offset($0.x, $0.y, $0.z)]
                    guard site != 0 else { return }
                    if let k = counts.firstIndex(where: { $0.site == site }) { counts[k].n += 1 } else { counts.append((site, 1)) }
                }
                if let best = counts.max(by: { $0.n != $1.n ? $0.n < $1.n : $0.site > $1.site }) { found.append((i, best.site)) }
            }
            for (i, site) in found { places[i] = site }
            open.removeAll { places[$0] != 0 }
        }
        return places
    }

    /// Sums of probabilities by site, in voxels.
    private func expected(_ probabilities: Volume<Float>, in kind: WristAnatomy.Kind) -> [UInt16: Double] {
        let places = places(of: kind) { probabilities.scalars[$0] > 0 }
        var sums: [UInt16: Double] = [:]
        for i in places.indices where places[i] != 0 && probabilities.scalars[i] > 0 && (sites.covered.isEmpty || sites.covered[i]) {
            sums[places[i], default: 0] += Double(min(probabilities.scalars[i], 1)) * sites.share(ofVoxel: i, site: places[i])
        }
        return sums
    }

    private func volumes(_ n: Double, of site: Label, kind: WristAnatomy.Kind, region: String, _ verdict: Verdict, _ doubt: VolumeDoubt) -> [Measurement] {
        let voxel = map.grid.voxelVolume / 1000, labelled = shared[SIMD2(map.legend[String(region.prefix { $0 != "/" })]?.value ?? 0, site.value)] ?? 0
        var interval = doubt.interval(around: labelled, site: site.value), verdict = verdict
        if n < interval.low || n > interval.high {
            // Sums of probabilities reach beyond the voxels that are labelled, which the interval is made of.
            interval = (min(interval.low, n), max(interval.high, n))
            verdict.reasons.append("the labels and the sum of probabilities disagree")
        }
        var rows = [("volume", n), ("volume-low", interval.low), ("volume-high", interval.high)].map { row($0, $1 * voxel, "mL", region, verdict) }
        if kind != .tendonCompartment, let whole = assessed[site.value], whole > 0 { rows.append(row("fraction", n / whole, "1", region, verdict)) }
        return rows
    }

    /// What fractions are taken of: the assessed volume of bones and the capacity of joints, as far as the legend's lesions ask for them.
    var references: [Measurement] {
        let asked = map.legend.labels.compactMap { LesionSites.kind(of: $0.name) }
        var all: [Measurement] = []
        for (kind, quantity) in [(WristAnatomy.Kind.bone, "assessed-volume"), (.joint, "capacity")] where asked.contains(kind) {
            for structure in WristAnatomy.structures where structure.kind == kind {
                guard let site = anatomy.legend[structure.name] else { continue }
                let verdict = verdict(site, kind: kind)
                if let refusal = verdict.refusal {
                    all.append(.notScorable(quantity, unit: "mL", region: site.name, because: refusal, method: method))
                } else {
                    all.append(row(quantity, (assessed[site.value] ?? 0) * map.grid.voxelVolume / 1000, "mL", site.name, verdict))
                }
            }
        }
        return all
    }

    /// What of a lesion lies in no site it can lie in: in or beside vessels, elsewhere, and what is left without both.
    func strays(of lesion: Label) -> [Measurement] {
        guard let kind = LesionSites.kind(of: lesion.name) else { return [] }
        let size = map.grid.size, vessel = anatomy.legend["vessel"]?.value
        let isSite = (0...Int(sites.sites.max() ?? 0)).map { value in anatomy.legend[UInt16(value)].map { WristAnatomy.structure(named: $0.name)?.kind == kind } ?? false }
        var suspect = 0, outside = 0, inside = 0
        for i in map.labels.indices where map.labels[i] == lesion.value {
            if isSite[Int(sites.sites[i])] { inside += 1; continue }
            var besideVessel = false
            if let vessel {
                SiteMap.forEachNeighbour(of: map.grid.index(at: i), in: size) { if sites.sites[map.grid.offset($0.x, $0.y, $0.z)] == vessel { besideVessel = true } }
            }
            if besideVessel { suspect += 1 } else { outside += 1 }
        }
        return [("outside-anatomy-volume", outside), ("vessel-suspect-volume", suspect), ("volume-in-anatomy", inside)].map { quantity, n in
            Measurement(quantity, Double(n) * map.grid.voxelVolume / 1000, unit: "mL", region: lesion.name, method: method)
        }
    }

    func row(_ quantity: String, _ value: Double, _ unit: String, _ region: String, _ verdict: Verdict) -> Measurement {
        Measurement(quantity, value, unit: unit, region: region, status: verdict.status, reason: verdict.reason, method: method)
    }
}

extension LabelMap {
    /// The map with the structures of the wrist under their values in `WristAnatomy`, whatever the map calls them; other labels are left out.
    var inWristValues: LabelMap {
        let known = legend.labels.compactMap { label in
            WristAnatomy.structure(named: label.name).map { (from: label.value, to: Label(value: $0.label, name: label.name, color: label.color)) }
        }
        var values = [UInt16](repeating: 0, count: Int(labels.max() ?? 0) + 1)
        for (from, to) in known where Int(from) < values.count { values[Int(from)] = to.value }
        return LabelMap(grid: grid, labels: labels.map { values[Int($0)] }, legend: Legend(known.map(\.to)))
    }
}
