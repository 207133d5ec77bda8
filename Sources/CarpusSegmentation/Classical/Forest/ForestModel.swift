public import CarpusCore
public import Foundation

/// A trained forest with what it needs to be used: the roles it sees, and the labels it gives.
///
/// The file: `CARPUSRF`, a format number, the length of a JSON header, the header, then each tree's arrays as the header counts them, and a
/// checksum (FNV-1a, 64 bits) of all before it; numbers little-endian.
public struct ForestModel: Sendable, Hashable {
    /// What stands in the header.
    struct Header: Sendable, Hashable, Codable {
        struct Size: Sendable, Hashable, Codable { var nodes, leaves: Int }
        var roles: [String]
        var labels: [Label]
        var features: [String]
        var trees: [Size]
        var training: String
    }
    /// Roles of the images, in order.
    public let roles: [String]
    /// The labels, in the order of the classes after the background.
    public let legend: Legend
    /// What it was trained on.
    public let training: String
    let forest: RandomForest

    init(roles: [String], legend: Legend, training: String, forest: RandomForest) { (self.roles, self.legend, self.training, self.forest) = (roles, legend, training, forest) }

    private static let magic = Array("CARPUSRF".utf8)

    /// The model as a file's bytes.
    public func encoded() throws -> Data {
        let sizes = forest.trees.map { Header.Size(nodes: $0.feature.count, leaves: $0.leaves.count) }
        let header = Header(roles: roles, labels: legend.labels, features: VoxelFeatures.names, trees: sizes, training: training)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(header)
        var bytes = Self.magic
        func put(_ v: UInt32) { withUnsafeBytes(of: v.littleEndian) { bytes += $0 } }
        put(1)
        put(UInt32(json.count))
        bytes += json
        for tree in forest.trees {
            for v in tree.feature { put(UInt32(bitPattern: v)) }
            for v in tree.threshold { put(v.bitPattern) }
            for v in tree.child { put(UInt32(bitPattern: v)) }
            for v in tree.leaves { put(v.bitPattern) }
        }
        withUnsafeBytes(of: Self.checksum(bytes[...]).littleEndian) { bytes += $0 }
        return Data(bytes)
    }

    /// A model from a file's bytes.
    ///
    /// - Throws: `SegmentationError` for what is no forest, or damaged.
    public init(decoding data: Data) throws {
        func bad(_ why: String) -> SegmentationError { SegmentationError(.badModel, "this is no forest of Carpus: \(why)") }
        let bytes = [UInt8](data)
        guard bytes.count > 24, bytes.starts(with: Self.magic) else { throw bad("it does not begin with CARPUSRF") }
        let end = bytes.count - 8, sum = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[end + $1]) << (8 * UInt64($1)) }
        guard sum == Self.checksum(bytes[..<end]) else { throw bad("its checksum is wrong; the file is damaged") }
        var at = 8
        func word() throws -> UInt32 {
            guard at + 4 <= end else { throw bad("it ends too early") }
            defer { at += 4 }
            return (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
        guard try word() == 1 else { throw bad("its format is not 1") }
        let length = Int(try word())
        guard length <= end - at, let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[at..<at + length])) else { throw bad("its header cannot be read") }
        at += length
        guard header.features == VoxelFeatures.names, !header.roles.isEmpty, Set(header.roles).count == header.roles.count else { throw bad("it sees other features than this version of Carpus knows") }
        guard !header.labels.isEmpty, header.labels.allSatisfy({ $0.value > 0 && $0.color.count == 3 }), Set(header.labels.map(\.value)).count == header.labels.count,
            Set(header.labels.map(\.name)).count == header.labels.count, header.labels.count < 255, !header.trees.isEmpty else { throw bad("its labels are not sound") }
        let classes = header.labels.count + 1, features = header.roles.count * VoxelFeatures.names.count
        var trees: [RandomForest.Tree] = []
        for size in header.trees {
            guard size.nodes > 0, size.leaves > 0, size.nodes <= (end - at) / 12, size.leaves <= (end - at) / 4 else { throw bad("it ends too early") }
            var tree = RandomForest.Tree()
            for _ in 0..<size.nodes { tree.feature.append(Int32(bitPattern: try word())) }
            for _ in 0..<size.nodes { tree.threshold.append(Float(bitPattern: try word())) }
            for _ in 0..<size.nodes { tree.child.append(Int32(bitPattern: try word())) }
            for _ in 0..<size.leaves { tree.leaves.append(Float(bitPattern: try word())) }
            for n in 0..<size.nodes {
                let child = Int(tree.child[n]), isLeaf = tree.feature[n] < 0
                // Children lie behind their parents: every way down ends.
                guard isLeaf ? child >= 0 && child + classes <= size.leaves : child > n && child + 1 < size.nodes && Int(tree.feature[n]) < features else { throw bad("a tree leads nowhere") }
            }
            trees.append(tree)
        }
        guard at == end else { throw bad("something follows its last tree") }
        self.init(roles: header.roles, legend: Legend(header.labels), training: header.training, forest: RandomForest(classCount: classes, featureCount: features, trees: trees))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } }
}
