public import Foundation

/// A picture with its words.
public struct Figure: Sendable, Hashable {
    /// What it shows.
    public var title: String
    /// The sentence beneath: what is seen, with which window and threshold.
    public var caption: String
    /// The same, with its numbers, for those who cannot see it.
    public var altText: String
    /// Where on the page it stands.
    public var section: ReportSection
    /// The picture, for files.
    public var png: Data
    /// The same as WebP, for the page.
    public var webp: Data
    /// Its size in pixels.
    public var width, height: Int
    /// Where each slice lies in it, by row and column of the layout; not known of a figure read back from files.
    public var panels: [Panel]

    /// One slice in the picture.
    public struct Panel: Sendable, Hashable {
        /// The slice's number, counted from 1 in stored order.
        public var slice: Int
        /// The slice's rectangle in pixels.
        public var x, y, width, height: Int
    }
}

extension Figure {
    /// A figure that was drawn before and kept as its words and its picture.
    public init(title: String, caption: String, altText: String, section: ReportSection, png: Data, webp: Data) {
        let size = Self.size(ofPNG: png)
        self.init(title: title, caption: caption, altText: altText, section: section, png: png, webp: webp, width: size.width, height: size.height, panels: [])
    }

    /// Width and height stand big-endian behind a PNG's signature and first chunk name.
    static func size(ofPNG png: Data) -> (width: Int, height: Int) {
        guard png.count >= 24 else { return (0, 0) }
        func number(_ at: Int) -> Int { png.dropFirst(at).prefix(4).reduce(0) { $0 << 8 | Int($1) } }
        return (number(16), number(20))
    }
}

extension Canvas {
    /// What was drawn, with its words. Nothing more should be drawn after.
    func figure(_ title: String, caption: String, altText: String, section: ReportSection, _ fidelity: WebP.Fidelity, panels: [Figure.Panel] = []) throws -> Figure {
        Figure(title: title, caption: caption, altText: altText, section: section, png: try png(), webp: try webp(fidelity), width: width, height: height, panels: panels)
    }
}
