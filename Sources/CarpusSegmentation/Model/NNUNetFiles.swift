import Foundation

/// What Carpus reads of `plans.json`; names are the file's own.
struct Plans: Decodable {
    struct Intensities: Decodable {
        var mean, std, percentile_00_5, percentile_99_5: Double?
    }
    struct Resampling: Decodable {
        var order, order_z: Int?
        var force_separate_z: Bool?
        var separate_z_anisotropy_threshold: Double?
    }
    /// One configuration; what it leaves out, it inherits.
    struct Configuration: Decodable {
        var inherits_from, previous_stage, resampling_fn_data, resampling_fn_probabilities: String?
        var spacing: [Double]?
        var patch_size: [Int]?
        var normalization_schemes: [String]?
        var use_mask_for_norm: [Bool]?
        var resampling_fn_data_kwargs, resampling_fn_probabilities_kwargs: Resampling?

        func over(_ parent: Configuration) -> Configuration {
            var c = self
            c.inherits_from = parent.inherits_from
            c.previous_stage = previous_stage ?? parent.previous_stage
            c.spacing = spacing ?? parent.spacing
            c.patch_size = patch_size ?? parent.patch_size
            c.normalization_schemes = normalization_schemes ?? parent.normalization_schemes
            c.use_mask_for_norm = use_mask_for_norm ?? parent.use_mask_for_norm
            c.resampling_fn_data = resampling_fn_data ?? parent.resampling_fn_data
            c.resampling_fn_probabilities = resampling_fn_probabilities ?? parent.resampling_fn_probabilities
            c.resampling_fn_data_kwargs = resampling_fn_data_kwargs ?? parent.resampling_fn_data_kwargs
            c.resampling_fn_probabilities_kwargs = resampling_fn_probabilities_kwargs ?? parent.resampling_fn_probabilities_kwargs
            return c
        }
    }
    var dataset_name, image_reader_writer: String?
    var transpose_forward: [Int]?
    var configurations: [String: Configuration]
    var foreground_intensity_properties_per_channel, foreground_intensity_properties_by_modality: [String: Intensities]?

    var reader: String? { image_reader_writer }
    var intensities: [String: Intensities]? { foreground_intensity_properties_per_channel ?? foreground_intensity_properties_by_modality }

    /// A configuration with all it inherits.
    func configuration(_ wanted: String?) throws -> (String, Configuration) {
        let names = configurations.keys.sorted()
        guard let name = wanted ?? (names.count == 1 ? names[0] : ["3d_fullres", "3d_lowres", "2d"].first(where: names.contains)), var c = configurations[name] else {
            throw SegmentationError(.badModel, "plans.json has no configuration '\(wanted ?? "3d_fullres")'; it has \(names.joined(separator: ", "))")
        }
        var seen: Set<String> = [name]
        while let parent = c.inherits_from {
            guard seen.insert(parent).inserted, let p = configurations[parent] else {
                throw SegmentationError(.badModel, "in plans.json a configuration inherits from '\(parent)', which is not there or inherits from it in turn")
            }
            c = c.over(p)
        }
        return (name, c)
    }
}

/// What Carpus reads of `dataset.json`; names are the file's own.
struct Dataset: Decodable {
    /// One value, or the values a region is made of.
    struct Values: Decodable {
        let values: [Int]
        let isRegion: Bool

        init(from decoder: any Decoder) throws {
            let c = try decoder.singleValueContainer()
            if let one = try? c.decode(Int.self) { (values, isRegion) = ([one], false) } else {
                values = try c.decode([Int].self)
                isRegion = values.count > 1
                guard !values.isEmpty else { throw DecodingError.dataCorruptedError(in: c, debugDescription: "a region is made of at least one value") }
            }
        }
    }
    /// A text, or whatever else stands in its place.
    struct Name: Decodable {
        let text: String
        init(from decoder: any Decoder) throws {
            let c = try decoder.singleValueContainer()
            text = try (try? c.decode(String.self)) ?? String(c.decode(Double.self))
        }
    }
    var channel_names, modality: [String: Name]?
    var labels: [String: Values]
    var regions_class_order: [Int]?
    var licence, license: String?
    /// Names of labels as the file orders them.
    var labelOrder: [String] = []

    private enum CodingKeys: String, CodingKey { case channel_names, modality, labels, regions_class_order, licence, license }
}

/// The order of an object's members in a JSON file, which dictionaries lose and nnU-Net's regions go by.
enum MemberOrder {
    /// Names of the members of the object under a top-level key, as they stand in valid JSON.
    static func names(under key: String, in json: Data) -> [String] {
        var depth = 0, current: String?, names: [String] = [], i = json.startIndex
        while i < json.endIndex {
            switch json[i] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                var end = i + 1
                while end < json.endIndex, json[end] != UInt8(ascii: "\"") { end += json[end] == UInt8(ascii: "\\") ? 2 : 1 }
                guard end < json.endIndex else { return names }
                let after = json[(end + 1)...].first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
                if after == UInt8(ascii: ":"), let name = try? JSONDecoder().decode(String.self, from: json[i...end]) {
                    if depth == 1 { current = name } else if depth == 2, current == key { names.append(name) }
                }
                i = end
            default: break
            }
            i += 1
        }
        return names
    }
}
