public import CarpusCore

/// Which DICOM instances an image was read from, so that what is made of it can point back: identifiers and geometry, and nothing about whose they are.
public struct DICOMSource: Sendable, Hashable, Codable {
    /// One image of an instance.
    public struct Image: Sendable, Hashable, Codable {
        /// SOPInstanceUID.
        public let instanceUID: String
        /// Its frame, counted from 1; nil in an instance of a single frame.
        public let frame: Int?
    }
    /// The study's UID.
    public let studyUID: String
    /// The series' UID.
    public let seriesUID: String
    /// The UID that series share whose positions may be compared.
    public let frameOfReferenceUID: String
    /// What kind of DICOM object the instances are.
    public let classUID: String
    /// Where the voxels lie.
    public let grid: Grid
    /// What each slice of the grid was read from, by rising third index: one image, or one a frame of a time series.
    public let slices: [[Image]]
    /// Whether the headers tell a day and a time, which every object made from them must have.
    public let isDated: Bool

    /// Frames by time, each with its slices; nil where a UID is missing or is none, or instances are of several kinds.
    init?(_ frames: [[DICOMFrame]], on grid: Grid, files: [DICOMFile]) {
        guard let first = frames.first?.first?.values else { return nil }
        guard let study = first[.studyUID], let series = first[.seriesUID], let reference = first[.frameOfReference], let kind = first[.sopClass] else { return nil }
        let identified = frames.joined().allSatisfy { $0.values[.sopInstance] != nil && $0.values[.sopClass] == kind && $0.values[.frameOfReference] == reference }
        guard identified, ([study, series, reference, kind] + frames.joined().compactMap { $0.values[.sopInstance] }).allSatisfy(DICOMUID.isValid) else { return nil }
        (studyUID, seriesUID, frameOfReferenceUID, classUID, self.grid) = (study, series, reference, kind, grid)
        slices = (0..<grid.size.z).map { k in
            frames.map { frame in
                let isMultiFrame = files[frame[k].file].values.int(.frames) ?? 1 > 1
                return Image(instanceUID: frame[k].values[.sopInstance] ?? "", frame: isMultiFrame ? frame[k].frame + 1 : nil)
            }
        }
        isDated = [DICOMTag.studyDate, .acquisitionDate, .contentDate].contains { first[$0] != nil } && [DICOMTag.studyTime, .acquisitionTime, .contentTime].contains { first[$0] != nil }
    }

    /// No source: a grid that was read from nothing.
    public init(grid: Grid) {
        (studyUID, seriesUID, frameOfReferenceUID, classUID) = ("", "", "", "")
        (self.grid, slices, isDated) = (grid, Array(repeating: [], count: grid.size.z), false)
    }

    /// The instances, each once, in the order of the slices.
    var instances: [String] {
        var seen: Set<String> = []
        return slices.joined().map(\.instanceUID).filter { seen.insert($0).inserted }
    }
}
