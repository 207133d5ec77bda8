/// Private elements that hold numbers of the scanner, and without which values or times of a series are lost.
///
/// Those Carpus reads, and those of MRI that PS3.15 Table E.3.10-1 calls safe. Siemens' CSA headers are not among them: they hold texts.
enum SafePrivateElements {
    private struct Block: Hashable {
        let creator: String
        let group: UInt32
    }

    private static let elements: [Block: Set<UInt32>] = [
        // Rescale slope and intercept, scale slope, begin of a dynamic scan.
        Block(creator: "Philips MR Imaging DD 001", group: 0x2005): [0x09, 0x0A, 0x0D, 0x0E, 0xA0],
        // The classic header of each frame, of which the profile takes out what it takes out elsewhere.
        Block(creator: "Philips MR Imaging DD 005", group: 0x2005): [0x0F],
        // Diffusion factor and direction; number of slices.
        Block(creator: "Philips Imaging DD 001", group: 0x2001): [0x03, 0x04, 0x18],
        // Images in a mosaic; diffusion factor, directionality, direction and matrix.
        Block(creator: "SIEMENS MR HEADER", group: 0x0019): [0x0A, 0x0C, 0x0D, 0x0E, 0x27],
        // Diffusion factor; kind of image.
        Block(creator: "GEMS_PARM_01", group: 0x0043): [0x2F, 0x39],
        // Components of the diffusion direction.
        Block(creator: "GEMS_ACQU_01", group: 0x0019): [0xBB, 0xBC, 0xBD],
    ]

    /// Whether the owner of a block has safe elements in a group.
    static func isOwner(_ creator: String, of group: UInt32) -> Bool { elements[Block(creator: creator, group: group)] != nil }

    /// Whether an element of a block is safe.
    ///
    /// - Parameter length: in bytes. What DCMTK could not tell the form of (UN) is safe only where it is as short as numbers are.
    static func contains(_ tag: UInt32, by creator: String, vr: String, length: Int) -> Bool {
        guard let numbers = elements[Block(creator: creator, group: tag >> 16)], numbers.contains(tag & 0xFF) else { return false }
        return vr != "UN" || length <= 72
    }
}
