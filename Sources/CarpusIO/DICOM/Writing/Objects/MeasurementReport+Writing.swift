import CarpusCore
public import Foundation

extension MeasurementReport {
    /// SOP class of Comprehensive 3D SR.
    private static let classUID = "1.2.840.10008.5.1.4.1.1.88.34"

    /// Writes the file.
    ///
    /// - Parameter study: whose patient and study it gets; a file of the source series.
    /// - Throws: `IOError` for texts that DICOM cannot hold, or when files cannot be read or written.
    public func write(to url: URL, of study: StudySource) throws {
        var list = DICOMElementList()
        list.putObject(
            classUID: Self.classUID, instanceUID: study.instanceUID(of: try contentUID), modality: "SR", number: 9002, description: "Carpus measurements", source: source, version: version)
        list.putOwnScheme(version: version)
        list.put("ReferencedPerformedProcedureStepSequence", 0x0008_1111, "SQ", "")
        list.put("PerformedProcedureCodeSequence", 0x0040_A372, "SQ", "")
        list.put("CompletionFlag", 0x0040_A491, "CS", missing.isEmpty ? "COMPLETE" : "PARTIAL")
        if !missing.isEmpty { list.put("CompletionFlagDescription", 0x0040_A492, "LO", "Results of some steps are not there; see the comment") }
        list.put("VerificationFlag", 0x0040_A493, "CS", "UNVERIFIED")
        putEvidence(study, &list)
        list.putContainer("DCM 126000 Imaging Measurement Report", template: "1500")
        list.content("HAS CONCEPT MOD", code: "DCM 121049 Language of Content Item and Descendants", "RFC5646 en English")
        putObserver(&list)
        list.content("HAS CONCEPT MOD", code: "DCM 121058 Procedure reported", "SCT 113091000 Magnetic Resonance Imaging")
        list.content("CONTAINS") {
            $0.putContainer("DCM 126010 Imaging Measurements")
            if !missing.isEmpty { $0.content("CONTAINS", text: "DCM 121106 Comment", "Not there: \(missing.joined(separator: ", "))") }
            for group in groups { put(group, study, &$0) }
        }
        try list.write(pixels: .none, of: study, to: url)
    }

    /// Everything the report refers to, study by study and series by series.
    private func putEvidence(_ study: StudySource, _ list: inout DICOMElementList) {
        for (uid, sources) in ([source] + evidence).byStudy {
            var series = sources.map { (uid: $0.seriesUID, kind: $0.classUID, instances: $0.instances) }
            if uid == source.studyUID, let segmentation = segmentation.map({ study.instanceUID(of: $0) }) {
                series.append((DICOMElementList.seriesUID(of: segmentation), DICOMSegmentation.classUID, [segmentation]))
            }
            list.item(0x0040_A375) {  // CurrentRequestedProcedureEvidenceSequence
                $0.put("StudyInstanceUID", 0x0020_000D, "UI", uid)
                for one in series {
                    $0.item(0x0008_1115) {  // ReferencedSeriesSequence
                        $0.put("SeriesInstanceUID", 0x0020_000E, "UI", one.uid)
                        for instance in one.instances { $0.putReference(to: instance, one.kind) }
                    }
                }
            }
        }
    }

    /// The observer is a program (TID 1004).
    private func putObserver(_ list: inout DICOMElementList) {
        list.content("HAS OBS CONTEXT", code: "DCM 121005 Observer Type", "DCM 121007 Device")
        list.content("HAS OBS CONTEXT", uid: "DCM 121012 Device Observer UID", DICOMUID.derived(from: "Carpus \(version)"))
        list.content("HAS OBS CONTEXT", text: "DCM 121013 Device Observer Name", "Carpus")
        list.content("HAS OBS CONTEXT", text: "DCM 121014 Device Observer Manufacturer", "Carpus")
        list.content("HAS OBS CONTEXT", text: "DCM 121015 Device Observer Model Name", "Carpus \(version)")
        list.content("HAS OBS CONTEXT", text: "DCM 121016 Device Observer Serial Number", version)
    }

