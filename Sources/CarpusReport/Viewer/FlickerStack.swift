public import CarpusCore

/// How well two images lie on each other: fixed, and moving before and after it was aligned, in one place.
public enum FlickerStack {
    /// Makes a stack on the fixed image's grid.
    ///
    /// - Parameters:
    ///   - moving: as it was taken, on any grid.
    ///   - aligned: the same after alignment, on the fixed grid.
    /// - Throws: `ReportError` for parameters out of range, another grid, or slices that do not fit.
    public static func make(fixed: Volume<Float>, moving: Volume<Float>, aligned: Volume<Float>, parameters: SliceStack.Parameters = .init()) throws -> SliceStack {
        guard aligned.grid.matches(fixed.grid) else { throw ReportError(.gridMismatch, "the aligned image lies on another grid than the fixed one; take both of one registration") }
        let builder = try StackBuilder(fixed.grid, parameters)
        let before = moving.resampled(onto: fixed.grid, interpolation: .linear)
        // Both states of the moving image look alike where they are alike.
        let layers = [try builder.grey("fixed", fixed), try builder.grey("moving, before", before, like: [aligned]), try builder.grey("moving, aligned", aligned, like: [before])]
        return builder.stack(
            .flicker, .registration,
            caption: "Fixed image, and the moving one before and after alignment, in one place: what jumps when they are switched does not lie well. Before: where the scanner's own coordinates put it.",
            altText: "\(parameters.title): fixed image, moving image before alignment and after, in one place; \(builder.extent).", start: builder.painter.count / 2, layers: layers)
    }
}
