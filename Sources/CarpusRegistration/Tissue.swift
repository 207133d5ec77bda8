import CarpusCore

/// A rough mask of tissue: what is brighter than Otsu's threshold (IEEE Trans Syst Man Cybern 9, 1979) between the 1st and
/// the 99th percentile.
enum Tissue {
    static func mask(of image: Volume<Float>) -> [Bool] {
        let step = max(1, image.scalars.count / 500_000)
        let sample = stride(from: 0, to: image.scalars.count, by: step).map { image.scalars[$0] }.filter(\.isFinite).sorted()
        guard let least = sample.first, let last = sample.last, last > least else { return image.scalars.map { _ in false } }
        let low = sample[sample.count / 100], high = sample[min(sample.count - 1, sample.count * 99 / 100)]
        let threshold = high > low ? Otsu.threshold(sample.map { min(max($0, low), high) }, bins: 256) ?? low : (least + last) / 2
        return image.scalars.map { $0 > threshold }
    }
}
