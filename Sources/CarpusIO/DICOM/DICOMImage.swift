public import CarpusCore
import Foundation
import Synchronization

/// One image of a DICOM series: a volume, or a volume seen at several times.
public struct DICOMImage: Sendable {
    /// The voxels.
    public let content: NIfTI.Image.Content
    /// What is doubtful about this image.
    public let findings: [Finding]
    /// Tells several images of one series apart in file names, `_echo-1`, `_phase`; empty when there is one.
    public let suffix: String
    /// What is told beside the image.
    public let sidecar: DICOMSidecar
    /// Which slice came from which instance; nil where the headers do not identify them.
    public let source: DICOMSource?
}

/// Where the voxels of one image of a DICOM series lie, as its headers tell.
public struct DICOMGeometry: Sendable {
    /// Its voxels.
    public let grid: Grid
    /// Images at each place: 1 for a volume.
    public let frameCount: Int
    /// What is doubtful about how its slices lie.
    public let findings: [Finding]
}

extension DICOMSeries {
    /// Where the voxels of each image lie, from headers alone.
    ///
    /// - Throws: `IOError` as `load` does for what headers tell: slices that fill no box, that are missing or there twice.
    public func geometry() throws -> [DICOMGeometry] {
        let (groups, place) = try groups()
        return try groups.map { group in
            let stack = try SliceStack(group.frames[0], at: place)
            return DICOMGeometry(grid: stack.grid, frameCount: group.frames.count, findings: stack.findings)
        }
    }

    /// The images of the series as their headers tell them, and where they lie on disk.
    private func groups() throws -> ([FrameGroup], place: URL) {
        let place = files.count == 1 ? files[0] : files[0].deletingLastPathComponent()
        let frames = try sources.enumerated().flatMap { try DICOMFrame.frames(of: $1, index: $0) }
        guard !frames.isEmpty else { throw IOError(.inconsistent, at: place, "the series holds no image") }
        return (try FrameGrouping(place: place).groups(frames), place)
    }

    /// Reads the voxels.
    ///
    /// - Parameter times: tells the times in s of a number of frames, for each time series, instead of all clocks of the headers; they must increase.
    /// - Throws: `IOError` when slices fill no box, frames are missing or there twice, clocks disagree, or pixels cannot be decoded; or what `times` throws.
    public func load(times: ((_ frames: Int) throws -> [Double])? = nil) throws -> [DICOMImage] {
        let (groups, place) = try groups()
        let suffixes = ImageSuffix.all(groups)
        return try zip(groups, suffixes).map { try image($0, suffix: $1, times: times, place: place) }
    }

    private func image(_ group: FrameGroup, suffix: String, times told: ((_ frames: Int) throws -> [Double])?, place: URL) throws -> DICOMImage {
        var findings: [Finding] = [], times: [Double]?
        if group.frames.count > 1 { times = try Self.times(group, given: try told?(group.frames.count), place: place, findings: &findings) }
        let stack = try SliceStack(group.frames[0], at: place)
        let slices = group.frames.flatMap { $0 }
        for (t, frame) in group.frames.enumerated().dropFirst() {
            for (a, b) in zip(frame, group.frames[0]) where (a.position - b.position).length > 0.01 * a.columnSpacing + 0.005 {
                throw IOError(.badGeometry, at: place, "the slices of frame \(t + 1) lie elsewhere than those of the first, so the frames are no series over time; separate them")
            }
        }
        let scaling = PixelScaling(slices)
        findings += stack.findings + scaling.findings
        if slices[0].values[.photometric] == "MONOCHROME1" {
            findings.append(Finding(.warning, "dicom.monochrome1", "The image is meant to be shown inverted (MONOCHROME1); values are kept as stored."))
        }
        let scalars = try pixels(slices, scaling.slopes, count: stack.grid.size.x * stack.grid.size.y, place: place)
        let sidecar = DICOMSidecar(slices[0], tesla: tesla, times: times, philips: scaling.philips)
        let content: NIfTI.Image.Content = times.map { .series(TimeSeries(grid: stack.grid, times: $0, scalars: scalars)) } ?? .volume(Volume(grid: stack.grid, scalars: scalars))
        return DICOMImage(content: content, findings: findings, suffix: suffix, sidecar: sidecar, source: DICOMSource(group.frames, on: stack.grid, files: sources))
    }

