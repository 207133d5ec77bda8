import CDCMTK
public import Foundation

/// Takes the identity out of DICOM images, by the Basic Application Level Confidentiality Profile of PS3.15, Table E.1-1.
///
/// What the table does not list stays, but for names of persons, dates, private elements and what no dictionary knows, which go. UIDs become
/// others, the same for the same key wherever they stand; so do patients, who are told apart by a pseudonym in Patient ID and Patient's Name, made of the ID and
/// its issuer. Without an ID each study is a patient. Pixels are not touched: text burned into them stays, and images that say they hold some are refused.
public struct DICOMDeidentifier: Sendable {
    /// What is kept beyond the basic profile.
    public struct Options: Sendable {
        /// Dates, moved by whole days, the same for all scans of a patient; times of day as they are (113107).
        public var retainsShiftedDates = false
        /// Serial numbers and names of devices (113109), not their dates.
        public var retainsDevice = false
        /// The institution (113112).
        public var retainsInstitution = false
        /// Sex, age, size, weight, ethnic group, smoking, pregnancy and neutering (113108).
        public var retainsCharacteristics = false
        /// Private elements that hold numbers of the scanner (113111).
        public var retainsSafePrivate = false
        /// Descriptions of series, studies and protocols, of which words of MRI and single short numbers stay (113105).
        public var cleansDescriptors = false

        public init() {}
    }

    let options: Options
    /// 32 bytes for a text, which nobody can compute who has not the key.
    private let keyed: @Sendable (String) -> [UInt8]

    /// - Parameter keyed: a keyed hash of 32 bytes, HMAC-SHA256.
    public init(options: Options, keyed: @escaping @Sendable (String) -> [UInt8]) {
        (self.options, self.keyed) = (options, keyed)
    }

    /// Writes an image without identity below a folder.
    ///
    /// - Returns: its path in the folder, made of the patient's pseudonym and the new UIDs.
    /// - Throws: `IOError`: `.notRecognised` for what is no DICOM image, `.unsupported` for images that hold text by their own account,
    ///   `.exists` at the file that holds the same instance already, `.cannotWrite` where the disk takes no more, others for what cannot be read or written.
    public func write(_ file: URL, below folder: URL) throws -> String {
        let source = try DICOMFile(file)
        try refuseText(source)
        let v = source.allValues, patient = v.patientKey.isEmpty ? "study " + (v[.studyUID] ?? "") : v.patientKey
        let label = "sub-" + hex("patient " + patient, 12)
        let path = [label, hex("study " + (v[.studyUID] ?? ""), 12), hex("series " + (v[.seriesUID] ?? ""), 12), hex("instance " + (v[.sopInstance] ?? ""), 20) + ".dcm"].joined(separator: "/")
        let target = folder.appending(path: path)
        guard !FileManager.default.fileExists(atPath: target.path(percentEncoded: false)) else {
            throw IOError(.exists, at: target, "another file holds the same instance; it was copied in place of both")
        }
        do {
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw IOError(.cannotWrite, at: target, "the folder cannot be made: \(error.localizedDescription)")
        }
        let rules = DeidentificationRules(options: options, label: label, daysBack: daysBack(of: patient), isEnhanced: !source.elements[items: .perFrame].isEmpty, uid: uid)
        let uids = [DICOMTag.sopInstance, .studyUID, .seriesUID].compactMap { tag in v[tag].map { (tag.number, "UI", uid($0)) } }
        try rewrite(file, to: target, rules, identity: [(0x0010_0010, "PN", "Removed^" + label), (0x0010_0020, "LO", label)] + uids)
        return path
    }

    /// Text in the pixels would tell what the header no longer does.
    private func refuseText(_ file: DICOMFile) throws {
        let v = file.allValues
        if v[.burnedIn]?.uppercased() == "YES" {
            throw IOError(.unsupported, at: file.url, "the image says that text is burned into its pixels; it is not copied")
        }
        let capture = "1.2.840.10008.5.1.4.1.1.7"
        if let kind = v[.sopClass], kind == capture || kind.hasPrefix(capture + ".") {
            throw IOError(.unsupported, at: file.url, "the image is a secondary capture, which may show names; it is not copied")
        }
    }

