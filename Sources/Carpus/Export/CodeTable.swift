public import CarpusIO
import CarpusPipeline
public import Foundation

/// Which code says what: `codes.tsv`, which a site may edit, or another table before it that a protocol names.
public struct CodeTable: Sendable {
    /// What a code is for.
    public enum Use: String, Sendable, Hashable, Codable, CaseIterable {
        /// Of a label: what kind of thing it is (by the names `anatomy` and `lesion`), what it is, where it lies, and what it is called as a finding in a report.
        case category, type, region, finding
        /// Of a measurement: what is measured, how, and its unit.
        case measure, method, unit
    }

    /// One line.
    public struct Row: Sendable, Hashable, Codable {
        /// What it is for.
        public var of: Use
        /// The name as it stands in files.
        public var name: String
        /// Whose code it is, the code, and what it means.
        public var scheme, code, meaning: String

        /// What DICOM cannot hold of it; nil where nothing is wrong.
        var complaint: String? {
            CodedConcept(scheme, code, meaning).complaint.map { "the code of '\(name)': \($0)" }
        }
    }

    private struct Key: Hashable {
        let use: Use, name: String
    }
    private var concepts: [Key: CodedConcept] = [:]

    /// A table of rows; those that come first win.
    public init(_ rows: [Row]) {
        for row in rows where concepts[Key(use: row.of, name: row.name)] == nil {
            concepts[Key(use: row.of, name: row.name)] = CodedConcept(row.scheme, row.code, row.meaning)
        }
    }

    /// The code of a name; nil where the table has none.
    public func concept(_ use: Use, _ name: String) -> CodedConcept? { concepts[Key(use: use, name: name)] }

    /// The code of a name, one of Carpus's own where the table has none.
    public func conceptOrOwn(_ use: Use, _ name: String) -> CodedConcept {
        let spelled = CodedConcept.spelled(name)
        return concept(use, name) ?? (use == .unit ? CodedConcept("UCUM", spelled, spelled) : .own(name, Self.meaning(of: name)))
    }

    /// A name as words: `bone-marrow-oedema` is "Bone marrow oedema".
    static func meaning(of name: String) -> String {
        let words = CodedConcept.spelled(name).replacing("-", with: " ")
        return String((words.prefix(1).uppercased() + words.dropFirst()).prefix(64))
    }

    /// The rows of a file with the columns of, name, scheme, code and meaning.
    ///
    /// - Throws: `IOError` when it cannot be read, or a line says nothing that DICOM can hold.
    public static func rows(of file: URL) throws -> [Row] {
        try TabTable(file, needs: ["of", "name", "scheme", "code", "meaning"]).rows.map { line in
            guard let use = line["of"].flatMap(Use.init), let name = line["name"], let scheme = line["scheme"], let code = line["code"], let meaning = line["meaning"] else {
                let uses = Use.allCases.map(\.rawValue).joined(separator: ", ")
                throw IOError(.malformed, at: file, "line \(line.number) is no code: of (one of \(uses)), name, scheme, code and meaning are needed")
            }
            let row = Row(of: use, name: name, scheme: scheme, code: code, meaning: meaning)
            if let complaint = row.complaint { throw IOError(.malformed, at: file, "line \(line.number): \(complaint)") }
            return row
        }
    }

    /// The table that comes with Carpus.
    static func ownFile(program: URL = Bundle.main.bundleURL) throws -> URL {
        let places = [program.appending(path: "carpus_Carpus.resources/codes.tsv"), program.appending(path: "../share/carpus/codes.tsv").standardizedFileURL]
        guard let file = places.first(where: { FileManager.default.isReadableFile(atPath: $0.plainPath) }) else {
            throw IOError(.missing, at: places[0], "the table of codes that comes with Carpus is not beside the program; install it again")
        }
        return file
    }

    /// The plan with every table looked up: the rows of one that a protocol names, and the digest of Carpus's own, become parameters, so that other codes are another result.
    ///
    /// - Throws: `IOError` when one is missing or malformed, before anything runs.
    static func resolved(_ plan: Plan, beside protocolFile: URL) throws -> Plan {
        try plan.withParameters { node in
            guard node.stage.name == ExportDICOM.name, case .object(var members) = node.parameters else { return node.parameters }
            members["digest"] = .string(try Digest.hex(of: ownFile()))
            if case .string(let name)? = members["codes"] {
                let file = name.hasPrefix("/") ? URL(filePath: name) : protocolFile.deletingLastPathComponent().appending(path: name)
                let given = try node.parameters["table"]?.decoded(as: [Row].self) ?? []
                members["table"] = try JSON(encoding: given + rows(of: file))
                // A path may tell names, and the rows say all that counts.
                members["codes"] = .string(file.lastPathComponent)
            }
            return .object(members)
        }
    }
}
