import CarpusPipeline
public import Foundation

/// Where models are looked for: in `CARPUS_MODEL_PATH`, beside the program, or at a path. Nothing is ever fetched.
public enum ModelLibrary {
    /// Folders of models, in the order they are searched: what `CARPUS_MODEL_PATH` lists, separated by colons, so that a site's own model goes
    /// before one that comes with Carpus; the package's resources beside the program; `share/carpus/models` beside the program's folder.
    public static func shelves(_ environment: [String: String] = ProcessInfo.processInfo.environment, program: URL = Bundle.main.bundleURL) -> [URL] {
        let own = [program.appending(path: "carpus_Carpus.resources/Models"), program.appending(path: "../share/carpus/models").standardizedFileURL]
        return (environment["CARPUS_MODEL_PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0), directoryHint: .isDirectory) } + own
    }

    /// The model of a name, or at a path.
    ///
    /// - Parameter model: a name, or, with a slash or where nothing has the name, a folder.
    /// - Throws: `ModelError` when there is none, saying where it was looked for.
    public static func model(_ model: String, shelves: [URL] = shelves()) throws -> ModelFolder {
        if model.isEmpty { throw ModelError(.missing, "''", "give a model's name or folder") }
        if !model.contains("/") {
            for shelf in shelves {
                let folder = shelf.appending(path: model, directoryHint: .isDirectory)
                if isModel(folder) { return try ModelFolder(at: folder) }
            }
        }
        let folder = URL(filePath: model, directoryHint: .isDirectory)
        if model.contains("/") || isModel(folder) { return try ModelFolder(at: folder) }
        let names = all(shelves: shelves).map(\.folder.lastPathComponent)
        throw ModelError(.missing, model, "there is no such model (known: \(names.isEmpty ? "none" : names.joined(separator: ", "))); put its folder where CARPUS_MODEL_PATH points, or give its path")
    }

    /// The file of a forest, by name or path, looked for as models are.
    ///
    /// - Throws: `ModelError` when there is none.
    public static func forest(_ name: String, shelves: [URL] = shelves()) throws -> URL {
        let places = name.contains("/") ? [] : shelves.map { $0.appending(path: name.hasSuffix(".forest") ? name : name + ".forest") }
        guard let file = (places + [URL(filePath: name)]).first(where: { FileManager.default.isReadableFile(atPath: $0.plainPath) && !$0.hasDirectoryPath }) else {
            throw ModelError(.missing, name, "there is no such forest; put NAME.forest where CARPUS_MODEL_PATH points, or give its path")
        }
        return file
    }

    /// A folder that holds a model, and the model or why it cannot be used.
    public struct Entry: Sendable {
        public let folder: URL
        public let model: Result<ModelFolder, any Error>
    }

    /// All models on the shelves, by shelf and name; of equal names the first is the one that is used.
    public static func all(shelves: [URL] = shelves()) -> [Entry] {
        shelves.flatMap { shelf in
            // A shelf that is not there holds nothing.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: shelf.plainPath)) ?? []
            return names.sorted().map { shelf.appending(path: $0, directoryHint: .isDirectory) }.filter(isModel).map { folder in
                Entry(folder: folder, model: Result { try ModelFolder(at: folder) })
            }
        }
    }

    private static func isModel(_ folder: URL) -> Bool {
        ["model.json", "plans.json"].contains { FileManager.default.fileExists(atPath: folder.appending(path: $0).plainPath) }
    }

    /// The plan with every model looked up: its digest becomes a parameter, so that another model of the same name is another result.
    ///
    /// - Throws: `ModelError` when one is missing or damaged, before anything runs.
    static func pinned(_ plan: Plan) throws -> Plan {
        try plan.withParameters { node in
            guard case .object(var members) = node.parameters, case .string(let name)? = members["model"] else { return node.parameters }
            let found: String
            switch node.stage.name {
            case SegmentUNet.name: found = try model(name).digest()
            case SegmentForest.name: found = try Digest.hex(of: forest(name))
            default: return node.parameters
            }
            if case .string(let wanted)? = members["digest"], wanted != found {
                throw ModelError(.damaged, name, "its SHA-256 is \(found), and step '\(node.name)' asks for \(wanted)")
            }
            members["digest"] = .string(found)
            return .object(members)
        }
    }
}
