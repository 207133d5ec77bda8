import Foundation

/// When the frames of a NIfTI series began.
enum FrameTimes {
    private struct Sidecar: Decodable {
        var FrameTimesStart: [Double]?
        var VolumeTiming: [Double]?
    }

    /// Times from the BIDS sidecar beside the file, which alone can hold uneven ones, else from the header's frame interval.
    static func times(of h: NIfTI.Header, frames: Int, at url: URL) throws -> [Double] {
        let stem = url.lastPathComponent.replacing(/\.(nii|hdr|img)(\.gz)?$/.ignoresCase(), with: "")
        let sidecar = url.deletingLastPathComponent().appending(path: stem + ".json")
        if let data = FileManager.default.contents(atPath: sidecar.path(percentEncoded: false)) {
            let told: Sidecar
            do {
                told = try JSONDecoder().decode(Sidecar.self, from: data)
            } catch {
                throw IOError(.malformed, at: sidecar, "the sidecar is no JSON with a list of times: \(error.localizedDescription)")
            }
            if let times = told.FrameTimesStart ?? told.VolumeTiming {
                guard times.count == frames, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
                    throw IOError(.inconsistent, at: sidecar, "\(times.count) times for \(frames) frames, which must increase from frame to frame")
                }
                return times
            }
        }
        let step = h.pixdim[3] * (h.seconds ?? 1)
        guard step.isFinite, step > 0 else {
            throw IOError(.inconsistent, at: url, "the file holds \(frames) frames and no times; write \"FrameTimesStart\" (s) into \(stem).json beside it")
        }
        let start = h.timeOffset.isFinite ? h.timeOffset * (h.seconds ?? 1) : 0
        return (0..<frames).map { start + Double($0) * step }
    }
}
