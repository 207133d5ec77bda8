import CarpusCore
import CarpusIO
import CarpusPipeline
import Foundation

/// Copies what a protocol saves into the run's folder under BIDS derivatives names.
struct Derivatives {
    let output: URL
    let plan: Plan
    /// A file of each DICOM series by SeriesInstanceUID.
    let dicomFiles: [String: URL]

    /// Saves the outputs of one subject's steps; gives the paths written, relative to the output folder.
    ///
    /// A DICOM object that cannot be written is the failure of its step, and the others are saved all the same.
    func save(_ results: inout [StepResult], subject: String) throws -> [String] {
        var written = try saveObjects(of: &results, subject: subject)
        for node in plan.nodes where !node.save.isEmpty {
            for result in results where result.step == node.name {
                guard case .done = result.outcome, let record = result.record else { continue }
                for port in node.save {
                    guard let stem = result.outputs[port], let kind = record.kinds[port] else { continue }
                    written += try save(stem, kind: kind, node: node, port: port, occasion: result.occasion, subject: subject)
                }
            }
        }
        return written
    }

    private func save(_ stem: URL, kind: String, node: Plan.Node, port: String, occasion: Occasion, subject: String) throws -> [String] {
        let place = Place(subject: subject, occasion: occasion)
        let step = BIDSName.label(node.name), onlyOne = node.save.count == 1
        let role = firstRole(of: node), isDynamic = role.kind == TimeSeries.kind
        // Maps of a dynamic series go by their own names: ME, IRE, Tonset.
        let description = onlyOne ? step : isDynamic ? BIDSName.label(port) : step + BIDSName.label(port.prefix(1).uppercased() + port.dropFirst())
        let space = if case .pair = occasion { "_space-halfway" } else { "" }
        let folder = isDynamic ? place.folder.replacing("/anat", with: "/dce") : place.folder
        let common: [String: JSON] = [
            "Description": .string("\(node.stage.summary)"), "Sources": .array(role.roles.map { .string("series:\($0)") }),
            "Carpus": .object(["Version": .string(Version.current), "Stage": .string("\(node.stage.name)/\(node.stage.version)"), "Parameters": node.parameters]),
        ]
        switch kind {
        case LabelMap.kind:
            let name = "\(folder)/\(place.prefix)\(space)_seg-\(description)_dseg"
            let legend = try JSONDecoder().decode(Legend.self, from: Data(contentsOf: stem.appendingPathExtension("legend.json")))
            let labels = try LabelMap(restingAt: stem)
            var files = try write(name + ".nii.gz") { try NIfTI.write(labels, to: $0) }
            files += try text(name + ".json", common.merging(reference(space)) { $1 })
            for (suffix, legend) in [(".tsv", legend.table), (".ctbl", legend.slicerTable), (".itksnap.txt", legend.snapDescription)] {
                files += try write(name + suffix) { try Data(legend.utf8).write(to: $0) }
            }
            return files
        case Volume<Float>.kind:
            let name = "\(folder)/\(place.prefix)\(space)_desc-\(description)_\(isDynamic ? "dcemap" : role.suffix)"
            let volume = try Volume<Float>(restingAt: stem)
            let sidecar = common.merging(["SkullStripped": .bool(false)]) { $1 }.merging(reference(space)) { $1 }
            return try write(name + ".nii.gz") { try NIfTI.write(volume, to: $0) } + text(name + ".json", sidecar)
        case TimeSeries.kind:
            let name = "\(folder.replacing("/anat", with: "/dce"))/\(place.prefix)_desc-\(description)_dce"
            let series = try TimeSeries(restingAt: stem)
            let sidecar = common.merging(["FrameTimesStart": .array(series.times.map(JSON.number))]) { $1 }
            return try write(name + ".nii.gz") { try NIfTI.write(series, to: $0) } + text(name + ".json", sidecar)
        case Transform.kind:
            let name = "\(folder)/\(place.prefix)_desc-\(description)_mode-image_xfm"
            let transform = try Transform(restingAt: stem)
            return try write(name + (transform.asAffine == nil ? ".h5" : ".tfm")) { try TransformFile.write(transform, to: $0) }
        case ArterialInput.kind:
            let name = "\(folder)/\(place.prefix)_desc-\(description)_aif"
            let input = try ArterialInput(restingAt: stem)
            return try write(name + ".tsv") { try Data(input.table.utf8).write(to: $0) } + text(name + ".json", common.merging(input.sidecar) { $1 })
        case FigureArtifact.kind:
            let name = "sub-\(subject)/figures/\(place.prefix)_desc-\(description).png"
            return try write(name) { try Data(contentsOf: stem.appendingPathExtension("png")).write(to: $0) }
        default:
            return []   // tables and findings go into the run's own files, and DICOM objects are saved by themselves
        }
    }

