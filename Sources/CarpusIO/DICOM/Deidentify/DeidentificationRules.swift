/// What becomes of each element of one file.
struct DeidentificationRules: Sendable {
    /// An element as the file has it.
    struct Element {
        let tag: UInt32
        let vr: String
        /// Who defined a private element.
        let creator: String
        /// The value of text, parts separated by backslashes.
        let value: String
        /// Bytes.
        let length: Int
        /// Whether the dictionary has the tag.
        let isKnown: Bool
    }

    enum Action: Equatable {
        case keep, remove, empty
        case replace(String)
    }

    let options: DICOMDeidentifier.Options
    /// The patient's pseudonym.
    let label: String
    /// By how many days dates lie earlier.
    let daysBack: Int
    /// Whether the image has functional groups by frame, as enhanced ones have, which demand what others do without.
    let isEnhanced: Bool
    /// A UID in place of another.
    let uid: @Sendable (String) -> String

    func action(for e: Element) -> Action {
        let action = known(e)
        // What the file itself does not tell the form of holds bytes, into which no text can be put.
        if case .replace = action, e.vr == "UN" { return .empty }
        return action
    }

    private func known(_ e: Element) -> Action {
        let group = e.tag >> 16
        if group % 2 == 1 { return ofPrivate(e) }
        // Curves and overlays, of which the table takes the data and the comments; a header without them says nothing.
        if [0x50, 0x60].contains(group >> 8) { return .remove }
        if e.tag == 0x0010_0020 { return .replace(label) }
        if e.tag == 0x0010_0010 { return .replace("Removed^" + label) }
        guard let row = ConfidentialityProfile.standard.rows[e.tag] else { return ofUnlisted(e) }
        return chosen(row, e) ?? basic(row, e)
    }

    private func ofPrivate(_ e: Element) -> Action {
        guard options.retainsSafePrivate else { return .remove }
        if e.tag & 0xFFFF <= 0xFF { return SafePrivateElements.isOwner(e.value.trimmed, of: e.tag >> 16) ? .keep : .remove }
        return SafePrivateElements.contains(e.tag, by: e.creator, vr: e.vr, length: e.length) ? .keep : .remove
    }

    /// What the table does not list stays, unless its form tells that it may name somebody, or nobody knows what it is.
    private func ofUnlisted(_ e: Element) -> Action {
        guard e.isKnown, e.vr != "UN", !UnlistedElements.identifying.contains(e.tag) else { return .remove }
        switch e.vr {
        case "PN": return .empty
        // An address on a network tells the house.
        case "UR": return .remove
        case "DA", "DT": return dated(e) ?? .remove
        case "UI": return .replace(parts(e.value).map { $0.hasPrefix("1.2.840.10008.") ? $0 : uid($0) }.joined(separator: "\\"))
        default: return .keep
        }
    }

    /// What the options say, the one that keeps most first; nil where none says anything.
    private func chosen(_ row: ConfidentialityProfile.Row, _ e: Element) -> Action? {
        let kept: [(Bool, ConfidentialityProfile.Option)] = [
            (options.retainsDevice, .device), (options.retainsInstitution, .institution), (options.retainsCharacteristics, .characteristics),
        ]
        // Days are kept by no option but the one that moves them, those of devices neither: the header says that they were moved or removed.
        if kept.contains(where: { $0.0 && row.options[$0.1] == "K" }), e.vr != "UN", !isMoment(row.vr), !isMoment(e.vr) { return .keep }
        if row.options[.modifiedDates] == "C", !UnlistedElements.publicDays.contains(e.tag), let action = dated(e) { return action }
        if options.cleansDescriptors, row.options[.descriptors] == "C", ["LO", "SH", "ST", "LT", "UT", "UC"].contains(e.vr) {
            return DescriptionWords.cleaned(e.value).map { .replace($0) }
        }
        return nil
    }

    /// A day moved, a time of the day as it is; nil where dates are not kept or there is none.
    private func dated(_ e: Element) -> Action? {
        guard options.retainsShiftedDates else { return nil }
        switch e.vr {
        case "DA", "DT": return ShiftedDate.shifted(e.value, by: -daysBack).map { .replace($0) }
        case "TM": return e.value.allSatisfy { "0123456789.: \\".contains($0) } ? .keep : nil
        default: return nil
        }
    }

    /// The letters of the basic profile. Where they leave a choice, what modules demand decides: single-frame images may lack moments, which is
    /// better than made-up ones that pass for measured; enhanced images may not.
    private func basic(_ row: ConfidentialityProfile.Row, _ e: Element) -> Action {
        let isTime = isMoment(row.vr), saysNothing = e.length == 0 || !e.value.isEmpty && e.value.trimmed.isEmpty
        // What says nothing and may say nothing stays so: a made-up agent would say that there was one.
        if ["Z/D", "X/Z/D"].contains(row.basic), saysNothing, !isTime { return .empty }
        switch row.basic {
        case "X": return .remove
        case "Z": return .empty
        // Acquisition Context Sequence alone is demanded, and may be empty.
        case "X/Z": return e.vr == "SQ" && e.tag != 0x0040_0555 ? .remove : .empty
        case "X/Z/D", "Z/D": return e.vr == "SQ" ? .remove : isTime && !isEnhanced ? .empty : dummy(e)
        case "X/D": return isTime || e.vr == "SQ" ? .remove : dummy(e)
        case "D": return dummy(e)
        case "U": return .replace(parts(e.value).map(uid).joined(separator: "\\"))
        // The references stay; the UIDs in them change as those do that they point to.
        case "X/Z/U*": return e.vr == "SQ" ? .keep : .remove
        default: preconditionFailure("the table has the action '\(row.basic)'")
        }
    }

    private func isMoment(_ vr: String) -> Bool { ["DA", "TM", "DT"].contains(vr) }

    /// A value that says nothing, in the form the element demands.
    private func dummy(_ e: Element) -> Action {
        switch e.vr {
        case "AE", "LO", "SH", "ST", "LT", "UC", "UT": .replace("removed")
        case "PN": .replace("Removed^Removed")
        case "CS": .replace("REMOVED")
        case "AS": .replace("000Y")
        case "DA": .replace("19000101")
        case "DT": .replace("19000101000000")
        case "TM": .replace("000000")
        case "DS", "IS", "US", "SS", "UL", "SL", "FL", "FD": .replace("0")
        case "UI": .replace(uid(e.value))
        default: .empty
        }
    }

    private func parts(_ value: String) -> [String] { value.isEmpty ? [] : value.split(separator: "\\", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : String($0).trimmed } }
}
