public import CarpusCore
import CarpusIO
public import CarpusPipeline
public import Foundation

// Images rest as uncompressed NIfTI, which every viewer opens, with a small JSON file for what NIfTI cannot hold.

extension Volume: Encodable where Scalar == Float {}
extension Volume: Decodable where Scalar == Float {}

extension Volume: Artifact where Scalar == Float {
    public static var kind: String { "volume" }
    public static var placeholder: Self { Volume(grid: .single, repeating: 0) }

    public init(restingAt stem: URL) throws {
        let read = try NIfTI.readVolume(stem.appendingPathExtension("nii"))
        self.init(grid: try GridFile.read(at: stem, like: read.grid), scalars: read.scalars)
    }

    public func rest(at stem: URL) throws {
        try NIfTI.write(self, to: stem.appendingPathExtension("nii"))
        try GridFile(grid: grid).write(at: stem)
    }
}

extension TimeSeries: Artifact {
    public static var kind: String { "timeseries" }
    public static var placeholder: Self { TimeSeries(grid: .single, times: [0], scalars: [0]) }

    public init(restingAt stem: URL) throws {
        let image = try NIfTI.read(stem.appendingPathExtension("nii"))
        guard case .series(let series) = image.content else {
            throw IOError(.inconsistent, at: stem, "a stored time series has become a single volume; remove the folder .carpus of the output and run again")
        }
        self.init(grid: try GridFile.read(at: stem, like: series.grid), times: series.times, scalars: series.scalars)
    }

    public func rest(at stem: URL) throws {
        try NIfTI.write(self, to: stem.appendingPathExtension("nii"))
        try GridFile(grid: grid, FrameTimesStart: times).write(at: stem)
    }
}

extension LabelMap: Artifact {
    public static var kind: String { "labels" }
    public static var placeholder: Self { LabelMap(grid: .single, labels: [0], legend: Legend([])) }

    public init(restingAt stem: URL) throws {
        let legend = try JSONDecoder().decode(Legend.self, from: Data(contentsOf: stem.appendingPathExtension("legend.json")))
        let read = try NIfTI.readLabels(stem.appendingPathExtension("nii"), legend: legend)
        self.init(grid: try GridFile.read(at: stem, like: read.grid), labels: read.labels, legend: legend)
    }

    public func rest(at stem: URL) throws {
        try NIfTI.write(self, to: stem.appendingPathExtension("nii"))
        try GridFile(grid: grid).write(at: stem)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(legend).write(to: stem.appendingPathExtension("legend.json"))
    }
}

/// The grid in full precision: NIfTI keeps its affine in 32 bits, so that a grid read back would no longer equal the one written.
private struct GridFile: Codable {
    var grid: Grid
    var FrameTimesStart: [Double]?

    func write(at stem: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(self).write(to: stem.appendingPathExtension("json"))
    }

    static func read(at stem: URL, like stored: Grid) throws -> Grid {
        let grid = try JSONDecoder().decode(GridFile.self, from: Data(contentsOf: stem.appendingPathExtension("json"))).grid
        guard grid.matches(stored, within: 0.01) else {
            throw IOError(.inconsistent, at: stem, "a stored image and its grid disagree; remove the folder .carpus of the output and run again")
        }
        return grid
    }
}

extension Grid {
    /// One voxel of 1 mm: a placeholder.
    static var single: Grid {
        do { return try Grid(size: Index3(1, 1, 1), spacing: Vector3(1, 1, 1)) } catch { preconditionFailure("a grid of one voxel is sound: \(error)") }
    }
}
