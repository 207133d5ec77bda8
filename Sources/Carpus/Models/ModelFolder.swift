import CarpusPipeline
public import CarpusSegmentation
public import Foundation

/// A model on disk: a folder with `model.json` and the networks it names, or one as nnU-Net v2 leaves it with an exported ONNX file.
public struct ModelFolder: Sendable {
    /// Who wrote the manifest.
    public enum Origin: String, Sendable, Hashable, Codable {
        /// `model.json`.
        case carpus
        /// `plans.json` and `dataset.json`.
        case nnUNet = "nnunet"
    }
    /// The folder.
    public let folder: URL
    /// What it says.
    public let manifest: ModelManifest
    /// Who wrote it.
    public let origin: Origin
    /// What is doubtful about the manifest, as sentences.
    public let remarks: [String]

    /// Reads a folder's manifest; networks are not opened, except for what nnU-Net's own files leave out.
    ///
    /// - Throws: `ModelError`, or `SegmentationError` for a network that cannot be read.
    public init(at folder: URL) throws {
        let name = folder.standardizedFileURL.lastPathComponent
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.plainPath, isDirectory: &isFolder), isFolder.boolValue else {
            throw ModelError(.missing, folder.plainPath, "there is no such folder; give the folder that holds model.json, or plans.json and dataset.json")
        }
        self.folder = folder
        if let data = FileManager.default.contents(atPath: folder.appending(path: "model.json").plainPath) {
            (manifest, origin, remarks) = (try Self.manifest(data, name), .carpus, [])
        } else if let plans = FileManager.default.contents(atPath: folder.appending(path: "plans.json").plainPath),
            let dataset = FileManager.default.contents(atPath: folder.appending(path: "dataset.json").plainPath) {
            let files = try NNUNetExport.networks(in: folder, name)
            let notes = try NNUNetExport(of: folder.appending(path: files[0]))
            let configuration = notes.configuration ?? NNUNetExport.configuration(in: name)
            do {
                manifest = try NNUNetFolder.manifest(
                    name: name, plans: plans, dataset: dataset, configuration: configuration, mirrorAxes: notes.mirrorAxes, networks: files.map { .init(file: $0) })
            } catch let error as SegmentationError {
                throw ModelError(.malformed, name, error.message)
            }
            origin = .nnUNet
            remarks = notes.mirrorAxes == nil ? ["the network's file does not say along which axes it may be mirrored (metadata inference_allowed_mirroring_axes); it is not"] : []
        } else {
            throw ModelError(.missing, name, "the folder \(folder.plainPath) holds neither model.json nor plans.json and dataset.json")
        }
        for network in manifest.networks where !FileManager.default.fileExists(atPath: folder.appending(path: network.file).plainPath) {
            throw ModelError(.missing, name, "the network \(network.file) is not in \(folder.plainPath); copy the whole folder again")
        }
    }

    private static func manifest(_ data: Data, _ name: String) throws -> ModelManifest {
        do {
            let manifest = try JSONDecoder().decode(ModelManifest.self, from: data)
            if let complaint = manifest.complaint { throw ModelError(.malformed, name, "model.json: \(complaint)") }
            if let stray = stray(in: try JSONDecoder().decode(JSON.self, from: data), beside: try JSON(encoding: manifest)) {
                throw ModelError(.malformed, name, "model.json has a member '\(stray)' that nobody knows, or that is null; mend or remove it (Docs/Models.md has all members)")
            }
            return manifest
        } catch let error as DecodingError {
            throw ModelError(.malformed, name, "model.json cannot be followed: \(error)")
        }
    }

    /// The path of the first member, at any depth, that reading has left out.
    private static func stray(in given: JSON, beside read: JSON) -> String? {
        func at(_ path: String, _ given: JSON, _ read: JSON) -> String? {
            switch (given, read) {
            case (.object(let members), .object(let known)):
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    let inner = path.isEmpty ? key : "\(path).\(key)"
                    guard let other = known[key] else { return inner }
                    if let found = at(inner, value, other) { return found }
                }
                return nil
            case (.array(let values), .array(let known)):
                for (i, (value, other)) in zip(values, known).enumerated() { if let found = at("\(path)[\(i)]", value, other) { return found } }
                return nil
            default: return nil
            }
        }
        return at("", given, read)
    }
}

