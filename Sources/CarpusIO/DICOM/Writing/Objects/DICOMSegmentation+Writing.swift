import CarpusCore
public import Foundation

extension DICOMSegmentation {
    /// SOP class of segmentations.
    static let classUID = "1.2.840.10008.5.1.4.1.1.66.4"

    /// Writes the file.
    ///
    /// - Parameter study: whose patient and study it gets; a file of the source series.
    /// - Throws: `IOError` for texts that DICOM cannot hold, or when files cannot be read or written.
    public func write(to url: URL, of study: StudySource) throws {
        precondition(!segments.isEmpty, "a segmentation without segments is not written")
        let uid = try instanceUID(in: study)
        var list = DICOMElementList()
        list.putObject(classUID: Self.classUID, instanceUID: uid, modality: "SEG", number: 9001, description: "Carpus segmentation", source: source, version: head.version)
        list.putOwnScheme(version: head.version)
        putImage(&list)
        list.putReferences(to: [source] + evidence, inStudy: source.studyUID)
        for (i, segment) in segments.enumerated() { put(segment, number: i + 1, study, &list) }
        putDimensions(uid, &list)
        putShared(&list)
        let places = Array(Set(head.frames.map(\.slice))).sorted()
        for frame in head.frames { put(frame, at: (places.firstIndex(of: frame.slice) ?? 0) + 1, &list) }
        try list.write(pixels: .bytes(bits.even), of: study, to: url)
    }

    private func putImage(_ list: inout DICOMElementList) {
        let size = source.grid.size
        list.put("ImageType", 0x0008_0008, "CS", ["DERIVED", "PRIMARY"])
        list.put("FrameOfReferenceUID", 0x0020_0052, "UI", source.frameOfReferenceUID)
        list.put("PositionReferenceIndicator", 0x0020_1040, "LO", "")
        list.put("NumberOfFrames", 0x0028_0008, "IS", head.frames.count)
        list.put("SamplesPerPixel", 0x0028_0002, "US", 1)
        list.put("PhotometricInterpretation", 0x0028_0004, "CS", "MONOCHROME2")
        list.put("Rows", 0x0028_0010, "US", size.y)
        list.put("Columns", 0x0028_0011, "US", size.x)
        list.put("BitsAllocated", 0x0028_0100, "US", 1)
        list.put("BitsStored", 0x0028_0101, "US", 1)
        list.put("HighBit", 0x0028_0102, "US", 0)
        list.put("PixelRepresentation", 0x0028_0103, "US", 0)
        let lossy = ([source] + evidence).lazy.compactMap(\.lossy).first
        list.put("LossyImageCompression", 0x0028_2110, "CS", lossy == nil ? "00" : "01")
        if let lossy {
            if !lossy.ratios.isEmpty { list.put("LossyImageCompressionRatio", 0x0028_2112, "DS", lossy.ratios) }
            if !lossy.methods.isEmpty { list.put("LossyImageCompressionMethod", 0x0028_2114, "CS", lossy.methods) }
        }
        list.put("SegmentationType", 0x0062_0001, "CS", "BINARY")
        list.put("ContentLabel", 0x0070_0080, "CS", "CARPUS")
        list.put("ContentDescription", 0x0070_0081, "LO", "Structures and lesions of the wrist")
        list.put("ContentCreatorName", 0x0070_0084, "PN", "")
    }

    private func put(_ segment: Segment, number: Int, _ study: StudySource, _ list: inout DICOMElementList) {
        list.item(0x0062_0002) {  // SegmentSequence
            $0.put("SegmentNumber", 0x0062_0004, "US", number)
            $0.put("SegmentLabel", 0x0062_0005, "LO", segment.name.ascii(atMost: 64))
            $0.put("SegmentAlgorithmType", 0x0062_0008, "CS", "AUTOMATIC")
            $0.put("SegmentAlgorithmName", 0x0062_0009, "LO", "Carpus \(head.version)".ascii(atMost: 64))
            $0.code(0x0062_0003, segment.category)
            $0.code(0x0062_000F, segment.type) { list in
                if let side = segment.side { list.code(0x0062_0011, side.concept) }   // SegmentedPropertyTypeModifierCodeSequence
            }
            if let region = segment.region {
                $0.code(0x0008_2218, region) { list in   // AnatomicRegionSequence and its modifier
                    if let side = segment.side { list.code(0x0008_2220, side.concept) }
                }
            }
            $0.put("RecommendedDisplayCIELabValue", 0x0062_000D, "US", CIELab.stored(segment.color).map(String.init))
            $0.put("TrackingID", 0x0062_0020, "UT", TrackedName.text(segment.name, side: segment.side))
            $0.put("TrackingUID", 0x0062_0021, "UI", study.trackingUID(segment.name, side: segment.side))
        }
    }

