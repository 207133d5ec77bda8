import CarpusCore

/// A rough mask of tissue: what is brighter than Otsu's threshold (IEEE Trans Syst Man Cybern 9, 1979) between the 1st and
/// the 99th percentile.
enum Tissue {
    static func mask(of image: Volume<Float>) -> [Bool] {
        let step = max(1, image.scalars.count / 500_000)
        let sample = stride(from: 0, to: image.scalars.count, by: step).map { image.scalars[$0] }.filter(\.isFinite).sorted()
        guard let least = sample.first, let last = sample.last, last > least else { return image.scalars.map { _ in false } }
        let low = sample[sample.count / 100], high = sample[min(sample.count - 1, sample.count * 99 / 100)]
        let threshold = high > low ? otsu(sample, low, high) : (least + last) / 2
        return image.scalars.map { $0 > threshold }
    }

    private static func otsu(_ values: [Float], _ low: Float, _ high: Float) -> Float {
        let bins = 256, scale = Float(bins - 1) / (high - low)
        var histogram = [Double](repeating: 0, count: bins)
        for v in values { histogram[Int((min(max(v, low), high) - low) * scale)] += 1 }
        let total = Double(values.count), all = histogram.indices.reduce(0.0) { $0 + Double($1) * histogram[$1] }
        var count = 0.0, sum = 0.0, best = (between: -1.0, bin: 0)
        for bin in 0..<(bins - 1) {
            count += histogram[bin]
            sum += Double(bin) * histogram[bin]
            guard count > 0, count < total else { continue }
            let apart = sum / count - (all - sum) / (total - count)
            let between = count * (total - count) * apart * apart
            if between > best.between { best = (between, bin) }
        }
        return low + (Float(best.bin) + 1) / scale
    }
}
