import CarpusCore
public import Foundation

/// Reads what nnU-Net v2 (Isensee et al., Nat Methods 18, 2021) writes beside a trained network, as a manifest.
public enum NNUNetFolder {
    /// A manifest from `plans.json` and `dataset.json`.
    ///
    /// - Parameters:
    ///   - configuration: `3d_fullres`, `2d`, ...; nil takes the only one, or the first of 3d_fullres, 3d_lowres and 2d.
    ///   - mirrorAxes: nnU-Net keeps them in its checkpoint only, so an export must say them; none when nil.
    /// - Throws: `SegmentationError` for what is missing or cannot be followed, such as a cascade or resampling by another rule.
    public static func manifest(name: String, plans: Data, dataset: Data, configuration: String?, mirrorAxes: [Int]?, networks: [ModelManifest.File]) throws -> ModelManifest {
        let plans = try decode(Plans.self, plans, "plans.json"), order = MemberOrder.names(under: "labels", in: dataset)
        var dataset = try decode(Dataset.self, dataset, "dataset.json")
        dataset.labelOrder = order
        let (chosen, c) = try plans.configuration(configuration)
        guard let names = dataset.channel_names ?? dataset.modality else { throw bad("dataset.json has no channel_names") }
        if let before = c.previous_stage { throw bad("the configuration '\(chosen)' is the second of a cascade after '\(before)'; export a configuration that stands alone") }
        guard let patch = c.patch_size, let spacing = c.spacing, let schemes = c.normalization_schemes else { throw bad("the configuration '\(chosen)' lacks patch_size, spacing or normalization_schemes") }
        guard schemes.count == names.count else { throw bad("there are \(names.count) channels in dataset.json and \(schemes.count) normalisations in plans.json") }
        let masked = c.use_mask_for_norm ?? []
        let channels = try schemes.enumerated().map { i, scheme in
            guard let role = names["\(i)"] else { throw bad("dataset.json has no channel \(i)") }
            return ModelManifest.Channel(role: role.text.lowercased(), normalisation: try normalisation(scheme, plans.intensities?["\(i)"], isMasked: i < masked.count && masked[i]))
        }
        var manifest = ModelManifest(name: name, networks: networks, channels: channels, patch: patch, output: try output(dataset))
        manifest.summary = "nnU-Net \(plans.dataset_name ?? name), \(chosen)"
        (manifest.licence, manifest.version) = (dataset.licence ?? dataset.license ?? "", "1")
        if plans.reader?.hasPrefix("NibabelIOWithReorient") ?? false { manifest.orientation = "RAS" }
        manifest.transpose = plans.transpose_forward ?? [0, 1, 2]
        manifest.spacing = spacing
        manifest.imageResampling = try resampling(c.resampling_fn_data, c.resampling_fn_data_kwargs, order: 3)
        manifest.logitResampling = try resampling(c.resampling_fn_probabilities, c.resampling_fn_probabilities_kwargs, order: 1)
        manifest.mirrorAxes = mirrorAxes ?? []
        if let complaint = manifest.complaint { throw bad(complaint) }
        return manifest
    }

    private static func bad(_ message: String) -> SegmentationError { SegmentationError(.badModel, message) }

    private static func decode<T: Decodable>(_ type: T.Type, _ data: Data, _ file: String) throws -> T {
        do { return try JSONDecoder().decode(type, from: data) } catch { throw bad("\(file) is not as nnU-Net v2 writes it: \(error)") }
    }

    private static func normalisation(_ scheme: String, _ p: Plans.Intensities?, isMasked: Bool) throws -> Normalisation {
        switch scheme {
        case "ZScoreNormalization": return Normalisation(.zScore, isMasked: isMasked)
        case "NoNormalization": return Normalisation(.none)
        case "RescaleTo01Normalization": return Normalisation(.unit)
        case "RGBTo01Normalization": return Normalisation(.byte)
        case "CTNormalization":
            guard let p, let low = p.percentile_00_5, let high = p.percentile_99_5, let mean = p.mean, let std = p.std else { throw bad("plans.json lacks the intensities CTNormalization needs") }
            return Normalisation(.fixed, statistics: .init(mean: mean, deviation: std, lowest: low, highest: high))
        default: throw bad("the normalisation '\(scheme)' is not known; known are ZScore-, CT-, RescaleTo01-, RGBTo01- and NoNormalization")
        }
    }

    private static func resampling(_ function: String?, _ options: Plans.Resampling?, order: Int) throws -> StackResampling {
        guard (function ?? "resample_data_or_seg_to_shape") == "resample_data_or_seg_to_shape" else { throw bad("resampling by '\(function ?? "")' is not known; known is resample_data_or_seg_to_shape") }
        let rule = StackResampling(order: options?.order ?? order, orderAcross: options?.order_z ?? 0, separate: options?.force_separate_z, anisotropy: options?.separate_z_anisotropy_threshold ?? 3)
        if let complaint = rule.complaint { throw bad(complaint) }
        return rule
    }

    /// Labels by value, or regions in the order they are painted.
    private static func output(_ dataset: Dataset) throws -> ModelManifest.Output {
        let labels = dataset.labels.filter { $0.key != "ignore" && !($0.key == "background" && $0.value.values == [0]) }
        if labels.values.contains(where: { $0.isRegion }) {
            guard let order = dataset.regions_class_order, order.count == labels.count else { throw bad("dataset.json has regions and no regions_class_order of as many numbers") }
            // The network's classes follow the file's order of labels.
            let names = dataset.labelOrder.filter { labels[$0] != nil }
            return .init(kind: .regions, labels: try zip(names, order).enumerated().map { try label($1.0, $1.1, $0) })
        }
        let sorted = labels.sorted { $0.value.values[0] < $1.value.values[0] }
        guard sorted.map(\.value.values[0]) == Array(1..<sorted.count + 1) else { throw bad("the labels of dataset.json are not numbered 1 to \(sorted.count)") }
        return .init(labels: try sorted.enumerated().map { try label($1.key, $1.value.values[0], $0) })
    }

    private static func label(_ name: String, _ value: Int, _ i: Int) throws -> Label {
        guard let value = UInt16(exactly: value), value > 0 else { throw bad("the label '\(name)' has the value \(value); labels are 1 to 65535") }
        return Label(value: value, name: name, color: Palette.distinct(i))
    }
}
