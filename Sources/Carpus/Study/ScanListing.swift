public import CarpusCore
import CarpusIO
public import Foundation

/// What a file or folder holds: `carpus info`.
public struct ScanListing: Encodable, Sendable {
    /// One series or file.
    public struct Series: Encodable, Sendable {
        public let path, format: String
        /// Voxels along each axis and frames, where known without reading voxels.
        public let size: [Int]
        /// mm.
        public let spacing: [Double]
        /// Letters towards which the axes run.
        public let orientation: String
        public let instances: Int
        public let attributes: [String: String]
        public let laterality: Laterality?
        public let findings: [Finding]
    }
    /// A file that is no scan.
    public struct Skipped: Encodable, Sendable { public let path, reason: String }

    public let series: [Series]
    public let skipped: [Skipped]

    /// Reads headers only.
    public init(_ url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder) else {
            throw IOError(.missing, at: url, "there is no such file or folder")
        }
        if !isFolder.boolValue, FolderScan.isNIfTI(url) {
            (series, skipped) = ([try Self.nifti(url, path: url.lastPathComponent)], [])
            return
        }
        let root = url.standardizedFileURL.resolvingSymlinksInPath()
        let naming = Naming(root: isFolder.boolValue ? root : root.deletingLastPathComponent(), subjectPattern: nil, visitPattern: nil)
        let images = isFolder.boolValue ? try FolderScan.images(below: root) : []
        var found: [Series] = [], other: [Skipped] = []
        for file in images {
            do { found.append(try Self.nifti(file, path: naming.relative(file))) } catch { other.append(Skipped(path: naming.relative(file), reason: "\(error)")) }
        }
        let dicom = try DICOMFolder.scan(root), named = Set(images.map { $0.path(percentEncoded: false) })
        found += dicom.series.map { Self.dicom($0, path: naming.relative($0.files[0])) }
        other += dicom.skipped.filter { !named.contains($0.file.path(percentEncoded: false)) }.map { Skipped(path: naming.relative($0.file), reason: $0.reason) }
        if !isFolder.boolValue, found.isEmpty {
            throw IOError(.notRecognised, at: url, other.first?.reason ?? "the file is neither NIfTI nor DICOM")
        }
        (series, skipped) = (found, other)
    }

    /// Where its slices lie, as far as the headers tell; what keeps them from filling a box is a finding, since a run would be refused for it.
    private static func dicom(_ s: DICOMSeries, path: String) -> Series {
        func series(_ first: DICOMGeometry?, _ findings: [Finding]) -> Series {
            let size = first.map { [$0.grid.size.x, $0.grid.size.y, $0.grid.size.z] + ($0.frameCount > 1 ? [$0.frameCount] : []) } ?? [], spacing = first.map { [$0.grid.spacing.x, $0.grid.spacing.y, $0.grid.spacing.z] } ?? []
            return Series(
                path: path, format: "DICOM", size: size, spacing: spacing, orientation: first?.grid.orientation ?? "", instances: s.instanceCount, attributes: s.attributes, laterality: s.laterality,
                findings: s.findings + findings)
        }
        do {
            let images = try s.geometry()
            let several = images.count > 1 ? [Finding(.note, "dicom.several-images", "The series holds several images; size and spacing are those of the first.", evidence: ["images": "\(images.count)"])] : []
            return series(images.first, several + images.flatMap(\.findings))
        } catch {
            let sentence = (error as? IOError)?.message ?? "\(error)"
            return series(nil, [Finding(.serious, "dicom.no-volume", "The series cannot be read as it is: \(sentence).")])
        }
    }

    private static func nifti(_ file: URL, path: String) throws -> Series {
        let (header, grid, findings) = try NIfTI.header(of: file)
        let s = grid.spacing, sidecar = try Sidecar(beside: file)
        return Series(
            path: path, format: "NIfTI-\(header.version)", size: header.dimensions, spacing: [s.x, s.y, s.z], orientation: grid.orientation, instances: 1,
            attributes: (sidecar?.attributes ?? [:]).merging(["Datatype": header.datatypeName, "Form": "\(header.form)"]) { $1 }, laterality: sidecar?.laterality, findings: findings)
    }

    /// For a terminal.
    public var text: String {
        var lines: [String] = []
        for s in series {
            let tags = ["SeriesNumber", "SeriesDescription", "ProtocolName", "Modality", "StudyDate", "BodyPartExamined", "Datatype", "Form"].compactMap { key in s.attributes[key].map { "\(key)=\($0)" } }
            let images = s.instances > 1 ? "\(s.instances) images, " : ""
            let geometry = s.size.isEmpty ? "\(s.instances) images" : images + s.size.map(String.init).joined(separator: " x ") + " voxels of " + s.spacing.map { String(format: "%.3f", $0) }.joined(separator: " x ") + " mm, \(s.orientation)"
            lines.append("\(s.path)\n  \(s.format), \(geometry)" + (s.laterality.map { ", side \($0.rawValue)" } ?? ""))
            if !tags.isEmpty { lines.append("  " + tags.joined(separator: ", ")) }
            lines += s.findings.map { "  \($0.severity.rawValue): \($0.sentence)" }
        }
        if !skipped.isEmpty { lines.append("\(skipped.count) files are no scans:") }
        lines += skipped.prefix(20).map { "  \($0.path): \($0.reason)" }
        if skipped.count > 20 { lines.append("  ... and \(skipped.count - 20) more") }
        return lines.joined(separator: "\n")
    }
}
