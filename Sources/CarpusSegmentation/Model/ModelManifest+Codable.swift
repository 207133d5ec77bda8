import CarpusCore

// What a manifest leaves out has its default; what it says and nobody knows is the reader's business to refuse.

extension ModelManifest {
    enum CodingKeys: String, CodingKey {
        case carpusModel, name, version, summary, licence, training, validation, networks, channels, presence, orientation, transpose, frame, spacing, patch
        case cropsToNonzero = "cropToNonzero", imageResampling, logitResampling, windows, mirrorAxes, output, calibration, envelope
    }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try c.decode(String.self, forKey: .name), networks: try c.decode([File].self, forKey: .networks), channels: try c.decode([Channel].self, forKey: .channels),
            patch: try c.decode([Int].self, forKey: .patch), output: try c.decode(Output.self, forKey: .output))
        func read<T: Decodable>(_ key: CodingKeys, into value: inout T) throws { if let given = try c.decodeIfPresent(T.self, forKey: key) { value = given } }
        carpusModel = try c.decode(Int.self, forKey: .carpusModel)
        try read(.version, into: &version)
        try read(.summary, into: &summary)
        try read(.licence, into: &licence)
        try read(.training, into: &training)
        try read(.validation, into: &validation)
        try read(.presence, into: &presence)
        orientation = try c.decodeIfPresent(String.self, forKey: .orientation)
        try read(.transpose, into: &transpose)
        frame = try c.decodeIfPresent(ModelFrame.self, forKey: .frame)
        spacing = try c.decodeIfPresent([Double].self, forKey: .spacing)
        try read(.cropsToNonzero, into: &cropsToNonzero)
        try read(.imageResampling, into: &imageResampling)
        try read(.logitResampling, into: &logitResampling)
        try read(.windows, into: &windows)
        try read(.mirrorAxes, into: &mirrorAxes)
        try read(.calibration, into: &calibration)
        envelope = try c.decodeIfPresent(Envelope.self, forKey: .envelope)
    }
}

extension ModelManifest.Channel {
    enum CodingKeys: String, CodingKey { case role, accepts, difference, isOptional = "optional", normalisation }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            role: try c.decode(String.self, forKey: .role), accepts: try c.decodeIfPresent([String].self, forKey: .accepts), difference: try c.decodeIfPresent([String].self, forKey: .difference),
            isOptional: try c.decodeIfPresent(Bool.self, forKey: .isOptional) ?? false,
            normalisation: try c.decodeIfPresent(Normalisation.self, forKey: .normalisation) ?? Normalisation(.zScore))
    }
}

extension ModelManifest.Output {
    enum CodingKeys: String, CodingKey { case kind, labels, codes }

    private struct Entry: Codable {
        var value: UInt16
        var name: String
        var color: [UInt8]?
        var hidden: Bool?
    }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        let entries = try c.decode([Entry].self, forKey: .labels)
        let labels = try entries.enumerated().map { i, entry in
            guard entry.value > 0, entry.color.map({ $0.count == 3 }) ?? true else {
                throw DecodingError.dataCorruptedError(forKey: .labels, in: c, debugDescription: "a label has a value above 0 and three colour components")
            }
            return Label(value: entry.value, name: entry.name, color: entry.color ?? Palette.distinct(i))
        }
        self.init(
            kind: try c.decodeIfPresent(Kind.self, forKey: .kind) ?? .labels, labels: labels, hidden: Set(entries.filter { $0.hidden ?? false }.map(\.value)),
            codes: try c.decodeIfPresent([String: String].self, forKey: .codes) ?? [:])
    }

    public func encode(to encoder: any Encoder) throws {
        var c = encoder.container(keyedBy: CodingKeys.self)
        try c.encode(kind, forKey: .kind)
        try c.encode(labels.map { Entry(value: $0.value, name: $0.name, color: $0.color, hidden: hidden.contains($0.value)) }, forKey: .labels)
        try c.encode(codes, forKey: .codes)
    }
}

extension ModelManifest.Calibration {
    enum CodingKeys: String, CodingKey { case temperature }

    public init(from decoder: any Decoder) throws {
        temperature = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Double.self, forKey: .temperature) ?? 1
    }
}

extension StackResampling {
    enum CodingKeys: String, CodingKey { case order, orderAcross, separate, anisotropy }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            order: try c.decode(Int.self, forKey: .order), orderAcross: try c.decodeIfPresent(Int.self, forKey: .orderAcross) ?? 0,
            separate: try c.decodeIfPresent(Bool.self, forKey: .separate), anisotropy: try c.decodeIfPresent(Double.self, forKey: .anisotropy) ?? 3)
    }
}
