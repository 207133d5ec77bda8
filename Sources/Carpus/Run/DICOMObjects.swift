import CarpusIO
import CarpusPipeline
import Foundation

// Objects for the archive, which get patient and study when they are saved: `sub-ID/ses-V/dicom/{seg,sr}.dcm`, with `desc-STEP_` before where several steps export.
extension Derivatives {
    /// Saves the objects of one subject, and removes those that an earlier run left and this one did not make; gives the paths written.
    ///
    /// An object that cannot be written makes its step a failed one.
    func saveObjects(of results: inout [StepResult], subject: String) throws -> [String] {
        var written: [String] = []
        for node in plan.nodes where node.stage.name == ExportDICOM.name && !node.save.isEmpty {
            for i in results.indices where results[i].step == node.name {
                guard case .done = results[i].outcome else { continue }
                do {
                    written += try saveObjects(of: node, results[i], among: results, subject: subject)
                } catch {
                    results[i] = results[i].failing(because: error)
                }
            }
        }
        try removeObjects(of: subject, but: written)
        return written
    }

    /// The segmentation first: without it no report points to it.
    private func saveObjects(of node: Plan.Node, _ result: StepResult, among results: [StepResult], subject: String) throws -> [String] {
        let several = plan.nodes.filter { $0.stage.name == ExportDICOM.name && !$0.save.isEmpty }.count > 1
        let folder = Place(subject: subject, occasion: result.occasion).folder.replacing("/anat", with: "/dicom")
        func path(_ name: String) -> String { "\(folder)/\(several ? "desc-\(BIDSName.label(node.name))_" : "")\(name).dcm" }
        func stem(_ port: String) -> URL? { node.save.contains(port) ? result.outputs[port] : nil }
        var written: [String] = []
        if let stem = stem("segmentation") {
            let object = try SegmentationArtifact(restingAt: stem).segmentation
            let study = try study(of: object.source, subject: subject)
            written += try write(path("seg")) { try object.write(to: $0, of: study) }
        }
        if let stem = stem("report") {
            var object = try ReportArtifact(restingAt: stem).content
            if written.isEmpty { object.segmentation = nil }
            object.missing = missing(for: node, at: result.occasion, among: results)
            let study = try study(of: object.source, subject: subject)
            written += try write(path("sr")) { [object] in try object.write(to: $0, of: study) }
        }
        return written
    }

    private func study(of source: DICOMSource, subject: String) throws -> StudySource {
        guard let file = dicomFiles[source.seriesUID] else {
            throw IOError(.missing, at: output, "no file of the input has the SeriesInstanceUID \(source.seriesUID) that the objects belong to; remove the folder .carpus of the output and run again")
        }
        return try StudySource(file, participant: subject)
    }

    /// What a step was to be fed by other steps and was not, for whatever reason.
    private func missing(for node: Plan.Node, at occasion: Occasion, among results: [StepResult]) -> [String] {
        node.sources.sorted { $0.key < $1.key }.flatMap(\.value).compactMap { source in
            guard case .output(let step, let port) = source.origin else { return nil }
            let fed = results.filter { $0.step == step }, here = fed.filter { $0.occasion == occasion }
            return (here.isEmpty ? fed : here).allSatisfy { $0.outputs[port] != nil } ? nil : "\(step).\(port)"
        }
    }

    /// Removes the objects of a subject that are not among those written.
    private func removeObjects(of subject: String, but written: [String]) throws {
        let home = output.appending(path: "sub-\(subject)")
        guard FileManager.default.fileExists(atPath: home.plainPath) else { return }
        for folder in try FileManager.default.contentsOfDirectory(atPath: home.plainPath) where folder.hasPrefix("ses-") {
            let place = home.appending(path: "\(folder)/dicom")
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place.plainPath, isDirectory: &isFolder), isFolder.boolValue else { continue }
            for name in try FileManager.default.contentsOfDirectory(atPath: place.plainPath) {
                let kind = name.split(separator: "_").last ?? ""
                if ["seg.dcm", "sr.dcm"].contains(kind), !written.contains("sub-\(subject)/\(folder)/dicom/\(name)") { try FileManager.default.removeItem(at: place.appending(path: name)) }
            }
        }
    }
}
