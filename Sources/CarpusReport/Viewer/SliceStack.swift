public import Foundation

/// All slices of one grid as pictures that lie over each other, for the viewer in the page. Pixels for looking; measuring is done on the images themselves.
public struct SliceStack: Sendable, Hashable, Codable {
    /// What the viewer does with the layers.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// One image with overlays, beside others.
        case browse
        /// Images in one place, one after the other.
        case flicker
        /// Two images, one on each side of a line that moves, with a map over both.
        case wipe
    }

    /// What it does, and where on the page it stands.
    public var kind: Kind
    public var section: ReportSection
    /// What it shows; the sentence beneath; the same in words for those who cannot see it.
    public var title, caption, altText: String
    /// `axial`, `coronal` or `sagittal`, and the letters of the four edges.
    public var plane, left, right, top, bottom: String
    /// Pixels of one slice, and the side of a pixel in mm.
    public var width, height: Int
    public var pixelSize: Double
    /// How many slices there are, in stored order, and the one that is shown first, counted from 0.
    public var count, start: Int
    /// The middle of the first slice and the way to the next, in LPS, mm.
    public var first, step: [Double]
    /// Slices in one row of a sheet.
    public var perRow: Int
    /// What lies over each other, the lowest first.
    public var layers: [Layer]

    /// One image, map or set of labels.
    public struct Layer: Sendable, Hashable, Codable {
        /// How its pixels are read.
        public enum Kind: String, Sendable, Hashable, Codable {
            /// Grey from 0 for `low` to 255 for `high`; transparent where there is no data.
            case grey
            /// Red is the place of the label in the legend, counted from 1; 0 for none.
            case labels
            /// Colours with their own opacity.
            case colours
        }
        /// How its pixels are read.
        public var kind: Kind
        /// What it is called.
        public var name: String
        /// Of grey layers: the values of 0 and 255, and those that are black and white at first.
        public var low, high, black, white: Double?
        /// What colours mean.
        public var legend: [Entry]
        /// All slices side by side as WebP, `perRow` in a row.
        public var sheet: Data
    }

    /// A colour and its meaning.
    public struct Entry: Sendable, Hashable, Codable {
        /// The place that pixels tell, counted from 1; 0 where the layer has no labels.
        public var value: Int
        /// Red, green and blue.
        public var colour: [UInt8]
        /// What it means.
        public var name: String
    }
}

extension SliceStack {
    /// One slice with nothing on it.
    public static let blank = SliceStack(
        kind: .browse, section: .images, title: "", caption: "", altText: "", plane: "axial", left: "R", right: "L", top: "A", bottom: "P", width: 1, height: 1, pixelSize: 1, count: 1, start: 0,
        first: [0, 0, 0], step: [0, 0, 1], perRow: 1, layers: [])

    /// How stacks are made.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above it.
        public var title = "Slices"
        /// The longer side of a slice in pixels, at most; larger slices are averaged down.
        public var pixels = 384
        /// Quality of the grey pictures, 0 to 100.
        public var quality = 75.0
        /// The defaults.
        public init() {}

        /// What is wrong with these values, nil when nothing is.
        public var complaint: String? {
            if !(32...1024).contains(pixels) { return "pixels is \(pixels) but must lie between 32 and 1024" }
            return (0...100).contains(quality) ? nil : "quality is \(quality) but must lie between 0 and 100"
        }
    }
}
