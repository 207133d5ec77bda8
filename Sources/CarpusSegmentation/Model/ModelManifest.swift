public import CarpusCore

/// What a model folder says about its network: all that is needed to use it, and to judge its answers. `model.json` is this, as JSON.
public struct ModelManifest: Sendable, Hashable, Codable {
    /// The format's version, 1.
    public var carpusModel = 1
    /// The name protocols use.
    public var name: String
    /// The model's own version.
    public var version = "1"
    /// What it does, in one sentence.
    public var summary = ""
    /// Under which licence it may be used.
    public var licence = ""
    /// What it was trained on, and what it was validated on with which result.
    public var training = "", validation = ""
    /// The networks; more than one is an ensemble whose logits are averaged.
    public var networks: [File]
    /// What goes in, in the network's order.
    public var channels: [Channel]
    /// Whether a constant channel of 1 (given) or 0 (missing) follows for each channel.
    public var presence = false
    /// Where x, y and z run before they become an array, three letters such as `RAS`; nil leaves them as the file has them.
    public var orientation: String?
    /// For each axis of the array the axis of the plain (z, y, x) array: nnU-Net's `transpose_forward`.
    public var transpose = [0, 1, 2]
    /// The wrist's own directions the array is turned to; nil where `orientation` and `transpose` say it. The side of the wrist must then be known.
    public var frame: ModelFrame?
    /// Spacing the network knows, mm, along the array's axes; nil leaves the image's. Two numbers for a network for slices.
    public var spacing: [Double]?
    /// The window, voxels along the array's axes. Two numbers for a network for slices.
    public var patch: [Int]
    /// Whether air around the image, exact zeros in all channels, is cut off first.
    public var cropsToNonzero = true
    /// How images are brought to the network's spacing, and logits back.
    public var imageResampling = StackResampling(order: 3), logitResampling = StackResampling(order: 1)
    /// How windows lie and count.
    public var windows = Windows()
    /// Axes along which the network may see the image mirrored, counted as in `patch`.
    public var mirrorAxes: [Int] = []
    /// What comes out.
    public var output = Output()
    /// Numbers that make probabilities honest.
    public var calibration = Calibration()
    /// Inputs the model knows; nil when nobody said.
    public var envelope: Envelope?

    /// A network's file in the folder.
    public struct File: Sendable, Hashable, Codable {
        /// Its name.
        public var file: String
        /// SHA-256 in lower-case hexadecimal; nil when nobody said, as in folders nnU-Net made.
        public var sha256: String?
        /// A file of given name and digest.
        public init(file: String, sha256: String? = nil) { (self.file, self.sha256) = (file, sha256) }
    }

    /// One channel.
    public struct Channel: Sendable, Hashable, Codable {
        /// The series it is: `t1`, `t1gd`, `stir`, or any name.
        public var role: String
        /// Roles any one of which may stand for it; nil when only its own may.
        public var accepts: [String]?
        /// Two roles whose difference the channel is, the first minus the second; nil when it is an image of its own.
        public var difference: [String]?
        /// Whether it may be missing; it is then 0 throughout.
        public var isOptional = false
        /// How it is normalised.
        public var normalisation = Normalisation(.zScore)
        /// A channel.
        public init(role: String, accepts: [String]? = nil, difference: [String]? = nil, isOptional: Bool = false, normalisation: Normalisation = Normalisation(.zScore)) {
            (self.role, self.accepts, self.difference, self.isOptional, self.normalisation) = (role, accepts, difference, isOptional, normalisation)
        }
    }

    /// What the network's classes mean.
    public struct Output: Sendable, Hashable, Codable {
        /// Kinds of network ends.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// One class a voxel; class 0 is the background, class i the i-th label.
            case labels
            /// Classes that overlap, one a label, painted in the order of the labels.
            case regions
        }
        /// What kind of end it is.
        public var kind = Kind.labels
        /// The labels, in the order of the network's classes.
        public var labels: [Label] = []
        /// Values of labels that the network tells and the map does not: they are written as 0, and the legend has none.
        public var hidden: Set<UInt16> = []
        /// Codes of the labels by name: `SCT:24136001`.
        public var codes: [String: String] = [:]
        /// Labels of given kind.
        public init(kind: Kind = .labels, labels: [Label] = [], hidden: Set<UInt16> = [], codes: [String: String] = [:]) {
            (self.kind, self.labels, self.hidden, self.codes) = (kind, labels, hidden, codes)
        }
    }

    /// Numbers found on data kept apart, that make probabilities honest.
    public struct Calibration: Sendable, Hashable, Codable {
        /// Logits are divided by it before they become probabilities.
        public var temperature = 1.0
        /// No change.
        public init() {}
    }

    /// A manifest with the needed parts; the rest has defaults.
    public init(name: String, networks: [File], channels: [Channel], patch: [Int], output: Output) {
        (self.name, self.networks, self.channels, self.patch, self.output) = (name, networks, channels, patch, output)
    }
}

extension ModelManifest {
    /// Whether the network is for slices.
    public var isFlat: Bool { patch.count == 2 }
    /// Classes the network gives.
    public var classCount: Int { output.labels.count + (output.kind == .labels ? 1 : 0) }
    /// Channels the network takes.
    public var channelCount: Int { channels.count * (presence ? 2 : 1) }
    /// What the labels of a map mean.
    public var legend: Legend { Legend(output.labels.filter { !output.hidden.contains($0.value) }) }
    /// Roles whose images the channels are made of, in order, and whether they may be missing.
    public var roles: [(name: String, isOptional: Bool)] {
        var roles: [(name: String, isOptional: Bool)] = []
        for channel in channels {
            for role in channel.difference ?? [channel.role] {
                if let i = roles.firstIndex(where: { $0.name == role }) { roles[i].isOptional = roles[i].isOptional && channel.isOptional } else { roles.append((role, channel.isOptional)) }
            }
        }
        return roles
    }

