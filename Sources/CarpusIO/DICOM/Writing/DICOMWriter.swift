public import CarpusCore
public import Foundation

/// Writes simulated images as classic single-frame MR files, as a scanner exports them.
///
/// Values are stored as unsigned 16-bit integers, rounded, without a rescale; geometry and numbers have the 16 characters
/// DICOM gives them. Equal input gives equal bytes (of one version of DCMTK, which signs the files). Reading with `DICOMFolder` gives the same voxels at the same world
/// positions; slices are then sorted along the normal of their rows and columns, so that a left-handed grid comes back with
/// its slices in reverse, right-handed.
public enum DICOMWriter {
    /// Writes a volume, one file a slice, `IM0001.dcm` and on in the grid's order.
    ///
    /// - Parameter folder: is made; it must be absent or empty, and lie in a folder that is there. It appears whole, or not at all.
    /// - Throws: `IOError`: `.unsupported` for values and texts that DICOM cannot hold, `.exists`, `.cannotWrite`.
    public static func write(_ volume: Volume<Float>, as series: MRSeriesDescription, to folder: URL) throws {
        try write(volume.grid, times: [0], volume.scalars, series, to: folder)
    }

    /// Writes a series over time, one file a slice and frame, frame after frame. A frame's time, added to the series' start, is
    /// in AcquisitionDate and AcquisitionTime; it must lie a millisecond or more after the one before.
    ///
    /// - Throws: as for a volume.
    public static func write(_ frames: TimeSeries, as series: MRSeriesDescription, to folder: URL) throws {
        try write(frames.grid, times: frames.times, frames.scalars, series, to: folder)
    }

    private static func write(_ grid: Grid, times: [Double], _ scalars: [Float], _ series: MRSeriesDescription, to folder: URL) throws {
        guard max(grid.size.x, grid.size.y) <= 65_535 else { throw IOError(.unsupported, at: folder, "DICOM holds at most 65535 rows and columns") }
        guard zip(times, times.dropFirst()).allSatisfy({ $1 - $0 >= 0.001 }), times.allSatisfy({ abs($0) < 1e6 }) else {
            throw IOError(.unsupported, at: folder, "the frames must be a millisecond or more apart, and within days of the start")
        }
        let common = DICOMElementList(series, grid: grid, frames: times, range: try StoredRange(scalars, on: grid, at: folder))
        let count = grid.size.x * grid.size.y
        try whole(folder) { side in
            for (frame, time) in times.enumerated() {
                for slice in 0..<grid.size.z {
                    let i = frame * grid.size.z + slice
                    var elements = common
                    elements.putImage(of: series, number: i + 1, frame: frame, isSeries: times.count > 1, slice: slice, grid: grid, time: time)
                    let file = side.appending(path: String(format: "IM%04d.dcm", i + 1))
                    try elements.write(pixels: .words(StoredRange.stored(scalars[i * count..<(i + 1) * count])), to: file)
                }
            }
        }
    }

    /// Fills a folder to the side and renames it.
    private static func whole(_ folder: URL, _ fill: (URL) throws -> Void) throws {
        let files = FileManager.default, path = folder.path(percentEncoded: false)
        if let held = try? files.contentsOfDirectory(atPath: path), !held.isEmpty {
            throw IOError(.exists, at: folder, "the folder is not empty; choose another, or remove it")
        }
        let side = folder.deletingLastPathComponent().appending(path: ".part-\(UUID().uuidString)", directoryHint: .isDirectory)
        do {
            try files.createDirectory(at: side, withIntermediateDirectories: false)
            try fill(side)
            guard rename(side.path(percentEncoded: false), path) == 0 else {
                throw IOError(.cannotWrite, at: folder, "the folder cannot be put in place: \(String(cString: strerror(errno)))")
            }
        } catch {
            try? files.removeItem(at: side)
            guard let known = error as? IOError else { throw IOError(.cannotWrite, at: folder, "the folder cannot be made: \(error.localizedDescription)") }
            throw IOError(known.code, at: folder, known.message)
        }
    }
}