extension ModelFolder {
    /// SHA-256 of all that decides its results: the manifest and the networks' bytes, which are checked against the manifest on the way.
    ///
    /// - Throws: `ModelError` naming a file that is damaged.
    public func digest() throws -> String {
        let files = try manifest.networks.map { network in
            let found = try Digest.hex(of: folder.appending(path: network.file))
            if let wanted = network.sha256, found != wanted {
                throw ModelError(.damaged, manifest.name, "\(network.file) is not the file the manifest was written for (SHA-256 \(found.prefix(12))…, not \(wanted.prefix(12))…); copy the model again")
            }
            return found
        }
        return Digest.hex(of: ([try JSON(encoding: manifest).canonical] + files).joined(separator: "\n"))
    }

    /// Opens the networks, checked against the manifest, and against the model's digest where one is given.
    ///
    /// - Throws: `ModelError` for a file that is damaged or takes other channels, or another digest; `SegmentationError` for a file that cannot be read.
    public func networks(threads: Int? = nil, precision: Network.Precision = .float32, digest wanted: String? = nil) throws -> [PatchNetwork] {
        let found = try digest()
        if let wanted, wanted != found { throw ModelError(.damaged, manifest.name, "it has changed since the run began; run again") }
        return try manifest.networks.map { file in
            let network = try Network(contentsOf: folder.appending(path: file.file), threads: threads, precision: precision)
            guard network.inputs.count == 1, let first = network.outputs.first else {
                throw ModelError(.malformed, manifest.name, "\(file.file) takes \(network.inputs.count) inputs; a network that segments takes one")
            }
            try check(network.inputs[0], is: "input", of: file, channels: manifest.channelCount)
            try check(first, is: "output", of: file, channels: manifest.classCount)
            return { try network.run($0) }
        }
    }

    private func check(_ port: Network.Port, is what: String, of file: ModelManifest.File, channels: Int) throws {
        let rank = manifest.isFlat ? 4 : 5
        guard port.shape.isEmpty || port.shape.count == rank && (port.shape[1] ?? channels) == channels else {
            let shape = port.shape.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
            throw ModelError(.malformed, manifest.name, "the \(what) of \(file.file) is \(shape); the manifest asks for \(rank) axes and \(channels) channels")
        }
    }
}

/// What an export of an nnU-Net network says in its file, since nnU-Net's own files do not.
struct NNUNetExport {
    let configuration: String?
    let mirrorAxes: [Int]?

    init(of file: URL) throws {
        let notes = try Network(contentsOf: file).metadata
        configuration = notes["configuration"]
        mirrorAxes = try notes["inference_allowed_mirroring_axes"].map { text in
            // Python's tuple (0, 1, 2) and None are taken too.
            let list = text == "None" || text == "null" ? "[]" : text.replacing("(", with: "[").replacing(",)", with: "]").replacing(")", with: "]")
            guard let axes = try? JSONDecoder().decode([Int].self, from: Data(list.utf8)) else {
                throw ModelError(.malformed, file.lastPathComponent, "its metadata inference_allowed_mirroring_axes is '\(text)'; a list such as [0, 1, 2] is expected")
            }
            return axes
        }
    }

    /// The network's files: `model.onnx`, or one for each fold, or the only ONNX file there.
    static func networks(in folder: URL, _ name: String) throws -> [String] {
        func files(_ place: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: place).plainPath)) ?? []).sorted() }   // a folder that cannot be listed has no networks
        let here = files("").filter { $0.hasSuffix(".onnx") }
        if here.contains("model.onnx") { return ["model.onnx"] }
        let folds = files("").filter { $0.hasPrefix("fold_") && !$0.hasSuffix(".onnx") }.flatMap { fold in files(fold).filter { $0.hasSuffix(".onnx") }.map { "\(fold)/\($0)" } }
        let found = here.filter { $0.hasPrefix("fold_") } + folds
        if !found.isEmpty { return found }
        guard here.count == 1 else {
            throw ModelError(.missing, name, "there is no network beside plans.json; export it as model.onnx, or one for each fold as fold_0.onnx, fold_1.onnx, ...")
        }
        return here
    }

    /// nnU-Net's result folders end in their configuration: `nnUNetTrainer__nnUNetPlans__3d_fullres`.
    static func configuration(in folder: String) -> String? {
        let parts = folder.components(separatedBy: "__")
        return parts.count == 3 ? parts[2] : nil
    }
}