    /// Names of images the model takes, each with the role it plays: roles themselves, and what channels accept for them.
    public var names: [(name: String, role: String)] {
        let own = roles.map { (name: $0.name, role: $0.name) }
        return own + channels.flatMap { c in (c.accepts ?? []).filter { name in !own.contains { $0.name == name } }.map { (name: $0, role: c.role) } }
    }

    /// Images by role, from images by name.
    ///
    /// - Throws: `SegmentationError` when two play one role.
    public func byRole<Image>(_ images: [String: Image]) throws -> [String: Image] {
        var out = images
        for (name, role) in names where name != role {
            guard let image = out.removeValue(forKey: name) else { continue }
            guard out[role] == nil else { throw SegmentationError(.badParameter, "the model '\(self.name)' takes one image as '\(role)'; given are several of \(names.filter { $0.role == role }.map(\.name).joined(separator: ", ")); choose one") }
            out[role] = image
        }
        return out
    }

    /// What is wrong with it, nil when nothing is: a sentence naming the member.
    public var complaint: String? {
        if carpusModel != 1 { return "carpusModel \(carpusModel) is not known; this version reads format 1" }
        if name.isEmpty || name.contains("/") { return "name must be a word" }
        if networks.isEmpty { return "networks must name at least one file" }
        if let stray = networks.first(where: { $0.file.isEmpty || $0.file.hasPrefix("/") || $0.file.split(separator: "/").contains("..") }) { return "networks: '\(stray.file)' must lie in the model's folder" }
        if let file = networks.first(where: { $0.sha256.map { $0.wholeMatch(of: /[0-9a-f]{64}/) == nil } ?? false }) { return "networks: the sha256 of '\(file.file)' must be 64 digits of lower-case hexadecimal" }
        if channels.isEmpty { return "channels must name at least one channel" }
        if Set(channels.map(\.role)).count != channels.count { return "channels: a role stands there twice" }
        if channels.contains(where: { $0.role.isEmpty || ($0.difference.map { $0.count != 2 } ?? false) }) { return "channels: a channel has a role, and a difference has two" }
        let accepted = channels.flatMap { $0.accepts ?? [] }
        if Set(accepted).count != accepted.count || accepted.contains(where: \.isEmpty) || channels.contains(where: { $0.accepts != nil && ($0.accepts == [] || $0.difference != nil) }) {
            return "channels: accepts must name roles, each once, for a channel that is no difference"
        }
        if channels.contains(where: { c in !Set((c.accepts ?? []).filter { $0 != c.role }).isDisjoint(with: roles.map(\.name)) }) {
            return "channels: what a channel accepts must be no other channel's role"
        }
        if channels.contains(where: { $0.normalisation.scheme == .fixed && $0.normalisation.statistics == nil }) { return "channels: the normalisation 'fixed' needs statistics" }
        if let s = channels.compactMap(\.normalisation.statistics).first(where: { !($0.lowest <= $0.highest) || ![$0.mean, $0.deviation].allSatisfy(\.isFinite) }) { return "channels: statistics must be finite and lowest (\(s.lowest)) not above highest (\(s.highest))" }
        if let orientation, !Self.isOrientation(orientation) { return "orientation must be three letters, one each of LR, PA and SI, not '\(orientation)'" }
        if transpose.sorted() != [0, 1, 2] { return "transpose must hold 0, 1 and 2" }
        if let wrong = frame?.complaint { return wrong }
        if frame != nil, orientation != nil || transpose != [0, 1, 2] || patch.count != 3 { return "frame stands in place of orientation and transpose, and needs a patch of three numbers" }
        if ![2, 3].contains(patch.count) || patch.contains(where: { $0 < 1 || $0 > 4096 }) { return "patch must be two or three numbers from 1 to 4096" }
        if let spacing, spacing.count != patch.count || !spacing.allSatisfy({ $0 > 0 && $0.isFinite }) { return "spacing must be as many numbers above 0 as patch has" }
        if let wrong = imageResampling.complaint ?? logitResampling.complaint { return wrong }
        if !(windows.step > 0 && windows.step <= 1) { return "windows: step must be above 0 and at most 1" }
        if Set(mirrorAxes).count != mirrorAxes.count || mirrorAxes.contains(where: { $0 < 0 || $0 >= patch.count }) { return "mirrorAxes must be axes of patch, each once" }
        if output.labels.isEmpty { return "output must name at least one label" }
        if output.labels.contains(where: { $0.value == 0 || $0.color.count != 3 || $0.name.isEmpty }) { return "output: a label has a name, a value above 0 and three colour components" }
        if Set(output.labels.map(\.value)).count != output.labels.count || Set(output.labels.map(\.name)).count != output.labels.count { return "output: a label's name or value stands there twice" }
        if legend.labels.isEmpty || !output.hidden.isSubset(of: output.labels.map(\.value)) || output.kind == .regions && !output.hidden.isEmpty { return "output: hidden is for labels of the kind 'labels', and not for all of them" }
        if !(calibration.temperature > 0 && calibration.temperature.isFinite) { return "calibration: temperature must be above 0" }
        return nil
    }

    private static func isOrientation(_ letters: String) -> Bool {
        letters.count == 3 && Set(letters.map { letter in ["LR", "PA", "SI"].firstIndex { $0.contains(letter) } ?? -1 }).sorted() == [0, 1, 2]
    }
}
