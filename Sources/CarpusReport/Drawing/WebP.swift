import CWebP
import Foundation

/// Pictures as WebP, a fraction of a PNG's size: what stands inside the page.
enum WebP {
    /// How much may be lost.
    enum Fidelity: Hashable, Sendable {
        /// Grey slices: what is lost is less than a screen shows. Quality from 0 to 100.
        case photograph(quality: Float)
        /// Labels, maps and plots: nothing is lost.
        case exact

        /// Slices with thin coloured lines on them: at this quality the lines are as sharp as in a PNG of four times the size.
        static let outlinedSlices = Fidelity.photograph(quality: 80)
    }

    /// The longest side the format can hold, in pixels.
    static let longestSide = 16383

    /// Writes pixels, 0xAARRGGBB by rows. Equal pixels are equal bytes.
    ///
    /// - Throws: `ReportError` when the picture is larger than the format holds, or memory is short.
    static func data(_ pixels: [UInt32], width: Int, height: Int, _ fidelity: Fidelity) throws -> Data {
        precondition(pixels.count == width * height, "a picture has one pixel a place")
        var config = WebPConfig(), picture = WebPPicture()
        guard (1...longestSide).contains(width), (1...longestSide).contains(height), WebPConfigInit(&config) != 0, WebPPictureInit(&picture) != 0 else {
            throw ReportError(.drawing, "a picture of \(width) x \(height) pixels cannot be written as WebP; show fewer or smaller slices")
        }
        switch fidelity {
        case .photograph(let quality): (config.quality, config.method, config.use_sharp_yuv) = (quality, 4, 1)
        // Level 4 of 9 is within a few percent of the smallest file in a fraction of its time.
        case .exact: _ = WebPConfigLosslessPreset(&config, 4)
        }
        (picture.use_argb, picture.width, picture.height) = (1, Int32(width), Int32(height))
        guard WebPPictureAlloc(&picture) != 0 else { throw ReportError(.drawing, "there is no memory for a picture of \(width) x \(height) pixels") }
        defer { WebPPictureFree(&picture) }
        for row in 0..<height {
            let line = picture.argb + row * Int(picture.argb_stride)
            for column in 0..<width { line[column] = pixels[row * width + column] }
        }
        return try encoded(&picture, config)
    }

    private static func encoded(_ picture: inout WebPPicture, _ config: WebPConfig) throws -> Data {
        var writer = WebPMemoryWriter(), config = config
        WebPMemoryWriterInit(&writer)
        defer { WebPMemoryWriterClear(&writer) }
        let done = withUnsafeMutablePointer(to: &writer) { sink in
            picture.writer = WebPMemoryWrite
            picture.custom_ptr = UnsafeMutableRawPointer(sink)
            return WebPEncode(&config, &picture)
        }
        guard done != 0, let bytes = writer.mem else {
            throw ReportError(.drawing, "a picture could not be written as WebP: libwebp's error \(picture.error_code.rawValue)")
        }
        return Data(bytes: bytes, count: writer.size)
    }
}
