public import CarpusCore
public import Foundation

/// What lies where in a series, as a DICOM Segmentation of type BINARY (PS3.3 A.51): a bit a voxel, a frame for each slice that a segment occurs in.
///
/// Segments may overlap. Equal content gives equal UIDs and, with equal patient and study, equal bytes.
public struct DICOMSegmentation: Sendable, Hashable {
    /// One thing that was outlined.
    public struct Segment: Sendable, Hashable, Codable {
        /// What it is called, and under which name it is followed over visits: `synovitis/radiocarpal`.
        public var name: String
        /// What kind of thing it is, and what it is: Segmented Property Category and Type.
        public var category, type: CodedConcept
        /// In which part of the body it lies.
        public var region: CodedConcept?
        /// On which side.
        public var side: Laterality?
        /// Red, green and blue, 0 to 255.
        public var color: [UInt8]
        /// Whether it was read on the further series, and not only on that whose grid it has.
        public var isOfEvidence: Bool

        /// A segment.
        public init(name: String, category: CodedConcept, type: CodedConcept, region: CodedConcept? = nil, side: Laterality? = nil, color: [UInt8], isOfEvidence: Bool = false) {
            (self.name, self.category, self.type, self.region, self.side, self.color, self.isOfEvidence) = (name, category, type, region, side, color, isOfEvidence)
        }
    }

    /// One slice of one segment.
    struct Frame: Sendable, Hashable, Codable {
        /// The segment's number, counted from 1.
        let segment: Int
        /// The third index of the grid, counted from 0.
        let slice: Int
    }

    /// Everything but the bits.
    struct Head: Sendable, Hashable, Codable {
        var source: DICOMSource
        var evidence: [DICOMSource]
        var version: String
        var segments: [Segment] = []
        var frames: [Frame] = []
    }

    private(set) var head: Head
    /// The frames' bits, one after another without gaps, as Pixel Data holds them.
    private(set) var bits = PackedBits()

    /// At most so many segments: more is a map of components, not of structures, and no viewer lists them.
    static let most = 255

    /// A segmentation of a series that holds nothing yet.
    ///
    /// - Parameters:
    ///   - evidence: further series that segments were read on.
    ///   - version: of Carpus.
    public init(of source: DICOMSource, evidence: [DICOMSource] = [], version: String) {
        head = Head(source: source, evidence: evidence.further(than: source), version: version)
    }

    /// The series whose grid it has.
    public var source: DICOMSource { head.source }
    /// Further series that segments were read on, each once.
    public var evidence: [DICOMSource] { head.evidence }
    /// The segments, number 1 first.
    public var segments: [Segment] { head.segments }

    /// Adds a segment.
    ///
    /// - Parameter voxels: those of the source's grid that are inside, by their place in memory, rising.
    /// - Returns: its number, counted from 1; nil where no voxel is inside, and there is no segment.
    /// - Throws: `IOError` when there are 255 already.
    public mutating func add(_ segment: Segment, voxels: [Int]) throws -> Int? {
        guard let last = voxels.last else { return nil }
        let size = source.grid.size, count = size.x * size.y, number = segments.count + 1
        precondition(voxels[0] >= 0 && last < source.grid.count && zip(voxels, voxels.dropFirst()).allSatisfy { $0 < $1 }, "voxels rise and lie in the grid")
        guard number <= Self.most else {
            throw IOError(.unsupported, at: URL(filePath: "seg.dcm"), "there are more than \(Self.most) labels to be written as segments; give label maps of structures, not of components")
        }
        head.segments.append(segment)
        var slice = -1, start = 0
        for voxel in voxels {
            if voxel / count != slice {
                (slice, start) = (voxel / count, bits.count)
                head.frames.append(Frame(segment: number, slice: slice))
                bits.append(zeros: count)
            }
            bits.set(start + voxel % count)
        }
        return number
    }

    /// The voxels inside a segment, by their place in memory, rising.
    public func voxels(of segment: Int) -> [Int] {
        let size = source.grid.size, count = size.x * size.y
        return head.frames.enumerated().filter { $1.segment == segment }.flatMap { i, frame in
            (0..<count).filter { bits[i * count + $0] }.map { frame.slice * count + $0 }
        }
    }

    /// The images of further series that a segment was read on; none of one that was read on its own series alone. Where no position tells which,
    /// they are all of the series.
    public func evidence(of segment: Int) -> [ImageReference] {
        guard segments[segment - 1].isOfEvidence else { return [] }
        let slices = head.frames.filter { $0.segment == segment }.map(\.slice)
        return evidence.flatMap { series -> [ImageReference] in
            var seen: Set<String> = []
            let crossing = slices.flatMap { series.images(across: $0, of: source) }.map(\.instanceUID).filter { seen.insert($0).inserted }
            return (crossing.isEmpty ? series.instances : crossing).map { ImageReference(instanceUID: $0, classUID: series.classUID) }
        }
    }

    /// What the UID of the object is made of, beside patient and study: a UID of all else that it holds.
    public var contentUID: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return DICOMUID.derived(from: Array("segmentation ".utf8) + (try encoder.encode(head)) + bits.bytes)
        }
    }

    /// The UID of the object in a study.
    public func instanceUID(in study: StudySource) throws -> String { study.instanceUID(of: try contentUID) }

    /// Writes two files: what it says as `.json`, the bits as `.bits`. Nothing about the patient is in them.
    ///
    /// - Parameter stem: folder and name without extension.
    public func rest(at stem: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(head).write(to: stem.appendingPathExtension("json"))
        try Data(bits.bytes).write(to: stem.appendingPathExtension("bits"))
    }

    /// Reads what `rest` left.
    ///
    /// - Throws: `IOError` when the files do not belong together.
    public init(restingAt stem: URL) throws {
        head = try JSONDecoder().decode(Head.self, from: Data(contentsOf: stem.appendingPathExtension("json")))
        let size = head.source.grid.size, file = stem.appendingPathExtension("bits")
        guard let bits = PackedBits([UInt8](try Data(contentsOf: file)), count: head.frames.count * size.x * size.y) else {
            throw IOError(.inconsistent, at: file, "the bits of a stored segmentation are not as many as its frames need; remove the folder .carpus of the output and run again")
        }
        self.bits = bits
    }
}

/// Bits in bytes, the first in the lowest place, as DICOM packs pixels of one bit (PS3.5 8.1.1): frames follow each other within a byte.
struct PackedBits: Sendable, Hashable {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    /// No bits.
    init() {}

    /// Bits that were packed; nil where the bytes are not as many as they need.
    init?(_ bytes: [UInt8], count: Int) {
        guard bytes.count == (count + 7) / 8 else { return nil }
        (self.bytes, self.count) = (bytes, count)
    }

    mutating func append(zeros more: Int) {
        count += more
        bytes += [UInt8](repeating: 0, count: (count + 7) / 8 - bytes.count)
    }

    mutating func set(_ i: Int) { bytes[i >> 3] |= 1 << UInt8(i & 7) }

    subscript(_ i: Int) -> Bool { bytes[i >> 3] >> UInt8(i & 7) & 1 == 1 }

    /// The bytes, as many as Pixel Data must have: an even number.
    var even: [UInt8] { bytes.count % 2 == 0 ? bytes : bytes + [0] }
}
