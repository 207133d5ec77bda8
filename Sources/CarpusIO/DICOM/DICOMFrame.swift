import CarpusCore
import Foundation

/// One slice at one time: where it lies, and where its pixels are.
struct DICOMFrame: Sendable {
    /// Index of the file in the series, of the frame in the file, and the tile's corner in a mosaic.
    let file: Int, frame: Int
    let tile: (x: Int, y: Int)
    let columns: Int, rows: Int
    /// Centre of the first pixel, and unit vectors along rising column and row index.
    let position: Vector3
    let alongRow: Vector3, alongColumn: Vector3
    /// Distances between pixels along those vectors, mm.
    let columnSpacing: Double, rowSpacing: Double
    let values: DICOMValues

    var normal: Vector3 { alongRow.cross(alongColumn) }
    /// How far along the normal.
    var depth: Double { position.dot(normal) }
    /// ms; maps made from several echoes have none.
    var echoTime: Double? { (values.double(.effectiveEchoTime) ?? values.double(.echoTime)).flatMap { $0 > 0 ? $0 : nil } }
    /// The spacing the header names, mm; positions are trusted before it.
    var namedSpacing: Double? { values.double(.sliceSpacing).map(abs).flatMap { $0 > 0 ? $0 : nil } }
    var thickness: Double? { values.double(.thickness).flatMap { $0 > 0 ? $0 : nil } }
}

extension DICOMFrame {
    /// All frames of a file, a mosaic cut into its slices.
    static func frames(of file: DICOMFile, index: Int) throws -> [DICOMFrame] {
        let shared = file.elements[items: .shared].first?.flattened ?? [:]
        let groups = file.elements[items: .perFrame]
        let count = max(1, file.values.int(.frames) ?? 1)
        guard groups.isEmpty || groups.count == count else {
            throw IOError(.inconsistent, at: file.url, "the file names \(count) frames and describes \(groups.count); export the series again")
        }
        guard !groups.isEmpty || count == 1 else {
            throw IOError(.unsupported, at: file.url, "the file holds \(count) frames and does not tell where each lies; export it as enhanced or as single-frame DICOM")
        }
        return try (0..<count).flatMap { i in
            let layers = (groups.isEmpty ? [] : [groups[i].flattened]) + [shared, file.elements.values]
            let frame = try DICOMFrame(DICOMValues(layers: layers), of: file, file: index, frame: i)
            return try Mosaic(file, frame)?.tiles ?? [frame]
        }
    }

    private init(_ v: DICOMValues, of source: DICOMFile, file: Int, frame: Int) throws {
        let p = v.doubles(.position), o = v.doubles(.orientation), s = v.doubles(.pixelSpacing)
        guard p.count == 3, o.count == 6 else {
            throw IOError(.badGeometry, at: source.url, "the image does not tell where it lies (no valid ImagePositionPatient or ImageOrientationPatient); export the original images, not captures")
        }
        guard s.count == 2, s[0] > 0, s[1] > 0 else {
            throw IOError(.badGeometry, at: source.url, "the image does not tell the size of its pixels (no valid PixelSpacing)")
        }
        let row = Vector3(o[0], o[1], o[2]), column = Vector3(o[3], o[4], o[5])
        guard abs(row.length - 1) < 0.01, abs(column.length - 1) < 0.01, abs(row.dot(column)) < 0.01 else {
            throw IOError(.badGeometry, at: source.url, "ImageOrientationPatient does not hold two unit vectors at right angles")
        }
        guard let rows = v.int(.rows), let columns = v.int(.columns) else {
            throw IOError(.malformed, at: source.url, "the image does not tell its size")
        }
        self.init(
            file: file, frame: frame, tile: (0, 0), columns: columns, rows: rows, position: Vector3(p[0], p[1], p[2]), alongRow: row / row.length,
            alongColumn: column / column.length, columnSpacing: s[1], rowSpacing: s[0], values: v)
    }
}

/// Siemens' way of keeping a whole volume in one image: the slices side by side in a square.
private struct Mosaic {
    let tiles: [DICOMFrame]

    /// Nil when the image is no mosaic.
    init?(_ file: DICOMFile, _ image: DICOMFrame) throws {
        guard image.values.strings(.imageType).contains("MOSAIC") else { return nil }
        let count = file.elements.csa["NumberOfImagesInMosaic"]?.doubles.first.map { Int($0) } ?? image.values.int(.mosaicCount) ?? 0
        let side = Int(Double(max(0, min(count, 1 << 20))).squareRoot().rounded(.up))
        guard side > 0, image.columns % side == 0, image.rows % side == 0 else {
            throw IOError(.badGeometry, at: file.url, "the image is a Siemens mosaic and does not tell how many slices it holds (its private header was stripped); export it as enhanced DICOM")
        }
        guard let spacing = image.namedSpacing ?? image.thickness else {
            throw IOError(.badGeometry, at: file.url, "the image is a Siemens mosaic and does not tell the distance of its slices")
        }
        let columns = image.columns / side, rows = image.rows / side
        // The position is that of the whole mosaic's corner, as if it were one large slice around the true centre.
        let right = image.alongRow * image.columnSpacing * (Double(image.columns - columns) / 2)
        let down = image.alongColumn * image.rowSpacing * (Double(image.rows - rows) / 2)
        let first = image.position + right + down
        var step = image.normal * spacing
        if let n = file.elements.csa["SliceNormalVector"]?.doubles, n.count == 3, Vector3(n[0], n[1], n[2]).dot(step) < 0 { step = -1 * step }
        tiles = (0..<count).map { i in
            DICOMFrame(
                file: image.file, frame: image.frame, tile: (i % side * columns, i / side * rows), columns: columns, rows: rows, position: first + Double(i) * step,
                alongRow: image.alongRow, alongColumn: image.alongColumn, columnSpacing: image.columnSpacing, rowSpacing: image.rowSpacing, values: image.values)
        }
    }
}
