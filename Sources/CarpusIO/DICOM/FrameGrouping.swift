import CarpusCore
import Foundation

/// One image of a series: frames in order of time, each with its slices by rising depth.
struct FrameGroup {
    /// What its frames have in common.
    let kind: ImageKind
    let frames: [[DICOMFrame]]
}

/// What frames must have in common to belong to one image.
struct ImageKind: Hashable {
    let types: [String]
    let component: String?
    /// µs, so that rounding in headers does not split an image.
    let echo: Int?
    let columns: Int, rows: Int

    init(_ frame: DICOMFrame) {
        let v = frame.values
        let told = v[.frameType] == nil ? v.strings(.imageType) : v.strings(.frameType)
        types = told.map { $0.uppercased() }.filter { $0 != "MOSAIC" }
        component = v[.complexComponent]?.uppercased() ?? types.dropFirst(2).compactMap { Self.components[$0] }.first
        echo = frame.echoTime.map { Int(($0 * 1000).rounded()) }
        (columns, rows) = (frame.columns, frame.rows)
    }

    /// How vendors write what of the complex signal an image shows, among the later values of ImageType.
    private static let components = [
        "M": "MAGNITUDE", "MAGNITUDE": "MAGNITUDE", "P": "PHASE", "PHASE": "PHASE", "PHASE MAP": "PHASE", "R": "REAL", "REAL": "REAL",
        "I": "IMAGINARY", "IMAGINARY": "IMAGINARY", "M_FFE": "MAGNITUDE", "M_SE": "MAGNITUDE", "P_FFE": "PHASE", "P_SE": "PHASE",
    ]
}

/// Sorts frames into images and times.
struct FrameGrouping {
    let place: URL

    func groups(_ frames: [DICOMFrame]) throws -> [FrameGroup] {
        try checkOrientation(frames)
        let kinds = Dictionary(grouping: frames, by: ImageKind.init)
        let order = kinds.keys.sorted { a, b in
            (a.echo ?? .max, a.types.joined(separator: "\\"), a.component ?? "", a.columns, a.rows) < (b.echo ?? .max, b.types.joined(separator: "\\"), b.component ?? "", b.columns, b.rows)
        }
        return try order.flatMap { kind in
            try split(kinds[kind] ?? []).map { FrameGroup(kind: kind, frames: try ordered($0)) }
        }
    }

    private func checkOrientation(_ frames: [DICOMFrame]) throws {
        let first = frames[0]
        let other = frames.filter { ($0.alongRow - first.alongRow).length > 2e-3 || ($0.alongColumn - first.alongColumn).length > 2e-3 }
        guard other.isEmpty else {
            throw IOError(.badGeometry, at: place, "the slices lie in more than one orientation (\(frames.count - other.count) of \(frames.count) like the first; a localizer?), so they are no one volume; separate them")
        }
        if let odd = frames.first(where: { abs($0.columnSpacing - first.columnSpacing) > 1e-3 * first.columnSpacing || abs($0.rowSpacing - first.rowSpacing) > 1e-3 * first.rowSpacing }) {
            throw IOError(.badGeometry, at: place, "pixels are \(first.columnSpacing) x \(first.rowSpacing) mm in some slices and \(odd.columnSpacing) x \(odd.rowSpacing) mm in others, so they are no one volume; separate them")
        }
    }

    /// Where positions occur several times and another flip angle, inversion time or diffusion weighting tells why, one image each.
    private func split(_ frames: [DICOMFrame]) -> [[DICOMFrame]] {
        guard locations(frames).contains(where: { $0.count > 1 }) else { return [frames] }
        for tag in [DICOMTag.flipAngle, .inversionTime, .bValue] {
            let parts = Dictionary(grouping: frames) { $0.values.double(tag) }
            let sizes = Set(parts.values.map { locations($0).count })
            if parts.count > 1, sizes == [locations(frames).count] {
                return parts.sorted { ($0.key ?? 0) < ($1.key ?? 0) }.flatMap { split($0.value) }
            }
        }
        return [frames]
    }

    /// Frames by rising depth, those of one place together.
    private func locations(_ frames: [DICOMFrame]) -> [[DICOMFrame]] {
        let n = frames[0].normal, depths = frames.map { $0.position.dot(n) }
        let order = frames.indices.sorted { depths[$0] == depths[$1] ? $0 < $1 : depths[$0] < depths[$1] }
        var places: [[DICOMFrame]] = [], last = -Double.infinity
        for i in order {
            // Nearer than any two slices of one stack, farther than rounding.
            if depths[i] - last < 0.01 { places[places.count - 1].append(frames[i]) } else { places.append([frames[i]]) }
            last = depths[i]
        }
        return places
    }

    private func ordered(_ frames: [DICOMFrame]) throws -> [[DICOMFrame]] {
        let places = locations(frames)
        let counts = Dictionary(grouping: places, by: \.count).mapValues(\.count)
        guard counts.count == 1 else {
            let told = counts.sorted { $0.key < $1.key }.map { "\($0.value) positions hold \($0.key)" }.joined(separator: ", ")
            throw IOError(.inconsistent, at: place, "the number of images differs from slice to slice (\(told)): images are missing or there twice; export the whole series")
        }
        let n = places[0].count
        guard n > 1 else { return [places.map { $0[0] }] }
        let inOrder = try sortedByTime(places)
        return (0..<n).map { t in inOrder.map { $0[t] } }
    }

    /// The images of each place in order of time: by index, else by clock, else by acquisition.
    private func sortedByTime(_ places: [[DICOMFrame]]) throws -> [[DICOMFrame]] {
        let indices: [(DICOMFrame) -> Double?] = [{ $0.values.double(.temporalIndex) }, { $0.values.double(.temporalPosition) }]
        let clocks: [(DICOMFrame) -> Double?] = FrameClock.allCases.filter { $0 != .nominal }.map { clock in { clock.seconds($0.values) } }
        for (i, key) in (indices + clocks + [{ $0.values.double(.acquisitionNumber) }]).enumerated() {
            let keys = places.map { $0.map(key) }
            guard keys.allSatisfy({ k in !k.contains(nil) && Set(k).count == k.count }) else { continue }
            // An index means the same frame at every place.
            if i < indices.count, Set(keys.map { Set($0) }).count > 1 { continue }
            let known = keys.joined().compactMap { $0 }, least = known.min() ?? 0, most = known.max() ?? 0
            let wraps = i >= indices.count && most - least > 43_200 && most - least < 86_400
            func moment(_ frame: DICOMFrame) -> Double {
                let t = key(frame) ?? 0
                return wraps && t < least + 43_200 ? t + 86_400 : t
            }
            return places.map { $0.sorted { moment($0) < moment($1) } }
        }
        throw IOError(.inconsistent, at: place, "\(places[0].count) images lie at each position, and neither an index nor a clock tells them apart: they are duplicates; keep one of each")
    }
}
