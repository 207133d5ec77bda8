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
        /// What made it, a stage's name and version: `measure.volumes/3`.
        public var algorithm: String

        /// A number, or why there is none.
        public init(concept: CodedConcept, unit: CodedConcept, method: CodedConcept? = nil, value: Double?, status: CarpusCore.Measurement.Status, reason: String? = nil, algorithm: String) {
            (self.concept, self.unit, self.method, self.value) = (concept, unit, method, value)
            (self.status, self.reason, self.algorithm) = (status, reason, algorithm)
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
        /// The numbers.
        public var items: [Item]

        /// Measurements of one thing.
        public init(name: String, finding: CodedConcept, site: CodedConcept? = nil, side: Laterality? = nil, segment: Int? = nil, items: [Item]) {
            (self.name, self.finding, self.site, self.side, self.segment, self.items) = (name, finding, site, side, segment, items)
        }
    }

    /// On what it was measured.
    public var source: DICOMSource
    /// The segmentation that groups point to.
    public var segmentationUID: String?
    /// Of Carpus.
    public var version: String
    /// The groups.
    public var groups: [Group]

    /// A report.
    public init(of source: DICOMSource, segmentationUID: String?, version: String, groups: [Group]) {
        (self.source, self.segmentationUID, self.version, self.groups) = (source, segmentationUID, version, groups)
    }

    /// The UID of the object, derived from all it holds but patient and study.
    public var instanceUID: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return DICOMUID.derived(from: Array("report ".utf8) + (try encoder.encode(self)))
        }
    }
}
