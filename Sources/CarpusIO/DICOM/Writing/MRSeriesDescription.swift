public import CarpusCore

/// What a simulated MR series says about itself besides its pixels and where they lie.
///
/// Units are Carpus's, seconds and mm; the file has DICOM's. Texts must fit what DICOM allows: 64 characters, 16 for the short
/// ones, no backslash.
public struct MRSeriesDescription: Sendable, Hashable {
    /// Whose wrist it would be.
    public var patient: Patient
    /// The visit to the scanner.
    public var study: Study
    /// The series' UID; see `DICOMUID.derived`. Those of its images are derived from it.
    public var instanceUID: String
    /// The UID that series share whose positions may be compared, as all of one visit do.
    public var frameOfReferenceUID: String
    /// The number of the series in its study.
    public var number: Int
    /// SeriesDescription, by which protocols recognise a series: "t1_se_cor".
    public var description: String
    /// ProtocolName, up to 64 characters; the description where it is nil.
    public var protocolName: String?
    /// When the first frame began.
    public var start: DICOMMoment
    /// Which wrist.
    public var laterality: Laterality
    /// How the patient lay; prone and head first with the arm above the head is usual for wrists.
    public var position: PatientPosition
    /// How the images were made.
    public var acquisition: Acquisition
    /// The contrast agent, where the series shows one.
    public var contrast: Contrast?
    /// What made the images, for SoftwareVersions.
    public var softwareVersion: String

    /// A description of a series.
    public init(
        patient: Patient, study: Study, instanceUID: String, frameOfReferenceUID: String, number: Int, description: String, protocolName: String? = nil, start: DICOMMoment? = nil,
        laterality: Laterality, position: PatientPosition = .headFirstProne, acquisition: Acquisition, contrast: Contrast? = nil, softwareVersion: String = "Carpus"
    ) {
        (self.patient, self.study, self.instanceUID, self.frameOfReferenceUID) = (patient, study, instanceUID, frameOfReferenceUID)
        (self.number, self.description, self.protocolName, self.start) = (number, description, protocolName, start ?? study.start)
        (self.laterality, self.position, self.acquisition, self.contrast, self.softwareVersion) = (laterality, position, acquisition, contrast, softwareVersion)
    }

    /// How a patient lies in the scanner: PatientPosition.
    public enum PatientPosition: String, Sendable, Hashable, CaseIterable {
        case headFirstProne = "HFP", headFirstSupine = "HFS", feetFirstProne = "FFP", feetFirstSupine = "FFS"
    }

    /// Whose wrist it would be.
    public struct Patient: Sendable, Hashable {
        /// PatientSex.
        public enum Sex: String, Sendable, Hashable, CaseIterable {
            case female = "F", male = "M", other = "O"
        }
        /// PatientID, by which files are sorted into subjects.
        public var id: String
        /// Family name, given names, joined by `^`.
        public var name: String
        /// YYYYMMDD.
        public var birthDate: String?
        /// Nil where it is not told.
        public var sex: Sex?
        /// Whole years at the study.
        public var age: Int?

        /// A patient.
        public init(id: String, name: String, birthDate: String? = nil, sex: Sex? = nil, age: Int? = nil) {
            (self.id, self.name, self.birthDate, self.sex, self.age) = (id, name, birthDate, sex, age)
        }
    }

    /// The visit to the scanner.
    public struct Study: Sendable, Hashable {
        /// The study's UID; see `DICOMUID.derived`.
        public var instanceUID: String
        /// Up to 16 characters.
        public var id: String
        /// Up to 16 characters.
        public var accessionNumber: String
        /// When the patient came; by its date visits are told apart.
        public var start: DICOMMoment
        /// StudyDescription.
        public var description: String

        /// A study.
        public init(instanceUID: String, id: String = "1", accessionNumber: String = "", start: DICOMMoment, description: String) {
            (self.instanceUID, self.id, self.accessionNumber, self.start, self.description) = (instanceUID, id, accessionNumber, start, description)
        }
    }

    /// A gadolinium agent, given into a vein.
    public struct Contrast: Sendable, Hashable {
        /// Its name.
        public var agent: String
        /// mL of the agent as it is sold.
        public var volume: Double?
        /// When the injection began.
        public var start: DICOMMoment?

        /// An agent.
        public init(agent: String, volume: Double? = nil, start: DICOMMoment? = nil) {
            (self.agent, self.volume, self.start) = (agent, volume, start)
        }
    }
}