    /// One measurement group: of a volume of interest where there is a segment (TID 1411), else without (TID 1501).
    private func put(_ group: Group, _ study: StudySource, _ list: inout DICOMElementList) {
        let segment = segmentation.flatMap { content in group.segment.map { (study.instanceUID(of: content), $0) } }
        list.content("CONTAINS") {
            $0.putContainer("DCM 125007 Measurement Group", template: segment == nil ? "1501" : "1411")
            $0.content("HAS OBS CONTEXT", text: "DCM 112039 Tracking Identifier", TrackedName.text(group.name, side: group.side))
            $0.content("HAS OBS CONTEXT", uid: "DCM 112040 Tracking Unique Identifier", study.trackingUID(group.name, side: group.side))
            $0.content("CONTAINS", "CODE", CodedConcept("DCM", "121071", "Finding")) { $0.code(0x0040_A168, group.finding) }
            if let site = group.site {
                $0.content("HAS CONCEPT MOD", "CODE", CodedConcept("SCT", "363698007", "Finding Site")) {
                    $0.code(0x0040_A168, site)
                    if let side = group.side {
                        $0.content("HAS CONCEPT MOD", "CODE", CodedConcept("SCT", "272741003", "Laterality")) { $0.code(0x0040_A168, side.concept) }
                    }
                }
            }
            if let (uid, number) = segment {
                $0.content("CONTAINS", "IMAGE", CodedConcept("DCM", "121191", "Referenced Segment")) { $0.putReference(to: uid, DICOMSegmentation.classUID, segment: number) }
                if group.images.isEmpty { $0.content("CONTAINS", uid: "DCM 121232 Source series for segmentation", source.seriesUID) }
                for image in group.images {
                    $0.content("CONTAINS", "IMAGE", CodedConcept("DCM", "121233", "Source image for segmentation")) { $0.putReference(to: image.instanceUID, image.classUID) }
                }
            }
            for item in group.items { put(item, &$0) }
        }
    }

    /// One number (TID 300), with what made it, whether it may be used, and why not.
    private func put(_ item: Item, _ list: inout DICOMElementList) {
        list.content("CONTAINS", "NUM", item.concept) {
            if let value = item.value {
                $0.item(0x0040_A300) {  // MeasuredValueSequence
                    $0.put("NumericValue", 0x0040_A30A, value)
                    $0.put("FloatingPointValue", 0x0040_A161, "FD", "\(value)")
                    $0.code(0x0040_08EA, item.unit)
                }
            } else {
                $0.put("MeasuredValueSequence", 0x0040_A300, "SQ", "")
                $0.code(0x0040_A301, CodedConcept("DCM", "114010", "Value unknown"))   // NumericValueQualifierCodeSequence
            }
            if let method = item.method {
                $0.content("HAS CONCEPT MOD", "CODE", CodedConcept("SCT", "370129005", "Measurement Method")) { $0.code(0x0040_A168, method) }
            }
            let made = item.algorithm.split(separator: "/", maxSplits: 1).map(String.init)
            $0.content("HAS CONCEPT MOD", text: "DCM 111001 Algorithm Name", "Carpus \(made.first ?? "")")
            $0.content("HAS CONCEPT MOD", text: "DCM 111003 Algorithm Version", made.count > 1 ? "\(made[1]) of \(version)" : version)
            $0.content("HAS PROPERTIES", "CODE", .own("status", "Whether the measurement may be used")) { $0.code(0x0040_A168, item.status.concept) }
            for comment in [item.reason, item.note].compactMap(\.self) { $0.content("HAS PROPERTIES", text: "DCM 121106 Comment", comment) }
        }
    }
}

extension CarpusCore.Measurement.Status {
    /// The status as a concept of Carpus's own, since no standard has it.
    fileprivate var concept: CodedConcept {
        switch self {
        case .ok: .own("ok", "Use it")
        case .review: .own("review", "Look before using it")
        case .notScorable: .own("not-scorable", "Not scorable")
        }
    }
}
