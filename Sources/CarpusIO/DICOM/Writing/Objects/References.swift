// What objects point to: instances of the same study and of others.

/// An instance that is pointed to.
public struct ImageReference: Sendable, Hashable, Codable {
    /// SOPInstanceUID, and what kind of object it is.
    public let instanceUID, classUID: String
}

extension [DICOMSource] {
    /// Those that are no series of the source itself, each series once.
    func further(than source: DICOMSource) -> [DICOMSource] {
        var seen: Set<String> = [source.seriesUID]
        return filter { seen.insert($0.seriesUID).inserted }
    }

    /// The series by study, in the order in which studies first occur.
    var byStudy: [(studyUID: String, series: [DICOMSource])] {
        var studies: [(studyUID: String, series: [DICOMSource])] = []
        for series in self {
            if let at = studies.firstIndex(where: { $0.studyUID == series.studyUID }) {
                studies[at].series.append(series)
            } else {
                studies.append((series.studyUID, [series]))
            }
        }
        return studies
    }
}

extension DICOMElementList {
    /// Puts the module Common Instance Reference: the series of the object's own study, then those of others.
    mutating func putReferences(to sources: [DICOMSource], inStudy studyUID: String) {
        for (study, series) in sources.byStudy {
            guard study != studyUID else {
                for one in series { putSeries(one) }
                continue
            }
            item(0x0008_1200) {  // StudiesContainingOtherReferencedInstancesSequence
                $0.put("StudyInstanceUID", 0x0020_000D, "UI", study)
                for one in series { $0.putSeries(one) }
            }
        }
    }

    private mutating func putSeries(_ series: DICOMSource) {
        item(0x0008_1115) {  // ReferencedSeriesSequence
            $0.put("SeriesInstanceUID", 0x0020_000E, "UI", series.seriesUID)
            for instance in series.instances {
                $0.item(0x0008_114A) {  // ReferencedInstanceSequence
                    $0.put("ReferencedSOPClassUID", 0x0008_1150, "UI", series.classUID)
                    $0.put("ReferencedSOPInstanceUID", 0x0008_1155, "UI", instance)
                }
            }
        }
    }
}
