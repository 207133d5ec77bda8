import Foundation

/// Stacks of one section, side by side.
struct ViewerView {
    let panes: [PaneView]
    let overlays: [OverlayView]
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
        var names: [String] = [], legends: [String: [SwatchView]] = [:]
        for layer in stacks.flatMap(\.value.layers) where layer.kind != .grey {
            if !names.contains(layer.name) { names.append(layer.name) }
            for entry in layer.legend {
                let swatch = SwatchView(entry)
                if legends[layer.name]?.contains(swatch) != true { legends[layer.name, default: []].append(swatch) }
            }
        }
        overlays = names.map { OverlayView(overlay: $0, swatches: legends[$0] ?? [], hasSwatches: legends[$0]?.isEmpty == false) }
        hasOverlays = !names.isEmpty
    }
}

/// Something that lies over images, and what its colours mean.
struct OverlayView { let overlay: String, swatches: [SwatchView], hasSwatches: Bool }

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
    let title, origin, altText, stack: String
    let caption: String?
    let sheets: [SheetView]
    let isWipe, isFlicker: Bool
    let states: [String]

    init(_ s: ReportContent.Sourced<SliceStack>, _ register: inout SheetRegister) {
        let value = s.value
        (title, altText, origin) = (value.title, value.altText, Wording.origin(s.step, s.occasion))
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
