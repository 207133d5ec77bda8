import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusRegistration
import Foundation

struct Register: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Align one image to another.")

    enum Kind: String, CaseIterable, ExpressibleByArgument { case rigid, affine, deformable }
    enum Engine: String, CaseIterable, ExpressibleByArgument { case carpus, itk }

    @Option(help: "The image that stays.", completion: .file())
    var fixed: String
    @Option(help: "The image that is moved.", completion: .file())
    var moving: String
    @Option(help: "Where the moved image goes, .nii or .nii.gz, on the fixed grid.", completion: .file())
    var output: String
    @Option(help: "The kind of transform: rigid, or affine or deformable after it.")
    var transform: Kind = .rigid
    @Option(help: "A label map; the fixed image is compared where it is not 0.", completion: .file())
    var fixedMask: String?
    @Option(help: "A label map; the moving image is compared where it is not 0.", completion: .file())
    var movingMask: String?
    @Option(help: "A transform to begin from, from the fixed image's world to the moving one's: .tfm, .txt, .h5, elastix's, or a displacement field.", completion: .file())
    var initialTransform: String?
    @Option(help: "Where the transform goes: ITK's .tfm or .h5, or .nii(.gz), a displacement field on the fixed grid.", completion: .file())
    var saveTransform: String?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Option(help: "Who does the work: carpus, or itk for comparison.")
    var engine: Engine = .carpus
    @Flag(help: "Align in both directions and take the mean, so that swapping the images gives the inverse; carpus always does, this is for itk.")
    var symmetric = false
    @Flag(help: "Overwrite what is there.")
    var force = false
    @Flag(help: "Tell the result as JSON on stdout.")
    var json = false

    private struct Answer: Encodable {
        /// Nil for a deformation.
        let movingFromFixed: [[Double]]?
        let metric: Double
        let iterations: Int
        let findings: [Finding]
        /// Of the rigid alignment, which the other kinds begin from.
        let verdict: RegistrationVerdict?
        /// Of the deformation.
        let deformation: DeformableVerdict?
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let target = try Output.file(output, force: force)
        let saved = try saveTransform.map { try Output.transform($0, force: force) }
        let fixedImage = try NIfTI.readVolume(URL(filePath: fixed)), movingImage = try NIfTI.readVolume(URL(filePath: moving))
        let fixedMask = try fixedMask.map { try NIfTI.readLabels(URL(filePath: $0)) }, movingMask = try movingMask.map { try NIfTI.readLabels(URL(filePath: $0)) }
        var parameters = RigidRegistration.Parameters()
        (parameters.symmetric, parameters.engine) = (symmetric, engine == .itk ? .itk : .carpus)
        let start = try initialTransform.map { try RegistrationStart(TransformFile.read(URL(filePath: $0)), moving: movingImage, movingMask: movingMask, fixed: fixedImage.grid) }
        let found = try align(fixedImage, start?.moving ?? movingImage, fixedMask, start?.movingMask ?? movingMask, parameters)
        let map = start?.completed(found.map) ?? found.map
        // Files are for people and other programs: outside the moving image stands 0, not NaN.
        try NIfTI.write(movingImage.resampled(onto: fixedImage.grid, through: map, interpolation: .cubic, outside: 0), to: target)
        if let saved { try TransformFile.write(map, to: saved, on: fixedImage.grid) }
        if let bent = found.deformation {
            Terminal.note(String(format: "%@; expected error %.2f mm, below %.2f mm at nineteen of twenty places", bent.grade.rawValue, bent.expectedError, bent.largestError))
        } else if let verdict = found.verdict {
            Terminal.note(String(format: "%@; expected error %.2f mm", verdict.grade.rawValue, verdict.expectedError))
        }
        for finding in found.findings { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
        if json {
            try Terminal.json(Answer(
                movingFromFixed: map.asAffine?.matrixRows, metric: found.metric, iterations: found.iterations, findings: found.findings, verdict: found.verdict,
                deformation: found.deformation))
        }
    }

    /// What the three kinds of alignment have in common.
    private struct Found {
        let map: CarpusCore.Transform
        let metric: Double
        let iterations: Int
        let findings: [Finding]
        let verdict: RegistrationVerdict?
        var deformation: DeformableVerdict?
    }

    private func align(
        _ fixed: Volume<Float>, _ moving: Volume<Float>, _ fixedMask: LabelMap?, _ movingMask: LabelMap?, _ parameters: RigidRegistration.Parameters
    ) throws -> Found {
        switch transform {
        case .rigid:
            let r = try RigidRegistration.align(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask, parameters: parameters)
            return Found(map: .rigid(r.movingFromFixed), metric: r.metric, iterations: r.iterations, findings: r.findings, verdict: r.verdict)
        case .affine:
            guard engine == .carpus else { throw ValidationError("affine alignment is Carpus's own; leave out --engine itk") }
            let r = try AffineRegistration.align(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask, parameters: parameters)
            return Found(map: .affine(r.movingFromFixed), metric: r.metric, iterations: r.rigid.iterations, findings: r.findings, verdict: r.rigid.verdict)
        case .deformable:
            guard engine == .carpus else { throw ValidationError("deformable alignment is Carpus's own; leave out --engine itk") }
            var whole = DeformableRegistration.Parameters()
            whole.rigid = parameters
            let r = try DeformableRegistration.align(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask, parameters: whole)
            return Found(map: r.movingFromFixed, metric: r.correlation.after, iterations: r.iterations, findings: r.findings, verdict: r.rigid.verdict, deformation: r.verdict)
        }
    }
}

/// Files the user names for output.
enum Output {
    /// The place, when it is free or may be overwritten.
    static func file(_ path: String, force: Bool) throws -> URL {
        let url = URL(filePath: path)
        if !force, FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) {
            throw IOError(.exists, at: url, "the file is there already; choose another name, or say --force")
        }
        return url
    }

    /// The place of a transform, when its name has an ending transforms are written under.
    static func transform(_ path: String, force: Bool) throws -> URL {
        guard TransformFile.writableEndings.contains(where: { path.lowercased().hasSuffix($0) }) else {
            throw ValidationError("\(path): transforms are written as \(TransformFile.writableEndings.joined(separator: ", ")); choose such a name")
        }
        return try file(path, force: force)
    }

    /// Refuses a folder that holds something.
    static func mustBeEmpty(_ folder: URL) throws {
        let path = folder.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw IOError(.exists, at: folder, "there is something that is no folder; choose another name")
        }
        if !names.isEmpty { throw IOError(.exists, at: folder, "the folder is not empty; choose another one, or say --force") }
    }

    /// A folder, made when it is not there; with something in it only when it may be overwritten.
    static func folder(_ path: String, force: Bool) throws -> URL {
        let url = URL(filePath: path, directoryHint: .isDirectory), files = FileManager.default
        do {
            try files.createDirectory(at: url, withIntermediateDirectories: true)
            guard try force || files.contentsOfDirectory(atPath: url.path(percentEncoded: false)).isEmpty else {
                throw IOError(.exists, at: url, "the folder is not empty; choose another one, or say --force")
            }
        } catch let error as IOError {
            throw error
        } catch {
            throw IOError(.cannotWrite, at: url, "the folder cannot be made: \(error.localizedDescription)")
        }
        return url
    }
}
