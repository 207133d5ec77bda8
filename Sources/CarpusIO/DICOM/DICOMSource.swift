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
    /// How pixels were compressed so that they are no longer what was measured.
    struct Lossy: Sendable, Hashable, Codable {
        /// As the headers tell them, one for each time it was done.
        let ratios, methods: [String]
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
    /// Whether slices are tiles of larger images (Siemens' mosaic), so that an instance's own pixels lie elsewhere.
    let isTiled: Bool
    /// The compression that lost something; nil where none did.
    let lossy: Lossy?

    /// Frames by time, each with its slices; nil where a UID is missing or is none, or instances are of several kinds.
    ///
    /// What identifies an instance stands at the top of its file: functional groups tell about frames, and may tell of other instances.
    init?(_ frames: [[DICOMFrame]], on grid: Grid, files: [DICOMFile]) {
        guard let corner = frames.first?.first else { return nil }
        let tops = files.map { DICOMValues(layers: [$0.elements.values]) }, first = tops[corner.file], used = Set(frames.joined().map(\.file)).sorted()
        guard let study = first[.studyUID], let series = first[.seriesUID], let reference = first[.frameOfReference], let kind = first[.sopClass] else { return nil }
        let identified = used.allSatisfy { tops[$0][.sopInstance] != nil && tops[$0][.sopClass] == kind && tops[$0][.frameOfReference] == reference }
        guard identified, ([study, series, reference, kind] + used.compactMap { tops[$0][.sopInstance] }).allSatisfy(DICOMUID.isValid) else { return nil }
        (studyUID, seriesUID, frameOfReferenceUID, classUID, self.grid) = (study, series, reference, kind, grid)
        slices = (0..<grid.size.z).map { k in
            frames.map { frame in
                let top = tops[frame[k].file]
                return Image(instanceUID: top[.sopInstance] ?? "", frame: top.int(.frames) ?? 1 > 1 ? frame[k].frame + 1 : nil)
            }
        }
        isTiled = frames.joined().contains { $0.columns != tops[$0.file].int(.columns) || $0.rows != tops[$0.file].int(.rows) }
        lossy = used.lazy.map { tops[$0] }.first { $0[.lossy] == "01" }.map { Lossy(ratios: $0.strings(.lossyRatio), methods: $0.strings(.lossyMethod)) }
        isDated = [DICOMTag.studyDate, .acquisitionDate, .contentDate].contains { first[$0] != nil } && [DICOMTag.studyTime, .acquisitionTime, .contentTime].contains { first[$0] != nil }
    }

    /// No source: a grid that was read from nothing.
    public init(grid: Grid) {
        (studyUID, seriesUID, frameOfReferenceUID, classUID) = ("", "", "", "")
        (self.grid, slices, isDated, isTiled, lossy) = (grid, Array(repeating: [], count: grid.size.z), false, false, nil)
    }

    /// The instances, each once, in the order of the slices.
    var instances: [String] {
        var seen: Set<String> = []
        return slices.joined().map(\.instanceUID).filter { seen.insert($0).inserted }
    }

    /// The images that hold what is seen in a slice of another grid: all that a linear interpolation onto it may read, each once; none where the
    /// positions of the two may not be compared.
    func images(across slice: Int, of other: DICOMSource) -> [Image] {
        guard frameOfReferenceUID == other.frameOfReferenceUID, !frameOfReferenceUID.isEmpty else { return [] }
        let size = other.grid.size, far = Vector3(Double(size.x - 1), Double(size.y - 1), Double(slice))
        let depths = [(0, 0), (far.x, 0), (0, far.y), (far.x, far.y)].map { grid.voxelFromWorld(other.grid.worldFromVoxel(Vector3($0, $1, far.z))).z }
        // A thousandth of a slice is rounding, not a second slice.
        let low = (depths.reduce(.infinity, min) + 1e-3).rounded(.down), high = (depths.reduce(-.infinity, max) - 1e-3).rounded(.up)
        guard high >= 0, low <= Double(grid.size.z - 1), low <= high else { return [] }
        var seen: Set<Image> = []
        return slices[max(0, Int(low))...min(grid.size.z - 1, Int(high))].joined().filter { seen.insert($0).inserted }
    }
}
