import Foundation

/// Stacks of one section, side by side.
struct ViewerView {
    let panes: [PaneView]
    /// What lies over images, by name, and what its colours mean.
    let overlays: [String]
    let legends: [LegendView]
    /// Whether panes can be linked, and labels filled.
    let isBrowser, canLink, hasOverlays: Bool

    /// Nil when there is nothing to look through.
    ///
    /// - Parameter register: sheets that stand on the page already.
    init?(_ stacks: [ReportContent.Sourced<SliceStack>], _ register: inout SheetRegister) {
        guard !stacks.isEmpty else { return nil }
        panes = stacks.map { PaneView($0, &register) }
        isBrowser = stacks.contains { $0.value.kind == .browse }
        canLink = stacks.count > 1
        var names: [String] = [], legends: [LegendView] = []
        for stack in stacks.map(\.value) {
            for layer in stack.layers where layer.kind != .grey {
                if !names.contains(layer.name) { names.append(layer.name) }
                // The lines of a wipe say where, not what.
                if layer.kind == .colours || stack.kind != .wipe { LegendView.add(layer, of: stack.title, to: &legends) }
            }
        }
        (overlays, self.legends, hasOverlays) = (names, legends, !names.isEmpty)
    }
}

/// What the colours of something over images mean.
struct LegendView {
    let of: String
    private let layer: String
    private(set) var swatches: [SwatchView]

    /// Adds a layer's colours to the legend of its name; a legend of their own where a colour means something else there.
    static func add(_ layer: SliceStack.Layer, of title: String, to legends: inout [LegendView]) {
        let new = layer.legend.map(SwatchView.init)
        guard !new.isEmpty else { return }
        func agrees(_ known: [SwatchView]) -> Bool { new.allSatisfy { swatch in known.contains(swatch) || !known.contains { $0.colour == swatch.colour } } }
        if let i = legends.firstIndex(where: { $0.layer == layer.name && agrees($0.swatches) }) {
            legends[i].swatches += new.filter { !legends[i].swatches.contains($0) }
        } else {
            legends.append(LegendView(of: legends.contains { $0.layer == layer.name } ? "\(layer.name), \(title)" : layer.name, layer: layer.name, swatches: new))
        }
    }
}

/// A colour and its meaning.
struct SwatchView: Hashable {
    let colour, meaning: String

    init(_ entry: SliceStack.Entry) {
        colour = entry.colour.map(String.init).joined(separator: ", ")
        meaning = entry.name
    }
}

/// A sheet, or which other one it equals.
struct SheetView {
    let name: String
    let data, same: String?
}

/// Sheets by what they hold: what several viewers show stands on the page once.
struct SheetRegister {
    private var names: [Data: String] = [:]

    mutating func view(of sheet: Data) -> SheetView {
        if let known = names[sheet] { return SheetView(name: "", data: nil, same: known) }
        let name = "sheet-\(names.count + 1)"
        names[sheet] = name
        return SheetView(name: name, data: sheet.base64EncodedString(), same: nil)
    }
}

/// One stack in the page.
struct PaneView {
    let title, origin, occasion, altText, stack: String
    let caption: String?
    let sheets: [SheetView]
    let isWipe, isFlicker: Bool
    let states: [String]

    init(_ s: ReportContent.Sourced<SliceStack>, _ register: inout SheetRegister) {
        let value = s.value
        (title, altText, origin, occasion) = (value.title, value.altText, Wording.origin(s.step, s.occasion), s.occasion)
        caption = value.caption.isEmpty ? nil : value.caption
        sheets = value.layers.map { register.view(of: $0.sheet) }
        (isWipe, isFlicker) = (value.kind == .wipe, value.kind == .flicker)
        states = value.kind == .flicker ? value.layers.map(\.name) : []
        stack = Self.json(value)
    }

    /// What the script reads: all but the sheets, which stand beside it as pictures.
    private static func json(_ stack: SliceStack) -> String {
        var told = stack
        for i in told.layers.indices { told.layers[i].sheet = Data() }
        (told.caption, told.altText) = ("", "")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(told), as: UTF8.self) } catch { preconditionFailure("numbers and texts of a stack are finite and can be written: \(error)") }
    }
}
