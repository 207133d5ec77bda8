/// Unique identifiers made from texts.
public enum DICOMUID {
    /// The UID of a text, "2.25." and a UUID as one decimal number (PS3.5 B.2): equal texts give equal UIDs, and others differ
    /// but for chance. The UUID is of version 8 (RFC 9562), its bits are the 128-bit FNV-1a hash of the text's UTF-8.
    public static func derived(from text: String) -> String { derived(from: text.utf8) }

    /// The UID of bytes, by the same rule.
    static func derived(from bytes: some Sequence<UInt8>) -> String {
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in bytes { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B }
        return of(hash)
    }

    /// The UID of 128 bits, all but those that tell a UUID's version and variant.
    static func of(_ bits: UInt128) -> String {
        let version: UInt128 = 0xF << 76, variant: UInt128 = 0x3 << 62
        return "2.25.\(bits & ~(version | variant) | 0x8 << 76 | 0x2 << 62)"
    }

    /// Whether a text has the form of a UID: numbers without leading zeros, joined by dots, of 64 characters at most.
    static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 64 && parts.count > 1 && parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } && (part == "0" || part.first != "0")
        }
    }
}
