public import CarpusCore
import Foundation

/// Numbers with what they were measured on, as a DICOM structured report by template TID 1500 (PS3.16): a Comprehensive 3D SR.
public struct MeasurementReport: Sendable, Hashable, Codable {
    /// One number, or why there is none.
    public struct Item: Sendable, Hashable, Codable {
        /// What was measured, its unit, and how, where a code says it.
        public var concept, unit: CodedConcept
        public var method: CodedConcept?
        /// The number, nil when there is none.
        public var value: Double?
        /// May it be used, and why not simply so.
        public var status: CarpusCore.Measurement.Status
        public var reason: String?
        /// What else is to be known of it.
        public var note: String?
        /// What made it, a stage's name and version: `measure.volumes/3`.
        public var algorithm: String

        /// A number, or why there is none.
        public init(
            concept: CodedConcept, unit: CodedConcept, method: CodedConcept? = nil, value: Double?, status: CarpusCore.Measurement.Status, reason: String? = nil, note: String? = nil, algorithm: String
        ) {
            (self.concept, self.unit, self.method, self.value) = (concept, unit, method, value)
            (self.status, self.reason, self.note, self.algorithm) = (status, reason, note, algorithm)
        }
    }

    /// What was measured of one thing.
    public struct Group: Sendable, Hashable, Codable {
        /// Under which name the thing is followed over visits: `synovitis/radiocarpal`.
        public var name: String
        /// What it is, where, and on which side.
        public var finding: CodedConcept
        public var site: CodedConcept?
        public var side: Laterality?
        /// Its segment in the segmentation.
        public var segment: Int?
        /// The images that the segment was read on, where they are not those of the source.
        public var images: [ImageReference]
        /// The numbers.
        public var items: [Item]

        /// Measurements of one thing.
        public init(name: String, finding: CodedConcept, site: CodedConcept? = nil, side: Laterality? = nil, segment: Int? = nil, images: [ImageReference] = [], items: [Item]) {
            (self.name, self.finding, self.site, self.side, self.segment, self.images, self.items) = (name, finding, site, side, segment, images, items)
        }
    }

    /// The series whose grid the labels have, and further ones that they were read on.
    public var source: DICOMSource
    public var evidence: [DICOMSource]
    /// The `contentUID` of the segmentation that groups point to; without one they point to none.
    public var segmentation: String?
    /// Of Carpus.
    public var version: String
    /// The groups.
    public var groups: [Group]
    /// What should have been told and is not there, by the names of steps and outputs: the report is then PARTIAL.
    public var missing: [String] = []

    /// A report.
    public init(of source: DICOMSource, evidence: [DICOMSource] = [], segmentation: String?, version: String, groups: [Group]) {
        (self.source, self.evidence, self.segmentation, self.version, self.groups) = (source, evidence.further(than: source), segmentation, version, groups)
    }

    /// What the UID of the object is made of, beside patient and study: a UID of all else that it holds.
    var contentUID: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return DICOMUID.derived(from: Array("report ".utf8) + (try encoder.encode(self)))
        }
    }
}
