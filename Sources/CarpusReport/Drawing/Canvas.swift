import CCairo
import Foundation

/// A picture being drawn: a cairo surface that lives as long as this object and never leaves the room.
final class Canvas {
    /// What a picture becomes.
    enum Form {
        /// A block of pixels, written as PNG.
        case pixels
        /// Shapes, written as SVG; letters become shapes too, so that no font is needed to see them.
        case shapes
    }

    let width, height: Int
    private let surface, context: OpaquePointer
    /// What the surface of shapes has written so far.
    private let written = Bytes()

    private final class Bytes { var data = Data() }

    /// A picture of one colour.
    init(width: Int, height: Int, ground: Colour = .ground, form: Form = .pixels) throws {
        guard (1...32000).contains(width), (1...32000).contains(height) else {
            throw ReportError(.drawing, "a picture of \(width) x \(height) pixels cannot be drawn; show fewer slices")
        }
        let made = switch form {
        case .pixels: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        case .shapes:
            cairo_svg_surface_create_for_stream({ sink, data, count in
                guard let sink, let data else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<Bytes>.fromOpaque(sink).takeUnretainedValue().data.append(data, count: Int(count))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(written).toOpaque(), Double(width), Double(height))
        }
        guard let surface = made else {
            throw ReportError(.drawing, "there is no memory for a picture of \(width) x \(height) pixels")
        }
        guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let context = cairo_create(surface) else {
            cairo_surface_destroy(surface)
            throw ReportError(.drawing, "there is no memory for a picture of \(width) x \(height) pixels")
        }
        (self.width, self.height, self.surface, self.context) = (width, height, surface, context)
        fixFont()
        fill(x: 0, y: 0, width: Double(width), height: Double(height), ground)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    /// Grey anti-aliasing without hinting, so that a desktop's font settings do not change the bytes.
    private func fixFont() {
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(context, options)
        cairo_font_options_destroy(options)
    }

    private func take(_ c: Colour, _ alpha: Double = 1) { cairo_set_source_rgba(context, c.red, c.green, c.blue, alpha) }
}

// MARK: - Shapes

extension Canvas {
    func fill(x: Double, y: Double, width: Double, height: Double, _ colour: Colour) {
        take(colour)
        cairo_rectangle(context, x, y, width, height)
        cairo_fill(context)
    }

    /// Straight pieces in one stroke.
    func stroke(_ lines: [Line], _ colour: Colour, width: Double, alpha: Double = 1) {
        guard !lines.isEmpty else { return }
        for line in lines {
            cairo_move_to(context, line.x0, line.y0)
            cairo_line_to(context, line.x1, line.y1)
        }
        take(colour, alpha)
        cairo_set_line_width(context, width)
        cairo_set_line_cap(context, CAIRO_LINE_CAP_SQUARE)
        cairo_stroke(context)
    }

    /// A line through points, with round corners; dashes of a length when it is above 0.
    func path(_ points: [(x: Double, y: Double)], _ colour: Colour, width: Double, dash: Double = 0) {
        guard points.count > 1 else { return }
        trace(points)
        take(colour)
        cairo_set_line_width(context, width)
        cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        if dash > 0 { withUnsafePointer(to: dash) { cairo_set_dash(context, $0, 1, 0) } }
        cairo_stroke(context)
        cairo_set_dash(context, nil, 0, 0)
    }

    /// A filled polygon.
    func polygon(_ points: [(x: Double, y: Double)], _ colour: Colour, alpha: Double = 1) {
        guard points.count > 2 else { return }
        trace(points)
        cairo_close_path(context)
        take(colour, alpha)
        cairo_fill(context)
    }

    /// A filled disc.
    func disc(x: Double, y: Double, radius: Double, _ colour: Colour) {
        cairo_new_sub_path(context)
        cairo_arc(context, x, y, radius, 0, 2 * .pi)
        take(colour)
        cairo_fill(context)
    }

    private func trace(_ points: [(x: Double, y: Double)]) {
        for (i, p) in points.enumerated() { i == 0 ? cairo_move_to(context, p.x, p.y) : cairo_line_to(context, p.x, p.y) }
    }

    /// Copies pixels, 0x00RRGGBB by rows, to a place inside the picture.
    func paint(_ tile: Tile, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + tile.width <= width && y + tile.height <= height, "a tile lies inside its picture")
        cairo_surface_flush(surface)
        let stride = Int(cairo_image_surface_get_stride(surface))
        guard let data = cairo_image_surface_get_data(surface) else { return }
        for row in 0..<tile.height {
            let line = UnsafeMutableRawPointer(data + (y + row) * stride + 4 * x).assumingMemoryBound(to: UInt32.self)
            for column in 0..<tile.width { line[column] = tile.pixels[row * tile.width + column] }
        }
        cairo_surface_mark_dirty(surface)
    }
}

/// A straight piece, in pixels.
struct Line: Hashable { var x0, y0, x1, y1: Double }

/// A block of pixels, 0x00RRGGBB by rows.
struct Tile: Hashable {
    let width, height: Int
    var pixels: [UInt32]
}

// MARK: - Text

extension Canvas {
    enum Alignment { case left, centre, right }

