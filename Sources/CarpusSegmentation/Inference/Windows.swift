import Foundation

/// Where the windows lie that a network looks through, and how much their voxels count: two schools behind one interface.
public struct Windows: Sendable, Hashable, Codable {
    /// Whose rules.
    public enum Scheme: String, Sendable, Hashable, Codable, CaseIterable {
        /// nnU-Net v2: windows evenly spread, the Gaussian's middle at half the length, its top 10, kept in half precision.
        case nnUNet = "nnunet"
        /// MONAI's `sliding_window_inference`: even strides, the last window shifted back, the Gaussian symmetric.
        case monai
    }
    /// Whose rules.
    public var scheme: Scheme
    /// How far the next window lies, in window lengths; 1 minus MONAI's overlap.
    public var step: Double
    /// Whether voxels near a window's middle count more, by a Gaussian with a standard deviation of an eighth of the window.
    public var isGaussian: Bool

    private enum CodingKeys: String, CodingKey { case scheme, step, isGaussian = "gaussian" }

    /// Windows of a scheme, with its own defaults.
    public init(_ scheme: Scheme = .nnUNet, step: Double? = nil, isGaussian: Bool? = nil) {
        (self.scheme, self.step, self.isGaussian) = (scheme, step ?? (scheme == .nnUNet ? 0.5 : 0.75), isGaussian ?? (scheme == .nnUNet))
    }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try c.decodeIfPresent(Scheme.self, forKey: .scheme) ?? .nnUNet, step: try c.decodeIfPresent(Double.self, forKey: .step),
            isGaussian: try c.decodeIfPresent(Bool.self, forKey: .isGaussian))
    }

    /// First voxel of each window along an axis of `length` voxels, which is at least the window's.
    func starts(length: Int, window: Int) -> [Int] {
        precondition(length >= window && step > 0 && step <= 1, "windows fit, and leave no gap")
        // No window lies between two slices.
        if window == 1 { return Array(0..<length) }
        switch scheme {
        case .nnUNet:
            let count = Int((Double(length - window) / (Double(window) * step)).rounded(.up)) + 1
            let actual = count > 1 ? Double(length - window) / Double(count - 1) : 0
            return (0..<count).map { Int((actual * Double($0)).rounded(.toNearestOrEven)) }
        case .monai:
            let interval = length == window ? window : max(1, Int(Double(window) * step))
            var starts: [Int] = []
            for start in stride(from: 0, to: length, by: interval) {
                starts.append(min(start, length - window))
                if start + window >= length { break }
            }
            return starts
        }
    }

    /// What each voxel of a window counts, slowest axis first.
    func weights(_ window: [Int]) -> [Float] {
        let count = window.reduce(1, *)
        guard isGaussian else { return [Float](repeating: 1, count: count) }
        var weights = gaussian(window)
        switch scheme {
        case .nnUNet:
            // Half precision makes zeros of the corners; nnU-Net puts its least number above zero there.
            for i in weights.indices { weights[i] = Double(Float16(weights[i])) }
            let least = weights.filter { $0 > 0 }.min()!
            for i in weights.indices where weights[i] == 0 { weights[i] = least }
        case .monai:
            let floor = max(weights.min()!, 1e-3)
            for i in weights.indices { weights[i] = max(weights[i], floor) }
        }
        return weights.map(Float.init)
    }

    /// The Gaussian itself, before rounding and floor.
    func gaussian(_ window: [Int]) -> [Double] {
        let lines = window.map { n in
            let middle = scheme == .nnUNet ? Double(n / 2) : Double(n - 1) / 2, deviation = Double(n) / 8
            return (0..<n).map { i in exp(-0.5 * ((Double(i) - middle) / deviation) * ((Double(i) - middle) / deviation)) }
        }
        let top = scheme == .nnUNet ? 10.0 : 1
        return lines[0].flatMap { z in lines[1].flatMap { y in lines[2].map { top * z * y * $0 } } }
    }
}
