public import CarpusCore
import CarpusIO
public import Foundation

extension Legend {
    /// The legend that lies beside a label map as BIDS puts it: `X_dseg.tsv` with columns index, name and color; nil when there is none.
    ///
    /// - Throws: `IOError` when the table is malformed.
    public static func beside(_ file: URL) throws -> Legend? {
        let url = Self.file(beside: file)
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { return nil }
        var labels: [Label] = []
        for (i, row) in try TabTable(url, needs: ["index", "name"]).rows.enumerated() {
            guard let value = row["index"].flatMap({ UInt16($0) }), let name = row["name"] else {
                throw IOError(.malformed, at: url, "line \(row.number) is no label: an index from 0 to 65535 and a name are needed")
            }
            if value == 0 { continue }
            guard !labels.contains(where: { $0.value == value || $0.name == name }) else {
                throw IOError(.malformed, at: url, "line \(row.number) names a label a second time")
            }
            labels.append(Label(value: value, name: name, color: row["color"].flatMap(Self.rgb) ?? Palette.distinct(i)))
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
    public var table: String {
        let rows = labels.map { l in ["\(l.value)", l.name, "#" + l.color.map { String(format: "%02x", $0) }.joined()] }
        return TabTable.text(["index", "name", "color"], rows) + "\n"
    }

    private static func rgb(_ text: String) -> [UInt8]? {
        guard text.count == 7, text.hasPrefix("#"), let n = UInt32(text.dropFirst(), radix: 16) else { return nil }
        return [UInt8(n >> 16), UInt8(n >> 8 & 255), UInt8(n & 255)]
    }
}
