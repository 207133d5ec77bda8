public import Foundation

/// A picture with its words.
public struct Figure: Sendable, Hashable {
    /// What it shows.
    public var title: String
    /// The sentence beneath: what is seen, with which window and threshold.
    public var caption: String
    /// The same, with its numbers, for those who cannot see it.
    public var altText: String
    /// The picture.
    public var png: Data
    /// Its size in pixels.
    public var width, height: Int
    /// Where each slice lies in it, by row and column of the layout.
    public var panels: [Panel]

    /// One slice in the picture.
    public struct Panel: Sendable, Hashable {
        /// The slice's number, counted from 1 in stored order.
        public var slice: Int
        /// The slice's rectangle in pixels.
        public var x, y, width, height: Int
    }
}
