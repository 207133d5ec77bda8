import CarpusCore
import Foundation

/// Puts all slices of a grid side by side on one sheet, pixel by pixel.
struct SheetPainter {
    let view: SliceView
    let picture: SlicePicture
    let count, perRow: Int
    /// Whether a pixel is a voxel.
    private let isNative: Bool

    /// Pixels are squares as fine as the finest voxels, but no more of them than `limit` along a side.
    ///
    /// - Throws: `ReportError` when the sheet would be larger than a picture can be.
    init(of grid: Grid, longerSide limit: Int) throws {
        view = SliceView(of: grid)
        let finest = min(view.columns.spacing, view.rows.spacing), longest = max(view.columns.extent, view.rows.extent)
        picture = SlicePicture(view, longerSide: min(limit, max(1, Int((longest / finest).rounded()))))
        isNative = picture.width == view.columns.count && picture.height == view.rows.count
        count = view.slices.count
        // As square as whole slices allow.
        let wished = (Double(count * picture.height) / Double(picture.width)).squareRoot().rounded(.up)
        perRow = max(1, min(count, Int(wished)))
        guard width <= WebP.longestSide, height <= WebP.longestSide else {
            throw ReportError(.drawing, "\(count) slices of \(picture.width) x \(picture.height) pixels do not fit on one sheet; set 'pixels' lower")
        }
    }

    /// The sheet's own size.
    var width: Int { perRow * picture.width }
    var height: Int { (count + perRow - 1) / perRow * picture.height }

    /// An image in grey, `range` as 0 to 255; transparent where there is no number.
    func grey(_ scalars: [Float], range: GreyWindow, quality: Double) throws -> Data {
        let nx = isNative ? 1 : oversampling(view.columns.count, picture.width), ny = isNative ? 1 : oversampling(view.rows.count, picture.height)
        return try sheet(.photograph(quality: Float(quality))) { x, y, slice in
            var sum: Float = 0, n: Float = 0
            if isNative {
                (sum, n) = (scalars[view.offset(column: x, row: y, slice: slice)], 1)
            } else {
                for j in 0..<ny {
                    for i in 0..<nx {
                        let column = (Double(x) + (Double(i) + 0.5) / Double(nx)) * Double(view.columns.count) / Double(picture.width) - 0.5
                        let row = (Double(y) + (Double(j) + 0.5) / Double(ny)) * Double(view.rows.count) / Double(picture.height) - 0.5
                        let value = picture.sample(scalars, slice: slice, column: column, row: row)
                        if value.isFinite { (sum, n) = (sum + value, n + 1) }
                    }
                }
            }
            guard n > 0, sum.isFinite else { return 0 }
            let grey = UInt32((255 * range.grey(sum / n)).rounded())
            return 0xFF00_0000 | grey << 16 | grey << 8 | grey
        }
    }

    /// Labels by their place in a list, from 1, those from the 255th on as one; 0 where there is none or one that is not listed.
    func labels(_ map: LabelMap, listed: [Label]) throws -> Data {
        var places = [UInt32](repeating: 0, count: Int(UInt16.max) + 1)
        for (i, label) in listed.enumerated() { places[Int(label.value)] = UInt32(min(i + 1, 255)) }
        return try sheet(.exact) { x, y, slice in 0xFF00_0000 | places[Int(map.labels[nearest(x, y, slice)])] << 16 }
    }

    /// A map in colours with their own opacity, of the nearest voxel.
    func colours(_ scalars: [Float], ink: (Float) -> (colour: Colour, alpha: Double)?) throws -> Data {
        try sheet(.exact) { x, y, slice in
            guard let (colour, alpha) = ink(scalars[nearest(x, y, slice)]), alpha > 0 else { return 0 }
            return UInt32((255 * min(1, alpha)).rounded()) << 24 | colour.packed
        }
    }

    private func nearest(_ x: Int, _ y: Int, _ slice: Int) -> Int {
        let column = isNative ? x : min(view.columns.count - 1, (2 * x + 1) * view.columns.count / (2 * picture.width))
        let row = isNative ? y : min(view.rows.count - 1, (2 * y + 1) * view.rows.count / (2 * picture.height))
        return view.offset(column: column, row: row, slice: slice)
    }

    private func oversampling(_ voxels: Int, _ pixels: Int) -> Int { max(1, Int((Double(voxels) / Double(pixels)).rounded(.up))) }

    private func sheet(_ fidelity: WebP.Fidelity, _ pixel: (_ x: Int, _ y: Int, _ slice: Int) -> UInt32) throws -> Data {
        var pixels = [UInt32](repeating: 0, count: width * height)
        for slice in 0..<count {
            let left = slice % perRow * picture.width, top = slice / perRow * picture.height
            for y in 0..<picture.height {
                for x in 0..<picture.width { pixels[(top + y) * width + left + x] = pixel(x, y, slice) }
            }
        }
        return try WebP.data(pixels, width: width, height: height, fidelity)
    }
}
