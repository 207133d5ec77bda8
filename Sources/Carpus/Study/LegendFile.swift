public import CarpusCore
import CarpusIO
public import Foundation

extension Legend {
    /// The legend that lies beside a label map as BIDS puts it: `X_dseg.tsv` with columns index, name and color; nil when there is none.
    ///
    /// - Throws: `IOError` when the table is malformed.
    public static func beside(_ file: URL) throws -> Legend? {
        let table = Self.file(beside: file)
        guard let data = FileManager.default.contents(atPath: table.path(percentEncoded: false)) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        guard let header = lines.first, let index = header.firstIndex(of: "index"), let name = header.firstIndex(of: "name") else {
            throw IOError(.malformed, at: table, "a legend needs the columns 'index' and 'name'")
        }
        let color = header.firstIndex(of: "color")
        var labels: [Label] = []
        for (i, cells) in lines.dropFirst().enumerated() {
            guard cells.count == header.count, let value = UInt16(cells[index]) else {
                throw IOError(.malformed, at: table, "line \(i + 2) is no label: an index from 0 to 65535 and as many columns as the first line are needed")
            }
            if value == 0 { continue }
            guard !labels.contains(where: { $0.value == value || $0.name == cells[name] }) else {
                throw IOError(.malformed, at: table, "line \(i + 2) names a label a second time")
            }
            let rgb = color.flatMap { Self.rgb(cells[$0]) } ?? Palette.distinct(i)
            labels.append(Label(value: value, name: cells[name], color: rgb))
        }
        return Legend(labels)
    }

    /// Where the legend of a label map lies.
    public static func file(beside map: URL) -> URL {
        let stem = map.lastPathComponent.replacing(/\.(nii|hdr|img)(\.gz)?$/.ignoresCase(), with: "")
        return map.deletingLastPathComponent().appending(path: stem + ".tsv")
    }

    /// Writes the legend as a table.
    public func write(to url: URL) throws { try OutputFile.write(table, to: url) }

    /// The legend as a table, `X_dseg.tsv`.
    var table: String {
        let rows = labels.map { l in "\(l.value)\t\(l.name)\t#" + l.color.map { String(format: "%02x", $0) }.joined() }
        return (["index\tname\tcolor"] + rows).joined(separator: "\n") + "\n"
    }

    private static func rgb(_ text: String) -> [UInt8]? {
        guard text.count == 7, text.hasPrefix("#"), let n = UInt32(text.dropFirst(), radix: 16) else { return nil }
        return [UInt8(n >> 16), UInt8(n >> 8 & 255), UInt8(n & 255)]
    }
}