    /// - Parameter identity: what stands for patient, study, series and instance, whatever form the file has them in.
    private func rewrite(_ file: URL, to target: URL, _ rules: DeidentificationRules, identity: [(tag: UInt32, vr: String, text: String)]) throws {
        let words: [String] = options.methods.flatMap { [$0.code, $0.meaning] }
        let values = identity + [
            (0x0012_0062, "CS", "YES"), (0x0012_0063, "LO", "Carpus\\DICOM PS3.15 Table E.1-1 Basic Profile"),
            (0x0028_0303, "CS", options.retainsShiftedDates ? "MODIFIED" : "REMOVED"),
        ]
        let copies: [UnsafeMutablePointer<CChar>?] = (words + values.map(\.text)).map { strdup($0) }
        defer { copies.forEach { free($0) } }
        let pointers = copies.prefix(words.count).map { UnsafePointer($0) }, decider = Decider(rules)
        let added = zip(values, copies.dropFirst(words.count)).map { v, text in
            let vr = v.vr.utf8.map { CChar(bitPattern: $0) }
            return cdcmtk_added(tag: v.tag, vr: (vr[0], vr[1]), value: text)
        }
        var message = [CChar](repeating: 0, count: 256)
        let size = message.count
        let status = withExtendedLifetime(decider) {
            cdcmtk_rewrite(
                file.path(percentEncoded: false), target.path(percentEncoded: false), Decider.decide, Unmanaged.passUnretained(decider).toOpaque(), added, added.count, pointers, pointers.count / 2, &message, size)
        }
        guard status != 0 else { return }
        let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isDisk = UInt32(status) == CDCMTK_CANNOT_WRITE.rawValue && !Self.takes(bytesOf: file, at: target)
        Self.clear(target)
        throw IOError(isDisk ? .cannotWrite : .malformed, at: file, "the file cannot be written without identity: \(reason)")
    }

    /// Whether the disk takes a file as long as another: where it does, what could not be written is the image's own fault.
    private static func takes(bytesOf file: URL, at target: URL) -> Bool {
        guard let length = (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize else { return true }   // a source that is gone is no fault of the disk
        return FileManager.default.createFile(atPath: target.path(percentEncoded: false), contents: Data(count: length))
    }

    /// Removes what was begun and the folders that hold nothing else; the error that led here is the one to tell.
    private static func clear(_ target: URL) {
        unlink(target.path(percentEncoded: false))
        var folder = target.deletingLastPathComponent()
        for _ in 0..<3 where rmdir(folder.path(percentEncoded: false)) == 0 { folder.deleteLastPathComponent() }
    }

    /// A UID of 128 keyed bits.
    private func uid(_ old: String) -> String { DICOMUID.of(keyed("uid " + old).prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }) }

    private func hex(_ text: String, _ count: Int) -> String {
        String(keyed(text).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().prefix(count))
    }

    /// One to 3650 days.
    private func daysBack(of patient: String) -> Int {
        1 + Int(keyed("days " + patient).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } % 3650)
    }
}

/// Carries the rules through the C header.
private final class Decider {
    let rules: DeidentificationRules
    init(_ rules: DeidentificationRules) { self.rules = rules }

    static let decide: cdcmtk_decide = { context, found, replacement, size in
        guard let context, let found = found?.pointee, let replacement else { return CDCMTK_REMOVE }
        let rules = Unmanaged<Decider>.fromOpaque(context).takeUnretainedValue().rules
        let vr = String(decoding: [UInt8(bitPattern: found.vr.0), UInt8(bitPattern: found.vr.1)], as: UTF8.self)
        let element = DeidentificationRules.Element(
            tag: found.tag, vr: vr, creator: found.creator.map { String(cString: $0) } ?? "", value: found.value.map { String(cString: $0) } ?? "", length: Int(found.length), isKnown: found.is_known != 0)
        switch rules.action(for: element) {
        case .keep: return CDCMTK_KEEP
        case .remove: return CDCMTK_REMOVE
        case .empty: return CDCMTK_EMPTY
        case .replace(let text):
            let bytes = Array(text.utf8)
            guard bytes.count < size else { return CDCMTK_EMPTY }
            for (i, byte) in bytes.enumerated() { replacement[i] = CChar(bitPattern: byte) }
            replacement[bytes.count] = 0
            return CDCMTK_REPLACE
        }
    }
}

extension DICOMDeidentifier.Options {
    /// The profile and the options as PS3.16 CID 7050 codes them.
    var methods: [(code: String, meaning: String)] {
        var all = [("113100", "Basic Application Confidentiality Profile")]
        if cleansDescriptors { all.append(("113105", "Clean Descriptors Option")) }
        if retainsShiftedDates { all.append(("113107", "Retain Longitudinal Temporal Information Modified Dates Option")) }
        if retainsCharacteristics { all.append(("113108", "Retain Patient Characteristics Option")) }
        if retainsDevice { all.append(("113109", "Retain Device Identity Option")) }
        if retainsSafePrivate { all.append(("113111", "Retain Safe Private Option")) }
        if retainsInstitution { all.append(("113112", "Retain Institution Identity Option")) }
        return all
    }
}
