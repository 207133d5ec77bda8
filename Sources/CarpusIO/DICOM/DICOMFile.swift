import CGDCM
import Foundation

/// One file: its header, and its pixels on request.
struct DICOMFile: Sendable {
    let url: URL
    let elements: DICOMElements
    /// Bytes on disk.
    let length: Int

    /// Values that hold for the whole file.
    var values: DICOMValues { DICOMValues(layers: [elements.values] + (elements[items: .shared].first.map { [$0.flattened] } ?? [])) }

    /// Reads the header.
    ///
    /// - Throws: `IOError`: `.notRecognised` for what is not DICOM or holds no image, others for what is damaged.
    init(_ url: URL) throws {
        self.url = url
        length = try Self.checkIsDICOM(url)
        let plain = try Self.read(url, withCSA: false)
        let isMosaic = plain.values[DICOMTag.imageType.number]?.contains("MOSAIC") == true
        elements = isMosaic ? try Self.read(url, withCSA: true) : plain
        try checkHoldsImage()
    }

    /// Looks at the first bytes only: most files of a folder are told apart without a parser.
    private static func checkIsDICOM(_ url: URL) throws -> Int {
        let head: [UInt8], length: Int
        do {
            let handle = try FileHandle(forReadingFrom: url)
            head = [UInt8](try handle.read(upToCount: 132) ?? Data())
            length = Int(try handle.seekToEnd())
            try handle.close()
        } catch {
            throw IOError(.unreadable, at: url, "the file cannot be read; check that it may be")
        }
        if head.count == 132, head[128...] == [0x44, 0x49, 0x43, 0x4D] { return length }
        guard head.count >= 12 else { throw IOError(.notRecognised, at: url, "the file is too short to be DICOM") }
        // Without a preamble a file begins with group 2 or 8, in either byte order, and a short first element.
        let (little, big) = (Int(head[0]) | Int(head[1]) << 8, Int(head[1]) | Int(head[0]) << 8)
        let isExplicit = head[4...5].allSatisfy { (0x41...0x5A).contains($0) }
        let implicitLength = (0..<4).reduce(0) { $0 | Int(head[4 + $1]) << (8 * $1) }
        guard [2, 8].contains(little) && (isExplicit || implicitLength < min(length, 1 << 16)) || big == 8 && isExplicit else {
            throw IOError(.notRecognised, at: url, "the file is not DICOM")
        }
        return length
    }

    /// The values of given elements at the top of a file's data set.
    static func values(of tags: [DICOMTag], in url: URL) throws -> DICOMValues { DICOMValues(layers: [try read(url, DICOMTag.asked(tags), withCSA: false).values]) }

    private static func read(_ url: URL, _ wanted: String = DICOMTag.wanted, withCSA: Bool) throws -> DICOMElements {
        let builder = Builder()
        var visitor = cgdcm_visitor()
        visitor.element = { context, tag, bytes, count in Builder.from(context).top.set(tag, text(bytes, count)) }
        visitor.begin_item = { context, _ in Builder.from(context).stack.append(DICOMElements()) }
        visitor.end_item = { context, tag in
            let builder = Builder.from(context)
            if let item = builder.stack.popLast() { builder.top.append(item, to: tag) }
        }
        visitor.csa = { context, name, bytes, count in
            if let name { Builder.from(context).top.csa[String(cString: name)] = text(bytes, count) }
        }
        try withExtendedLifetime(builder) {
            try call(at: url) { cgdcm_read_header(url.path(percentEncoded: false), wanted, withCSA ? 1 : 0, &visitor, Unmanaged.passUnretained(builder).toOpaque(), $0, $1) }
        }
        return builder.top
    }

    /// Directories, reports and plans are DICOM without an image.
    private func checkHoldsImage() throws {
        let v = DICOMValues(layers: [elements.values])
        if elements.values[DICOMTag.sopClass.number] == nil, v[.rows] == nil {
            throw IOError(.notRecognised, at: url, "the DICOM file holds no image (a directory of files, or a header alone)")
        }
        guard let rows = v.int(.rows), let columns = v.int(.columns), rows > 0, columns > 0, v.int(.bitsAllocated) ?? 0 > 0 else {
            throw IOError(.notRecognised, at: url, "the DICOM file holds no image (\(v[.modality].map { "modality \($0)" } ?? "no modality"))")
        }
    }

    /// Calls into the C layer, and turns its status into an error.
    static func call(at url: URL, _ body: (UnsafeMutablePointer<CChar>, Int) -> CInt) throws {
        var message = [CChar](repeating: 0, count: 256)
        let status = message.withUnsafeMutableBufferPointer { m in m.baseAddress.map { body($0, m.count) } ?? 0 }
        guard status != 0 else { return }
        let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let code: IOError.Code = switch UInt32(status) {
        case CGDCM_NOT_DICOM.rawValue: .notRecognised
        case CGDCM_CUT_SHORT.rawValue: .truncated
        case CGDCM_UNSUPPORTED.rawValue: .unsupported
        default: .malformed
        }
        throw IOError(code, at: url, reason)
    }
}

/// Collects what the C layer tells.
private final class Builder {
    var stack = [DICOMElements()]
    var top: DICOMElements {
        get { stack[stack.count - 1] }
        _modify { yield &stack[stack.count - 1] }
    }
    static func from(_ context: UnsafeMutableRawPointer?) -> Builder {
        guard let context else { preconditionFailure("the C layer hands the context back") }
        return Unmanaged<Builder>.fromOpaque(context).takeUnretainedValue()
    }
}

/// Text as UTF-8 where it is that, else as Latin-1, in which every byte means something.
private func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
    guard let bytes else { return "" }
    let raw = UnsafeRawBufferPointer(start: bytes, count: count)
    let text = String(validating: raw, as: UTF8.self) ?? String(String.UnicodeScalarView(raw.map { Unicode.Scalar($0) }))
    return text.trimmed
}