    private static func times(_ group: FrameGroup, given: [Double]?, place: URL, findings: inout [Finding]) throws -> [Double] {
        guard let given else {
            let acquired = try AcquiredTimes(group.frames, at: place)
            findings.append(acquired.finding)
            return acquired.times
        }
        guard given.count == group.frames.count, given.allSatisfy(\.isFinite), zip(given, given.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw IOError(.inconsistent, at: place, "\(given.count) times were given for \(group.frames.count) frames; they must be as many, and increase")
        }
        findings.append(Finding(.note, "dicom.frame-times", "The frames' times were given, not read.", evidence: ["chosen": "given"]))
        return given
    }

    /// Decodes each file once and writes its slices to their places, several files at a time.
    private func pixels(_ slices: [DICOMFrame], _ slopes: [(slope: Double, intercept: Double)], count: Int, place: URL) throws -> [Float] {
        let byFile = Dictionary(grouping: slices.indices) { slices[$0].file }.sorted { $0.key < $1.key }
        // Nothing is allocated for what the files cannot hold.
        for (file, _) in byFile { _ = try DICOMPixels.expectedBytes(of: sources[file]) }
        let trouble = Mutex<(file: Int, error: any Error)?>(nil)
        let scalars = [Float](unsafeUninitializedCapacity: slices.count * count) { out, initialized in
            out.initialize(repeating: 0)
            // Each slice writes a part of its own.
            nonisolated(unsafe) let base = out.baseAddress
            Parallel.forEach(byFile.count) { i in
                let (file, wanted) = byFile[i]
                do {
                    let pixels = try DICOMPixels(of: sources[file])
                    for at in wanted {
                        let s = slices[at]
                        guard let base, s.frame < pixels.frameCount, s.tile.x + s.columns <= pixels.columns, s.tile.y + s.rows <= pixels.rows else {
                            throw IOError(.malformed, at: files[file], "the decoded pixels have not the size the header names")
                        }
                        pixels.write(frame: s.frame, x: s.tile.x, y: s.tile.y, width: s.columns, height: s.rows, scale: slopes[at], into: base + at * count)
                    }
                } catch {
                    // The first file's error, whichever thread meets one first.
                    trouble.withLock { if $0.map({ file < $0.file }) ?? true { $0 = (file, error) } }
                }
            }
            initialized = slices.count * count
        }
        if let error = trouble.withLock({ $0?.error }) { throw error }
        return scalars
    }
}

/// Names for several images of one series.
private enum ImageSuffix {
    static func all(_ groups: [FrameGroup]) -> [String] {
        guard groups.count > 1 else { return [""] }
        let echoes = Set(groups.compactMap(\.kind.echo)).sorted(), components = Set(groups.map(\.kind.component))
        var names = groups.map { group -> String in
            var name = ""
            if echoes.count > 1, let i = group.kind.echo.flatMap(echoes.firstIndex) { name += "_echo-\(i + 1)" }
            if components.count > 1, let component = group.kind.component, component != "MAGNITUDE" { name += "_" + label(component) }
            return name
        }
        let types = Set(groups.map { $0.kind.types.last ?? "" })
        if Set(names).count < names.count, types.count > 1 {
            for (i, group) in groups.enumerated() { names[i] += "_" + label(group.kind.types.last ?? "other") }
        }
        var seen: [String: Int] = [:]
        let total = Dictionary(grouping: names) { $0 }.mapValues(\.count)
        return names.map { name in
            seen[name, default: 0] += 1
            return total[name] == 1 ? name : "\(name)_image-\(seen[name] ?? 1)"
        }
    }

    private static func label(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
}
