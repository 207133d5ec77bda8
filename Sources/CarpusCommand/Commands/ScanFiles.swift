import Carpus
import CarpusCore
import CarpusIO
import CarpusPerfusion
import Foundation

/// A file or folder the user names as one scan, with what its headers tell of the sequence.
struct ScanFile {
    let source: URL

    init(_ path: String) { source = URL(filePath: path) }

    private var isNIfTI: Bool {
        let name = source.lastPathComponent.lowercased()
        return [".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"].contains(where: name.hasSuffix)
    }

    /// A series of several frames, and what its reader doubts.
    ///
    /// - Parameter times: of the frames, s, instead of the headers'.
    func series(times: FrameTimesOption) throws -> (series: TimeSeries, acquisition: Acquisition, findings: [Finding]) {
        if isNIfTI {
            let header = try NIfTI.header(of: source).0
            if !times.isGiven, header.dimensions.count == 4, header.dimensions[3] > 1, !(header.pixdim[3] > 0), try Acquisition.framesAreTimed(beside: source) == false {
                throw IOError(.inconsistent, at: source, "the file holds \(header.dimensions[3]) frames and no times; give --times or --frame-interval, or write \"FrameTimesStart\" (s) into a sidecar beside it")
            }
            let image = try NIfTI.read(source, times: times.isGiven ? { try times.list(frames: $0, axes: header.dimensions) } : nil)
            guard case .series(let series) = image.content else { throw oneVolume }
            return (series, try Acquisition(beside: source), image.findings)
        }
        let scan = try onlySeries("the dynamic series"), images = try scan.load(times: times.isGiven ? { try times.list(frames: $0, axes: []) } : nil)
        let found = images.compactMap { image -> (TimeSeries, [Finding])? in if case .series(let s) = image.content { (s, image.findings) } else { nil } }
        guard let (series, doubts) = found.first else { throw oneVolume }
        guard found.count == 1 else {
            throw IOError(.inconsistent, at: source, "one series over time is wanted, and the DICOM series holds \(found.count) series over time (echoes or kinds of image); give a folder of one of them")
        }
        return (series, Acquisition(scan), scan.findings + doubts)
    }

    /// One volume, or the several of a NIfTI file whose fourth axis is anything but time; and what its reader doubts.
    func volumes() throws -> (volumes: [Volume<Float>], acquisition: Acquisition, findings: [Finding]) {
        if isNIfTI {
            let acquisition = try Acquisition(beside: source), image = try NIfTI.read(source, times: { (0..<$0).map(Double.init) })
            switch image.content {
            case .volume(let volume): return ([volume], acquisition, image.findings)
            case .series(let series): return ((0..<series.frameCount).map(series.frame), acquisition, image.findings)
            }
        }
        let scan = try onlySeries("one flip angle"), images = try scan.load()
        guard images.count == 1, case .volume(let volume) = images[0].content else {
            throw IOError(.inconsistent, at: source, "one volume is wanted, and the series holds several; give the folder of one flip angle alone")
        }
        return ([volume], Acquisition(scan), scan.findings + images[0].findings)
    }

    private func onlySeries(_ what: String) throws -> DICOMSeries {
        let scan = try DICOMFolder.scan(source)
        guard scan.series.count == 1 else {
            throw IOError(scan.series.isEmpty ? .notRecognised : .inconsistent, at: source, "one DICOM series is wanted, and there are \(scan.series.count); give the folder of \(what) alone")
        }
        return scan.series[0]
    }

    private var oneVolume: IOError {
        IOError(.inconsistent, at: source, "this is one volume, not several over time; if its frames lie along another axis, or in several files, put them along the fourth")
    }
}

/// Times of frames as the user gives them.
struct FrameTimesOption {
    /// A text file of numbers.
    let file: URL?
    /// Seconds from frame to frame.
    let interval: Double?

    var isGiven: Bool { file != nil || interval != nil }

    /// One time a frame.
    ///
    /// - Parameter axes: lengths of the image's axes, to tell where time may lie when the number of times does not fit.
    func list(frames: Int, axes: [Int]) throws -> [Double] {
        guard let file else { return try TimeAxis.even(interval: interval ?? .nan, frames: frames) }
        let list = try Self.numbers(in: file)
        if list.count != frames, let axis = axes.firstIndex(of: list.count) {
            throw IOError(.inconsistent, at: file, "there are \(list.count) times for \(frames) frames, and axis \(axis + 1) of the image has \(list.count): time seems to run along it; put the frames along the fourth axis")
        }
        do {
            try TimeAxis.check(list, frames: frames)
        } catch let error as PerfusionError {
            throw IOError(.inconsistent, at: file, error.message)
        }
        return list
    }

    private static func numbers(in file: URL) throws -> [Double] {
        guard let data = FileManager.default.contents(atPath: file.path(percentEncoded: false)) else { throw IOError(.missing, at: file, "there is no such file of times") }
        return try String(decoding: data, as: UTF8.self).split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ";" }).map {
            guard let x = Double($0) else { throw IOError(.malformed, at: file, "'\($0)' is no time in seconds") }
            return x
        }
    }
}
