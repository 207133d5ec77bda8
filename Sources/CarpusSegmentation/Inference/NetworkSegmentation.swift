public import CarpusCore

/// Labels from images by a network, as its manifest says: nnU-Net v2's order of work, or MONAI's windows in it.
public struct NetworkSegmentation: Sendable {
    /// What may differ from the manifest, and what is asked for besides labels.
    public struct Options: Sendable, Hashable, Codable {
        /// How far windows lie apart, in window lengths; nil takes the manifest's.
        public var step: Double? = nil
        /// Whether the image is also seen mirrored, along the manifest's axes.
        public var mirrors = true
        /// Whether windows that hold air only are left out, and the field is cut to the body first, which can change labels; nnU-Net looks at air too.
        public var skipsAir = true
        /// The side of the wrist; models with a frame need it.
        public var side: Laterality?
        /// Whether every class's probabilities are wanted.
        public var probabilities = false

        /// The defaults.
        public init() {}

        /// What is wrong with these options, nil when nothing is.
        public var complaint: String? {
            if let step, !(step > 0 && step <= 1) { return "step must be above 0 and at most 1" }
            return nil
        }
    }

    /// Labels, and how sure they are.
    public struct Result: Sendable {
        /// The labels, on the images' grid.
        public var labels: LabelMap
        /// The probability of each voxel's label; where the map has 0 because its class is hidden, of that class.
        public var confidence: Volume<Float>
        /// The probabilities of each class, hidden ones too, background first where there is one; empty unless asked for.
        public var probabilities: [Volume<Float>]
        /// The volume of each label with the interval of the views' volumes.
        public var volumes: [VolumeInterval]
        /// Connected pieces of each label, and how sure the network is of each.
        public var lesions: [LesionConfidence]
        /// Doubts.
        public var findings: [Finding]
        /// Windows the networks looked through.
        public var windowCount: Int

        /// The probabilities as one series, a frame a class, numbered 0, 1, 2, ... in place of times.
        public var probabilitySeries: TimeSeries {
            TimeSeries(grid: labels.grid, times: probabilities.indices.map(Double.init), scalars: probabilities.flatMap(\.scalars))
        }
    }

    /// The manifest, which must be without complaint.
    public let manifest: ModelManifest
    /// Its networks, in its order.
    let networks: [PatchNetwork]
    /// What is asked for.
    let options: Options

    /// A segmentation by loaded networks.
    ///
    /// - Throws: `SegmentationError` when the manifest or the options are wrong.
    public init(_ manifest: ModelManifest, networks: [PatchNetwork], options: Options = Options()) throws {
        if let complaint = manifest.complaint { throw SegmentationError(.badModel, complaint) }
        if let complaint = options.complaint { throw SegmentationError(.badParameter, complaint) }
        precondition(networks.count == manifest.networks.count, "a network for each of the manifest's files")
        (self.manifest, self.networks, self.options) = (manifest, networks, options)
    }

    /// Segments images on one grid, given by role. Voxels without a value (NaN) count as 0.
    ///
    /// - Throws: `SegmentationError` when a needed role is missing or grids differ, and what the networks throw.
    public func segment(_ images: [String: Volume<Float>]) throws -> Result {
        let prepared = try PreparedInput(images, manifest: manifest, findsBody: options.skipsAir, side: options.side)
        let field = try predicted(prepared)
        let decoding = LabelDecoding(meaning: manifest.meaning, temperature: Float(manifest.calibration.temperature))
        let decoded = decoding.decode(classes: manifest.classCount, count: prepared.box.shape.reduce(1, *), probabilities: options.probabilities) { k in
            manifest.logitResampling.resample(field.mean.classes[k], shape: field.mean.shape, to: prepared.box.shape, spacing: prepared.spacing, newSpacing: prepared.originalSpacing)
        }
        let labels = LabelMap(grid: prepared.grid, labels: prepared.restored(decoded.labels, outside: 0), legend: manifest.legend)
        let confidence = Volume(grid: prepared.grid, scalars: prepared.restored(decoded.confidence, outside: 1))
        let background = manifest.output.kind == .labels
        let probabilities = decoded.probabilities.enumerated().map { k, p in Volume(grid: prepared.grid, scalars: prepared.restored(p, outside: background && k == 0 ? 1 : 0)) }
        let networkVoxel = prepared.grid.voxelVolume * Double(prepared.box.shape.reduce(1, *)) / Double(prepared.stack.count)
        let volumes = VolumeInterval.intervals(of: labels, whole: field.voxels, views: field.views, networkVoxel: networkVoxel)
        let lesions = LesionConfidence.pieces(of: labels, confidence: confidence)
        return Result(
            labels: labels, confidence: confidence, probabilities: probabilities, volumes: volumes, lesions: lesions,
            findings: prepared.findings + LesionConfidence.doubts(lesions), windowCount: field.windowCount)
    }