    private func choose(size: Double, bold: Bool) {
        cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
    }

    /// How far a text runs, in pixels.
    func width(of text: String, size: Double, bold: Bool = false) -> Double {
        choose(size: size, bold: bold)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// Writes a text whose base line is at `y`.
    func write(_ text: String, x: Double, y: Double, size: Double, _ colour: Colour = .text, bold: Bool = false, align: Alignment = .left) {
        let run = width(of: text, size: size, bold: bold)
        take(colour)
        cairo_move_to(context, align == .left ? x : align == .right ? x - run : x - run / 2, y)
        cairo_show_text(context, text)
    }

    /// The text, cut with an ellipsis where it would run beyond a width.
    func fitted(_ text: String, to limit: Double, size: Double, bold: Bool = false) -> String {
        if width(of: text, size: size, bold: bold) <= limit { return text }
        var cut = text
        while !cut.isEmpty, width(of: cut + "…", size: size, bold: bold) > limit { cut.removeLast() }
        return cut + "…"
    }
}

// MARK: - Bytes

extension Canvas {
    /// The picture as WebP.
    func webp(_ fidelity: WebP.Fidelity) throws -> Data {
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { throw ReportError(.drawing, "a picture of shapes has no pixels to write as WebP") }
        let stride = Int(cairo_image_surface_get_stride(surface))
        var pixels: [UInt32] = []
        pixels.reserveCapacity(width * height)
        for row in 0..<height {
            let line = UnsafeMutableRawPointer(data + row * stride).assumingMemoryBound(to: UInt32.self)
            for column in 0..<width { pixels.append(line[column] | 0xFF00_0000) }
        }
        return try WebP.data(pixels, width: width, height: height, fidelity)
    }

    /// The picture as SVG, with words for those who cannot see it. Nothing more can be drawn. cairo writes no time stamps, but numbers its surfaces
    /// through a process: without that number equal pictures are equal bytes.
    func svg(title: String, description: String) throws -> Data {
        cairo_surface_finish(surface)
        let status = cairo_surface_status(surface), text = String(decoding: written.data, as: UTF8.self).replacing(/surface[0-9]+/, with: "surface")
        guard status == CAIRO_STATUS_SUCCESS, let open = text.range(of: "<svg "), let end = text.range(of: ">", range: open.upperBound..<text.endIndex) else {
            throw ReportError(.drawing, "a picture could not be written as SVG: \(String(cString: cairo_status_to_string(status)))")
        }
        func escaped(_ words: String) -> String { words.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;") }
        let words = "\n<title>\(escaped(title))</title>\n<desc>\(escaped(description))</desc>"
        return Data((text[..<open.upperBound] + "role=\"img\" " + text[open.upperBound..<end.upperBound] + words + text[end.upperBound...]).utf8)
    }

    /// The picture as PNG. cairo writes no time stamps, so equal pictures are equal bytes.
    func png() throws -> Data {
        var bytes = Data()
        let status = withUnsafeMutablePointer(to: &bytes) { sink in
            cairo_surface_write_to_png_stream(surface, { sink, data, count in
                guard let sink, let data else { return CAIRO_STATUS_WRITE_ERROR }
                sink.assumingMemoryBound(to: Data.self).pointee.append(data, count: Int(count))
                return CAIRO_STATUS_SUCCESS
            }, sink)
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw ReportError(.drawing, "a picture could not be written as PNG: \(String(cString: cairo_status_to_string(status)))")
        }
        return bytes
    }
}
