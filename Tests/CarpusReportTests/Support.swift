import CCairo
import CWebP
import CarpusCore
import Foundation

@testable import CarpusReport

/// Pixels of a PNG, read back by cairo.
struct DecodedPicture {
    let width, height: Int
    private var pixels: [UInt32] = []

    init(_ png: Data) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".png")
        try png.write(to: url)
        defer { unlink(url.path()) }
        guard let surface = cairo_image_surface_create_from_png(url.path()) else { throw ReportError(.drawing, "no surface") }
        defer { cairo_surface_destroy(surface) }
        guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(surface) else { throw ReportError(.drawing, "not a PNG") }
        (width, height) = (Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface)))
        let stride = Int(cairo_image_surface_get_stride(surface))
        for y in 0..<height {
            for x in 0..<width { pixels.append(UnsafeRawPointer(data + y * stride + 4 * x).load(as: UInt32.self) & 0xFFFFFF) }
        }
    }

    subscript(x: Int, y: Int) -> (red: Int, green: Int, blue: Int) {
        let p = pixels[y * width + x]
        return (Int(p >> 16), Int(p >> 8 & 255), Int(p & 255))
    }

    /// The pixel at a share of a panel's width and height.
    func pixel(in panel: Figure.Panel, _ fx: Double, _ fy: Double) -> (red: Int, green: Int, blue: Int) {
        self[panel.x + Int(fx * Double(panel.width)), panel.y + Int(fy * Double(panel.height))]
    }
}

/// Pixels of a WebP, 0xAARRGGBB, read back by libwebp.
struct DecodedWebP {
    let width, height: Int
    let pixels: [UInt32]

    init(_ data: Data) throws {
        var width: Int32 = 0, height: Int32 = 0
        let bytes = data.withUnsafeBytes { WebPDecodeARGB($0.bindMemory(to: UInt8.self).baseAddress, $0.count, &width, &height) }
        guard let bytes else { throw ReportError(.drawing, "not a WebP") }
        defer { WebPFree(bytes) }
        (self.width, self.height) = (Int(width), Int(height))
        pixels = (0..<Int(width) * Int(height)).map { i in (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[4 * i + $1]) } }
    }

    subscript(x: Int, y: Int) -> UInt32 { pixels[y * width + x] }
    /// Red at a place.
    func red(_ x: Int, _ y: Int) -> Int { Int(self[x, y] >> 16 & 255) }
}

/// World directions by letter.
let towards: [Character: Vector3] = ["L": Vector3(1, 0, 0), "R": Vector3(-1, 0, 0), "P": Vector3(0, 1, 0), "A": Vector3(0, -1, 0), "S": Vector3(0, 0, 1), "I": Vector3(0, 0, -1)]

/// A grid whose axes run towards three letters, the third with the thick slices.
func grid(_ letters: String, size: Index3 = Index3(20, 24, 3), spacing: Vector3 = Vector3(1, 1, 4)) throws -> Grid {
    let d = letters.map { towards[$0]! }
    return try Grid(size: size, spacing: spacing, direction: Matrix3(columns: d[0], d[1], d[2]))
}

/// A dark volume that is bright where a world direction, from the middle of the grid, is more than a quarter of the way to the edge for all given letters.
func bright(_ grid: Grid, towards letters: String) -> Volume<Float> {
    let centre = grid.centre
    var volume = Volume<Float>(grid: grid, repeating: 0)
    for o in 0..<grid.count {
        let p = grid.worldFromVoxel(Vector3(grid.index(at: o))) - centre
        if letters.allSatisfy({ p.dot(towards[$0]!) > 3 }) { volume.scalars[o] = 100 }
    }
    return volume
}