    private func reference(_ space: String) -> [String: JSON] {
        ["SpatialReference": .string((space.isEmpty ? "as the scans of this visit lie" : "half-way between the two scans") + "; the grid stands in the file's own header")]
    }

    /// The series a step's images come from: the first decides the suffix.
    private func firstRole(of node: Plan.Node) -> (roles: [String], suffix: String, kind: String) {
        var roles: [String] = [], seen: Set<String> = []
        func follow(_ node: Plan.Node) {
            guard seen.insert(node.name).inserted else { return }
            for port in node.stage.inputs {
                for source in node.sources[port.name] ?? [] {
                    switch source.origin {
                    case .series(let role), .source(let role): if !roles.contains(role) { roles.append(role) }
                    case .fact: break
                    case .output(let step, _): if let feeder = plan.nodes.first(where: { $0.name == step }) { follow(feeder) }
                    }
                }
            }
        }
        follow(node)
        let rule = plan.analysis.series.first { $0.role == roles.first }
        return (roles, rule?.suffix ?? "T1w", rule?.kind ?? Volume<Float>.kind)
    }

    private func text(_ name: String, _ members: [String: JSON]) throws -> [String] {
        try write(name) { url in
            try JSONEncoder.readable.encode(JSON.object(members)).write(to: url)
        }
    }

    /// Writes to the side and renames.
    func write(_ name: String, _ body: (URL) throws -> Void) throws -> [String] {
        try OutputFile.write(to: output.appending(path: name), body)
        return [name]
    }
}

/// Folder and first part of the name for what belongs to an occasion.
struct Place {
    let folder: String
    let prefix: String

    init(subject: String, occasion: Occasion) {
        switch occasion {
        case .visit(let id): (folder, prefix) = ("sub-\(subject)/ses-\(id)/anat", "sub-\(subject)_ses-\(id)")
        case .pair(let a, let b): (folder, prefix) = ("sub-\(subject)/change/ses-\(a)_to_ses-\(b)", "sub-\(subject)_ses-\(b)")
        case .subject: (folder, prefix) = ("sub-\(subject)", "sub-\(subject)")
        }
    }
}

/// Files that are whole or absent: written to the side, then renamed.
enum OutputFile {
    static func write(to url: URL, _ body: (URL) throws -> Void) throws {
        let folder = url.deletingLastPathComponent()
        // The side file keeps the extension: writers choose the format by it.
        let side = folder.appending(path: ".part-" + url.lastPathComponent)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try body(side)
            guard rename(side.path(percentEncoded: false), url.path(percentEncoded: false)) == 0 else {
                throw IOError(.cannotWrite, at: url, "the file cannot be put in place: \(String(cString: strerror(errno)))")
            }
        } catch let error as IOError {
            throw error
        } catch {
            throw IOError(.cannotWrite, at: url, "the file cannot be written (\(error.localizedDescription)); check space and permissions")
        }
    }

    static func write(_ text: String, to url: URL) throws {
        try write(to: url) { try Data(text.utf8).write(to: $0) }
    }
}
