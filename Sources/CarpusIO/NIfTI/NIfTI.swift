import CNifti
public import CarpusCore
public import Foundation

/// NIfTI files: versions 1 and 2, `.nii` and `.hdr/.img`, compressed or not, either byte order.
public enum NIfTI {
    /// What a file holds.
    public struct Image: Sendable {
        /// One volume, or several over time.
        public enum Content: Sendable {
            case volume(Volume<Float>)
            case series(TimeSeries)
        }
        public let content: Content
        public let header: Header
        /// What is doubtful.
        public let findings: [Finding]

        /// The volume, nil for a series.
        public var volume: Volume<Float>? { if case .volume(let v) = content { v } else { nil } }
    }

    /// Header, grid and doubts, without voxels.
    public static func header(of url: URL) throws -> (Header, Grid, [Finding]) {
        let place = try Pair(url)
        let header = try readHeader(place.header)
        let (grid, findings) = try WorldFrame.grid(of: header, at: url)
        return (header, grid, findings)
    }

    /// All of a file.
    ///
    /// - Parameter times: tells the times in s of a number of frames, instead of the file and its sidecar; they must increase.
    /// - Throws: `IOError`, or what `times` throws. Complex and coloured voxels, vectors and more than four dimensions are refused.
    public static func read(_ url: URL, times told: ((_ frames: Int) throws -> [Double])? = nil) throws -> Image {
        let place = try Pair(url)
        let header = try readHeader(place.header)
        var (grid, findings) = try WorldFrame.grid(of: header, at: url)
        let frames = try frameCount(header, at: url)
        let (values, doubts) = try VoxelReader(header: header, file: header.isPair ? place.image : place.header).read(count: grid.count * frames)
        findings += doubts
        guard frames > 1 else {
            return Image(content: .volume(Volume(grid: grid, scalars: values)), header: header, findings: findings)
        }
        let times = try told?(frames) ?? FrameTimes.times(of: header, frames: frames, at: url)
        return Image(content: .series(TimeSeries(grid: grid, times: times, scalars: values)), header: header, findings: findings)
    }

    /// A file of one volume.
    public static func readVolume(_ url: URL) throws -> Volume<Float> {
        guard let volume = try read(url).volume else {
            throw IOError(.inconsistent, at: url, "the file holds several frames, and one volume is wanted")
        }
        return volume
    }

    /// A file of labels.
    ///
    /// - Parameter legend: what the values mean; labels are numbered where it is not given.
    /// - Throws: `IOError` when a value is no whole number from 0 to 65535, or missing from the legend.
    public static func readLabels(_ url: URL, legend: Legend? = nil) throws -> LabelMap {
        let volume = try readVolume(url)
        var labels = [UInt16](repeating: 0, count: volume.scalars.count), seen = Set<UInt16>()
        for (i, value) in volume.scalars.enumerated() where value != 0 {
            guard value >= 0, value <= 65535, value == value.rounded() else {
                throw IOError(.inconsistent, at: url, "this is no label map: it holds the value \(value); labels are whole numbers from 0 to 65535")
            }
            labels[i] = UInt16(value)
            seen.insert(labels[i])
        }
        if let legend, let stranger = seen.sorted().first(where: { legend[$0] == nil }) {
            throw IOError(.inconsistent, at: url, "the label \(stranger) is missing from the legend")
        }
        let named = legend ?? Legend(seen.sorted().map { Label(value: $0, name: "label-\($0)", color: Palette.distinct(Int($0) - 1)) })
        return LabelMap(grid: volume.grid, labels: labels, legend: named)
    }

    static func readHeader(_ file: URL) throws -> Header {
        let stream = try NIfTIStream(reading: file)
        var bytes = [UInt8](repeating: 0, count: Header.sizes.two)
        let n = stream.read(bytes.count, into: &bytes)
        guard n > 0 else { throw IOError(.truncated, at: file, "the file is empty, or its compression is broken") }
        return try Header(Array(bytes.prefix(n)), of: file)
    }

    private static func frameCount(_ h: Header, at url: URL) throws -> Int {
        guard h.dimensions.dropFirst(4).allSatisfy({ $0 == 1 }) else {
            throw IOError(.unsupported, at: url, "the file has \(h.dimensions.count) dimensions (\(h.dimensions.map(String.init).joined(separator: " x "))); volumes and series over time are read")
        }
        return h.dimensions.count > 3 ? h.dimensions[3] : 1
    }

    /// The one or two files of an image.
    struct Pair {
        let header, image: URL

        init(_ url: URL) throws {
            let name = url.lastPathComponent, folder = url.deletingLastPathComponent()
            guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
                throw IOError(.missing, at: url, "there is no such file")
            }
            guard let match = name.firstMatch(of: /(?i)\.(hdr|img)(\.gz)?$/) else {
                (header, image) = (url, url)
                return
            }
            let stem = String(name[..<match.range.lowerBound])
            header = try Self.partner(stem, [".hdr", ".hdr.gz"], in: folder, of: url)
            image = try Self.partner(stem, [".img", ".img.gz"], in: folder, of: url)
        }

        private static func partner(_ stem: String, _ endings: [String], in folder: URL, of url: URL) throws -> URL {
            for ending in endings + endings.map({ $0.uppercased() }) {
                let file = folder.appending(path: stem + ending)
                if FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) { return file }
            }
            throw IOError(.missing, at: url, "a .hdr and its .img belong together, and \(stem)\(endings[0]) is not there")
        }
    }
}
