extension DICOMElementList {
    /// What every object made from a series says of itself: its series, the equipment, and that patient and study are not known,
    /// until a file of the study lends them.
    mutating func putObject(classUID: String, instanceUID: String, modality: String, number: Int, description: String, source: DICOMSource, version: String) {
        put("SOPClassUID", 0x0008_0016, "UI", classUID)
        put("SOPInstanceUID", 0x0008_0018, "UI", instanceUID)
        put("PatientName", 0x0010_0010, "PN", "")
        put("PatientID", 0x0010_0020, "LO", "")
        put("PatientBirthDate", 0x0010_0030, "DA", "")
        put("PatientSex", 0x0010_0040, "CS", "")
        put("StudyInstanceUID", 0x0020_000D, "UI", source.studyUID)
        put("StudyDate", 0x0008_0020, "DA", "")
        put("StudyTime", 0x0008_0030, "TM", "")
        put("ReferringPhysicianName", 0x0008_0090, "PN", "")
        put("StudyID", 0x0020_0010, "SH", "")
        put("AccessionNumber", 0x0008_0050, "SH", "")
        put("Modality", 0x0008_0060, "CS", modality)
        put("SeriesInstanceUID", 0x0020_000E, "UI", Self.seriesUID(of: instanceUID))
        put("SeriesNumber", 0x0020_0011, "IS", number)
        put("SeriesDescription", 0x0008_103E, "LO", description)
        put("InstanceNumber", 0x0020_0013, "IS", 1)
        put("Manufacturer", 0x0008_0070, "LO", "Carpus")
        put("ManufacturerModelName", 0x0008_1090, "LO", "Carpus")
        put("DeviceSerialNumber", 0x0018_1000, "LO", version.ascii(atMost: 64))
        put("SoftwareVersions", 0x0018_1020, "LO", version.ascii(atMost: 64))
    }

    /// Each object is a series of its own, since another result is not the same one continued.
    static func seriesUID(of instanceUID: String) -> String { DICOMUID.derived(from: "series of \(instanceUID)") }
}
