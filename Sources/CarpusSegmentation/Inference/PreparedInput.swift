import CarpusCore

/// Images made ready for a network: in its order of axes, cut, normalised and at its spacing; and the way back.
struct PreparedInput: Sendable {
    /// The images' grid.
    let grid: Grid
    /// What the network's windows look at.
    private(set) var stack: ChannelStack
    /// Where in the array of the whole image the stack was cut from.
    let box: StackBox
    /// Where in the stack the body is; nil unless air shall be left out.
    let body: [Bool]?
    /// Spacing of the stack and of the images along the array's axes, mm.
    let spacing, originalSpacing: [Double]
    /// Doubts about the images.
    private(set) var findings: [Finding] = []
    private let order: ArrayOrder, wholeShape: [Int]

    /// - Parameter side: of the wrist, for a model with a frame.
    /// - Throws: `SegmentationError` when a needed role, or the side, is missing or grids differ.
    init(_ given: [String: Volume<Float>], manifest: ModelManifest, findsBody: Bool, side: Laterality? = nil) throws {
        let roles = manifest.roles, images = try manifest.byRole(given), known = manifest.names.map(\.name).joined(separator: ", ")
        if let needed = roles.first(where: { !$0.isOptional && images[$0.name] == nil }) {
            let given = images.keys.sorted().joined(separator: ", ")
            throw SegmentationError(.missingInput, "the model '\(manifest.name)' needs an image of '\(needed.name)'; given: \(given.isEmpty ? "none" : given), known: \(known)")
        }
        if let stranger = images.keys.sorted().first(where: { name in !roles.contains { $0.name == name } }) {
            throw SegmentationError(.badParameter, "the model '\(manifest.name)' knows no image of '\(stranger)'; it knows \(known)")
        }
        guard let first = roles.compactMap({ images[$0.name] }).first else { throw SegmentationError(.missingInput, "the model '\(manifest.name)' needs at least one image of \(known)") }
        guard images.values.allSatisfy({ $0.grid.matches(first.grid) }) else {
            throw SegmentationError(.gridMismatch, "the images do not lie on one grid; align them to one another first (carpus register), or resample them onto one")
        }
        grid = first.grid
        let order = try Self.order(first.grid, manifest, side)
        self.order = order
        let wholeShape = order.shape(of: first.grid.size)
        self.wholeShape = wholeShape
        // What a network for slices leaves open, the first axis, keeps its spacing.
        let original = order.spacing(of: first.grid)
        (originalSpacing, spacing) = (original, manifest.spacing.map { $0.count == 2 ? [original[0]] + $0 : $0 } ?? original)
        let raw = manifest.channels.map { Self.values($0, images) }
        let arrays = raw.map { $0.map { order.array(of: $0, size: first.grid.size) } }
        let whole = ChannelStack(shape: wholeShape, channels: arrays.compactMap(\.self))
        let nonzero = Foreground.nonzero(whole)
        box = (manifest.cropsToNonzero ? StackBox(around: nonzero, shape: wholeShape) : nil) ?? StackBox(whole: wholeShape)
        let isMasked = manifest.channels.contains { $0.normalisation.isMasked }
        let foreground = isMasked ? box.cut(Foreground.filled(nonzero, shape: wholeShape), shape: wholeShape) : []
        let target = StackResampling.shape(box.shape, from: originalSpacing, to: spacing)
        body = findsBody ? Self.body(of: whole, box, spacing: original, at: target) : nil
        var channels: [[Float]] = []
        for (channel, array) in zip(manifest.channels, arrays) {
            guard let array else {
                channels.append([Float](repeating: 0, count: target.reduce(1, *)))
                continue
            }
            var values = box.cut(array, shape: wholeShape)
            channel.normalisation.apply(to: &values, foreground: foreground)
            channels.append(manifest.imageResampling.resample(values, shape: box.shape, to: target, spacing: originalSpacing, newSpacing: spacing))
        }
        if manifest.presence { channels += arrays.map { [Float](repeating: $0 == nil ? 0 : 1, count: target.reduce(1, *)) } }
        stack = ChannelStack(shape: target, channels: channels)
        findings = Self.doubts(images, roles, nonzero, manifest)
    }

    /// An array in the box, at its shape, as a volume's scalars.
    func restored<T>(_ values: [T], outside: T) -> [T] {
        order.scalars(of: box.pasted(values, into: wholeShape, outside: outside), size: grid.size)
    }

    private static func order(_ grid: Grid, _ manifest: ModelManifest, _ side: Laterality?) throws -> ArrayOrder {
        guard let frame = manifest.frame else { return ArrayOrder(grid: grid, orientation: manifest.orientation, transpose: manifest.transpose) }
        guard let side else { throw SegmentationError(.missingInput, "the model '\(manifest.name)' must know which wrist it looks at, and nothing tells; say the side (--side R or L, in a protocol side)") }
        return ArrayOrder(grid: grid, frame: frame, side: side)
    }

    /// The body of images as they came, at the network's spacing.
    private static func body(of whole: ChannelStack, _ box: StackBox, spacing: [Double], at target: [Int]) -> [Bool] {
        let cut = ChannelStack(shape: box.shape, channels: whole.channels.map { box.cut($0, shape: whole.shape) })
        var (mask, shape) = (Foreground.body(cut, spacing: spacing).map { $0 ? Float(1) : 0 }, cut.shape)
        for axis in 0..<3 {
            mask = LineResize.resize(mask, shape: shape, axis: axis, to: target[axis], order: .nearest)
            shape[axis] = target[axis]
        }
        return mask.map { $0 > 0 }
    }

    /// A channel's values in the images' order; nil when an image of it is missing.
    private static func values(_ channel: ModelManifest.Channel, _ images: [String: Volume<Float>]) -> [Float]? {
        func known(_ role: String) -> [Float]? { images[role]?.scalars.map { $0.isFinite ? $0 : 0 } }
        guard let pair = channel.difference else { return known(channel.role) }
        guard let a = known(pair[0]), let b = known(pair[1]) else { return nil }
        return zip(a, b).map { $0 - $1 }
    }

    private static func doubts(_ images: [String: Volume<Float>], _ roles: [(name: String, isOptional: Bool)], _ nonzero: [Bool], _ manifest: ModelManifest) -> [Finding] {
        let given = roles.compactMap { role in images[role.name].map { (role: role.name, image: $0) } }
        var findings = (manifest.envelope ?? Envelope()).doubts(given, missing: roles.map(\.name).filter { images[$0] == nil })
        for (role, image) in given {
            let unknown = Double(image.scalars.count { !$0.isFinite }) / Double(image.scalars.count)
            if unknown > 0.05 {
                findings.append(Finding(.warning, "segment.unet.not-covered", "\(Int(unknown * 100)) % of the image of \(role) is without a value and counts as 0.", evidence: ["role": role, "share": "\(unknown)"]))
            }
        }
        if !nonzero.contains(true) { findings.append(Finding(.serious, "segment.unet.empty", "The images are 0 throughout; there is nothing to segment.")) }
        return findings
    }
}