    /// Mean logits of all views, and what each view alone would have found.
    private struct Prediction {
        var mean: LogitField
        /// Voxels of each label, by the mean and by each view.
        var voxels: [UInt16: Int], views: [[UInt16: Int]]
        var windowCount: Int
    }

    private func predicted(_ input: PreparedInput) throws -> Prediction {
        let tiles = TiledPrediction(
            window: manifest.isFlat ? [1] + manifest.patch : manifest.patch, isFlat: manifest.isFlat, classCount: manifest.classCount,
            windows: Windows(manifest.windows.scheme, step: options.step ?? manifest.windows.step, isGaussian: manifest.windows.isGaussian), hasBackground: manifest.output.kind == .labels)
        let stack = input.stack, body = input.body
        // A margin of 4 mm: the body's rim is judged with the air next to it. And at least a window: where there is air, nothing is made up.
        let margin = input.spacing.map { Int((4 / $0).rounded(.up)) }
        let box = body.flatMap { StackBox(around: $0, shape: stack.shape) }?.grown(by: margin, within: stack.shape).widened(to: tiles.window, within: stack.shape) ?? StackBox(whole: stack.shape)
        let inner = ChannelStack(shape: box.shape, channels: stack.channels.map { box.cut($0, shape: stack.shape) })
        let interest = body.map { box.cut($0, shape: stack.shape) }
        var sum: LogitField?, views: [[UInt16: Int]] = [], windowCount = 0
        let mirrors = options.mirrors ? Self.subsets(manifest.mirrorAxes.map { manifest.isFlat ? $0 + 1 : $0 }) : [[]]
        for network in networks {
            for mirrored in mirrors {
                let (view, count) = try tiles.logits(of: inner, mirrored: mirrored, interest: interest, by: network)
                windowCount += count
                views.append(manifest.meaning.voxels(view))
                if sum == nil { sum = view } else { sum?.add(view) }
            }
        }
        guard var mean = sum else { preconditionFailure("a manifest names at least one network") }
        mean.divide(by: Float(views.count))
        let voxels = manifest.meaning.voxels(mean)
        mean = LogitField(shape: stack.shape, classes: mean.classes.enumerated().map { box.pasted($1, into: stack.shape, outside: tiles.nothing($0)) })
        return Prediction(mean: mean, voxels: voxels, views: views, windowCount: windowCount)
    }

    /// All subsets of the axes, the empty one first.
    static func subsets(_ axes: [Int]) -> [[Int]] {
        axes.reduce([[]]) { sets, axis in sets + sets.map { $0 + [axis] } }
    }
}

extension ModelManifest {
    var meaning: LabelDecoding.Meaning {
        let values = output.labels.map { output.hidden.contains($0.value) ? 0 : $0.value }
        return output.kind == .labels ? .labels([0] + values) : .regions(values)
    }
}

extension LogitField {
    /// Adds another field's logits.
    mutating func add(_ other: LogitField) {
        for k in classes.indices { for i in classes[k].indices { classes[k][i] += other.classes[k][i] } }
    }

    mutating func divide(by n: Float) {
        guard n != 1 else { return }
        for k in classes.indices { for i in classes[k].indices { classes[k][i] /= n } }
    }
}
