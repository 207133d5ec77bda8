import CITK
public import CarpusCore
import Foundation

/// The slow change of brightness across an image that the receive coil makes, by N4 (Tustison et al., IEEE Trans Med
/// Imaging 29, 2010), in ITK.
public enum BiasField {
    /// How the field is found.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The spacing in mm at which the field is estimated; thicker slices stay as they are.
        public var spacing = 2.0
        /// Levels of the B-spline mesh, 1 to 6, each twice as fine as the one before.
        public var levels = 3
        /// Iterations at each level, at most.
        public var iterations = 50
        /// The change of the field below which a level ends.
        public var convergence = 1e-3

        /// The defaults.
        public init() {}

        /// What is out of range, nil when nothing is.
        public var complaint: String? {
            if !(spacing > 0 && spacing.isFinite) { return "'spacing' must be above 0 mm" }
            if !(1...6).contains(levels) { return "'levels' must be 1 to 6" }
            if !(1...1000).contains(iterations) { return "'iterations' must be 1 to 1000" }
            return convergence > 0 ? nil : "'convergence' must be above 0"
        }
    }

    /// An image divided by its field, and the field, whose mean over the tissue is 1.
    ///
    /// - Parameter mask: tissue from which the field is estimated, anything but 0 counting, on the image's grid; what is
    ///   above Otsu's threshold when nil.
    /// - Throws: `RegistrationError` when a parameter is out of range, the mask lies elsewhere, there is no tissue or only one slice.
    public static func correct(_ image: Volume<Float>, mask: LabelMap? = nil, parameters: Parameters = .init()) throws -> (corrected: Volume<Float>, field: Volume<Float>) {
        if let complaint = parameters.complaint { throw RegistrationError(.badParameter, "N4: \(complaint)") }
        if let mask, !mask.grid.matches(image.grid) {
            throw RegistrationError(.gridMismatch, "the mask lies on another grid than the image to correct; resample it first")
        }
        let tissue = mask.map { $0.labels.map { $0 != 0 } } ?? Tissue.mask(of: image)
        let (small, weight) = coarse(image, tissue, spacing: parameters.spacing)
        guard pointwiseMin(small.grid.size, Index3(repeating: 2)) == Index3(repeating: 2) else {
            throw RegistrationError(.badGeometry, "an image of a single slice, or narrower than two voxels of \(parameters.spacing) mm, has no bias field that N4 could find; give the whole series, or leave the step out")
        }
        // A coarse voxel counts when most of it is tissue with signal.
        let inside = zip(small.scalars, weight.scalars).map { $0 > 0 && $1 >= 0.5 ? UInt8(1) : 0 }
        guard inside.reduce(0, { $0 + Int($1) }) >= 100 else {
            throw RegistrationError(.noSignal, "there is too little tissue in the image to find its bias field; check the image and the mask")
        }
        let logarithm = try logField(MaskedVolume(volume: small, mask: inside), parameters)
        let mean = logarithm.scalars.indices.reduce(0.0) { $0 + (inside[$1] == 1 ? Double(logarithm.scalars[$1]) : 0) } / Double(inside.reduce(0) { $0 + Int($1) })
        let centred = logarithm.map { $0 - Float(mean) }
        var field = centred.resampled(onto: image.grid, interpolation: .cubic)
        for i in field.scalars.indices { field.scalars[i] = exp(field.scalars[i]) }
        let corrected = Volume(grid: image.grid, scalars: zip(image.scalars, field.scalars).map { $0 / $1 })
        return (corrected, field)
    }

    /// The image and the share of tissue at a coarser spacing; only tissue enters the mean.
    private static func coarse(_ image: Volume<Float>, _ tissue: [Bool], spacing: Double) -> (Volume<Float>, Volume<Float>) {
        let wanted = Vector3(repeating: spacing)
        let share = Volume(grid: image.grid, scalars: zip(tissue, image.scalars).map { $0 && $1.isFinite && $1 > 0 ? Float(1) : 0 })
        let values = Volume(grid: image.grid, scalars: zip(share.scalars, image.scalars).map { $0 > 0 ? $1 : 0 })
        let weight = share.downsampled(toSpacing: wanted), sum = values.downsampled(toSpacing: wanted)
        return (Volume(grid: sum.grid, scalars: zip(sum.scalars, weight.scalars).map { $1 > 0 ? $0 / $1 : 0 }), weight)
    }

    private static func logField(_ input: MaskedVolume, _ p: Parameters) throws -> Volume<Float> {
        var field = [Float](repeating: 0, count: input.volume.grid.count)
        let options = citk_n4_options(levels: Int32(p.levels), iterations: Int32(p.iterations), convergence: p.convergence)
        try field.withUnsafeMutableBufferPointer { out in
            try input.lend { view in
                try ITKEngine.call("N4") { citk_n4(view, options, out.baseAddress, $0, $1) }
            }
        }
        return Volume(grid: input.volume.grid, scalars: field)
    }
}