    private func putDimensions(_ uid: String, _ list: inout DICOMElementList) {
        let organization = DICOMUID.derived(from: "dimensions of \(uid)")
        list.item(0x0020_9221) { $0.put("DimensionOrganizationUID", 0x0020_9164, "UI", organization) }
        for (label, pointer, group) in [("Segment", "(0062,000b)", "(0062,000a)"), ("Position", "(0020,0032)", "(0020,9113)")] {
            list.item(0x0020_9222) {  // DimensionIndexSequence
                $0.put("DimensionOrganizationUID", 0x0020_9164, "UI", organization)
                $0.put("DimensionIndexPointer", 0x0020_9165, "AT", pointer)
                $0.put("FunctionalGroupPointer", 0x0020_9167, "AT", group)
                $0.put("DimensionDescriptionLabel", 0x0020_9421, "LO", label)
            }
        }
    }

    private func putShared(_ list: inout DICOMElementList) {
        let grid = source.grid, (x, y) = (grid.direction.x, grid.direction.y), apart = abs(grid.worldFromVoxel.linear.z.dot(x.cross(y)))
        list.item(0x5200_9229) {  // SharedFunctionalGroupsSequence
            $0.item(0x0028_9110) {  // PixelMeasuresSequence; between rows first
                $0.put("PixelSpacing", 0x0028_0030, [grid.spacing.y, grid.spacing.x])
                $0.put("SliceThickness", 0x0018_0050, apart)
                $0.put("SpacingBetweenSlices", 0x0018_0088, apart)
            }
            $0.item(0x0020_9116) { $0.put("ImageOrientationPatient", 0x0020_0037, [x.x, x.y, x.z, y.x, y.y, y.z]) }
        }
    }

    private func put(_ frame: Frame, at place: Int, _ list: inout DICOMElementList) {
        let position = source.grid.worldFromVoxel(Vector3(0, 0, Double(frame.slice)))
        list.item(0x5200_9230) {  // PerFrameFunctionalGroupsSequence
            $0.item(0x0020_9111) { $0.put("DimensionIndexValues", 0x0020_9157, "UL", ["\(frame.segment)", "\(place)"]) }
            $0.item(0x0020_9113) { $0.put("ImagePositionPatient", 0x0020_0032, [position.x, position.y, position.z]) }
            $0.item(0x0062_000A) { $0.put("ReferencedSegmentNumber", 0x0062_000B, "US", frame.segment) }
            $0.item(0x0008_9124) {  // DerivationImageSequence
                // A tile is not where its image is, so that nothing is said of a mosaic's locations.
                for image in source.slices[frame.slice] { put(image, of: source, preserved: source.isTiled ? nil : "YES", &$0) }
                if segments[frame.segment - 1].isOfEvidence {
                    for series in evidence { for image in series.images(across: frame.slice, of: source) { put(image, of: series, preserved: "NO", &$0) } }
                }
                $0.code(0x0008_9215, CodedConcept("DCM", "113076", "Segmentation"))
            }
        }
    }

    /// One image that a frame was made from.
    private func put(_ image: DICOMSource.Image, of series: DICOMSource, preserved: String?, _ list: inout DICOMElementList) {
        list.item(0x0008_2112) {  // SourceImageSequence
            $0.put("ReferencedSOPClassUID", 0x0008_1150, "UI", series.classUID)
            $0.put("ReferencedSOPInstanceUID", 0x0008_1155, "UI", image.instanceUID)
            if let number = image.frame { $0.put("ReferencedFrameNumber", 0x0008_1160, "IS", number) }
            if let preserved { $0.put("SpatialLocationsPreserved", 0x0028_135A, "CS", preserved) }
            $0.code(0x0040_A170, CodedConcept("DCM", "121322", "Source image for image processing operation"))
        }
    }
}

/// Under which name something is followed, for people: with its side, since patients have two wrists.
enum TrackedName {
    static func text(_ name: String, side: Laterality?) -> String { (name + (side.map { " \($0.rawValue)" } ?? "")).ascii(atMost: 256) }
}

/// Colours as DICOM recommends them (PS3.3 C.10.7.1.1): CIELab under D50, each value stretched over 16 bits.
enum CIELab {
    /// From red, green and blue of sRGB (IEC 61966-2-1), 0 to 255.
    static func stored(_ color: [UInt8]) -> [Int] {
        precondition(color.count == 3, "a colour has three components")
        let rgb = color.map { c -> Double in
            let v = Double(c) / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        // sRGB to XYZ adapted to D50 by Bradford, over the white point.
        let rows = [(0.4360747, 0.3850649, 0.1430804, 0.96422), (0.2225045, 0.7168786, 0.0606169, 1), (0.0139322, 0.0971045, 0.7141733, 0.82521)]
        let f = rows.map { r -> Double in
            let t = (r.0 * rgb[0] + r.1 * rgb[1] + r.2 * rgb[2]) / r.3
            return t > 216.0 / 24_389 ? cbrt(t) : (24_389.0 / 27 * t + 16) / 116
        }
        let lab = [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
        return [lab[0] / 100, (lab[1] + 128) / 255, (lab[2] + 128) / 255].map { Int((min(max($0, 0), 1) * 65_535).rounded()) }
    }
}
