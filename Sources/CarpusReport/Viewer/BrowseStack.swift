public import CarpusCore

/// A series to look through, with its labels.
public enum BrowseStack {
    /// Makes a stack of an image.
    ///
    /// - Parameters:
    ///   - anatomy: labels of tissue, on any grid in the image's world.
    ///   - lesions: labels of lesions, likewise.
    ///   - classes: any other labels, likewise.
    /// - Throws: `ReportError` for parameters out of range or slices that do not fit.
    public static func make(_ image: Volume<Float>, anatomy: LabelMap? = nil, lesions: LabelMap? = nil, classes: LabelMap? = nil, parameters: SliceStack.Parameters = .init()) throws -> SliceStack {
        let builder = try StackBuilder(image.grid, parameters)
        var layers = [try builder.grey(parameters.title, image)]
        for (name, map) in [("Anatomy", anatomy), ("Classes", classes), ("Lesions", lesions)] { if let map { layers.append(try builder.labels(name, map)) } }
        let telling = (lesions ?? classes ?? anatomy).map { $0.grid == image.grid ? $0 : $0.resampled(onto: image.grid) }
        let start = telling.map { map in builder.fullest { map.labels[$0] != 0 } } ?? builder.painter.count / 2
        let named = layers.dropFirst().map { layer in layer.legend.isEmpty ? "no \(layer.name.lowercased())" : "\(layer.name.lowercased()): \(layer.legend.prefix(12).map(\.name).joined(separator: ", "))" }
        return builder.stack(
            .browse, .images, caption: "", altText: "\(parameters.title): \(builder.extent)" + (named.isEmpty ? "." : "; \(named.joined(separator: "; "))."), start: start, layers: layers)
    }
}
