import ArgumentParser
import Carpus
import CarpusCore
import CarpusSegmentation
import Foundation

struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the models that segment, verify them, grow forests, run a bare network.", subcommands: [List.self, Verify.self, Train.self, ModelsForward.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the models beside the program and in CARPUS_MODEL_PATH.")

        @Flag(help: "As JSON.")
        var json = false

        private struct Row: Encodable {
            let name, version, summary, licence, folder: String
            let roles, optionalRoles, labels: [String]
            let accepts: [String: [String]]
            let needsSide: Bool
            let origin: ModelFolder.Origin?
            let error: String?
        }

        func run() throws {
            let rows = ModelLibrary.all().map { entry -> Row in
                let (folder, name) = (entry.folder.path(percentEncoded: false), entry.folder.lastPathComponent)
                switch entry.model {
                case .success(let model):
                    let m = model.manifest
                    return Row(
                        name: name, version: m.version, summary: m.summary, licence: m.licence, folder: folder, roles: m.roles.filter { !$0.isOptional }.map(\.name),
                        optionalRoles: m.roles.filter(\.isOptional).map(\.name), labels: m.legend.labels.map(\.name),
                        accepts: Dictionary(uniqueKeysWithValues: m.channels.compactMap { c in c.accepts.map { (c.role, $0) } }), needsSide: m.frame != nil, origin: model.origin, error: nil)
                case .failure(let error):
                    return Row(name: name, version: "", summary: "", licence: "", folder: folder, roles: [], optionalRoles: [], labels: [], accepts: [:], needsSide: false, origin: nil, error: "\(error)")
                }
            }
            if json { return try Terminal.json(rows) }
            if rows.isEmpty { Terminal.note("There is no model beside the program, nor in CARPUS_MODEL_PATH.") }
            for row in rows {
                func told(_ role: String) -> String { row.accepts[role].map { "\(role) (\($0.joined(separator: " or ")))" } ?? role }
                let needs = row.roles.map(told) + row.optionalRoles.map { "[\(told($0))]" } + (row.needsSide ? ["the side"] : [])
                Terminal.data([row.name, row.error ?? "version \(row.version); needs \(needs.joined(separator: ", ")); gives \(row.labels.joined(separator: ", "))"].joined(separator: "\t"))
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check models: manifest, SHA-256, and that the networks can be read and fit.")

        @Argument(help: "Names or folders of models (default: all that 'models list' shows).")
        var models: [String] = []

        func run() throws {
            var failures: [any Error] = []
            func check(_ name: String, _ open: () throws -> ModelFolder) {
                do {
                    let model = try open()
                    _ = try model.networks()
                    let unsigned = model.manifest.networks.contains { $0.sha256 == nil }
                    Terminal.data("\(name)\tsound\(unsigned ? "; the manifest gives no SHA-256" : "")")
                    for remark in model.remarks { Terminal.note("\(name): \(remark)") }
                } catch {
                    Terminal.data("\(name)\tunusable")
                    Terminal.error("\(error)")
                    failures.append(error)
                }
            }
            if models.isEmpty { for entry in ModelLibrary.all() { check(entry.folder.lastPathComponent) { try entry.model.get() } } }
            for name in models { check(name) { try ModelLibrary.model(name) } }
            if let first = failures.first { throw ExitCode(ExitStatus(for: first)?.rawValue ?? ExitStatus.ourFault.rawValue) }
        }
    }
}
