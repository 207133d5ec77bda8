// Content items of structured reports (PS3.3 C.17.3).

extension CodedConcept {
    /// A concept of the standard's text, "DCM 121071 Finding": scheme, code, and what it means.
    fileprivate init(standard text: StaticString) {
        let parts = "\(text)".split(separator: " ", maxSplits: 2).map(String.init)
        precondition(parts.count == 3, "a concept is a scheme, a code and a meaning")
        self.init(parts[0], parts[1], parts[2])
    }
}

extension DICOMElementList {
    /// Puts what a container is: the root of a report, or one inside.
    mutating func putContainer(_ concept: StaticString, template: String? = nil) {
        put("ValueType", 0x0040_A040, "CS", "CONTAINER")
        code(0x0040_A043, CodedConcept(standard: concept))
        put("ContinuityOfContent", 0x0040_A050, "CS", "SEPARATE")
        if let template {
            item(0x0040_A504) {  // ContentTemplateSequence
                $0.put("MappingResource", 0x0008_0105, "CS", "DCMR")
                $0.put("TemplateIdentifier", 0x0040_DB00, "CS", template)
            }
        }
    }

    /// Puts a child that says by itself what it is.
    mutating func content(_ relationship: String, _ fill: (inout DICOMElementList) -> Void) {
        item(0x0040_A730) {  // ContentSequence
            $0.put("RelationshipType", 0x0040_A010, "CS", relationship)
            fill(&$0)
        }
    }

    /// Puts a child of a type and concept.
    mutating func content(_ relationship: String, _ type: String, _ concept: CodedConcept, _ fill: (inout DICOMElementList) -> Void) {
        content(relationship) {
            $0.put("ValueType", 0x0040_A040, "CS", type)
            $0.code(0x0040_A043, concept)
            fill(&$0)
        }
    }

    /// Puts a child that is a concept.
    mutating func content(_ relationship: String, code concept: StaticString, _ value: StaticString) {
        content(relationship, "CODE", CodedConcept(standard: concept)) { $0.code(0x0040_A168, CodedConcept(standard: value)) }
    }

    /// Puts a child that is a text.
    mutating func content(_ relationship: String, text concept: StaticString, _ value: String) {
        content(relationship, "TEXT", CodedConcept(standard: concept)) { $0.put("TextValue", 0x0040_A160, "UT", value.ascii(atMost: 1024)) }
    }

    /// Puts a child that is a UID.
    mutating func content(_ relationship: String, uid concept: StaticString, _ value: String) {
        content(relationship, "UIDREF", CodedConcept(standard: concept)) { $0.put("UID", 0x0040_A124, "UI", value) }
    }

    /// Puts a reference to an instance, or to one of its segments.
    mutating func putReference(to instance: String, _ classUID: String, segment: Int? = nil) {
        item(0x0008_1199) {  // ReferencedSOPSequence
            $0.put("ReferencedSOPClassUID", 0x0008_1150, "UI", classUID)
            $0.put("ReferencedSOPInstanceUID", 0x0008_1155, "UI", instance)
            if let segment { $0.put("ReferencedSegmentNumber", 0x0062_000B, "US", segment) }
        }
    }
}
