import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusRegistration
import Foundation

struct Register: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Align one image to another.")

    enum Kind: String, CaseIterable, ExpressibleByArgument { case rigid }

    @Option(help: "The image that stays.", completion: .file())
    var fixed: String
    @Option(help: "The image that is moved.", completion: .file())
    var moving: String
    @Option(help: "Where the moved image goes, .nii or .nii.gz, on the fixed grid.", completion: .file())
    var output: String
    @Option(help: "The kind of transform: rigid.")
    var transform: Kind = .rigid
    @Option(help: "A label map; the fixed image is compared where it is not 0.", completion: .file())
    var fixedMask: String?
    @Option(help: "A label map; the moving image is compared where it is not 0.", completion: .file())
    var movingMask: String?
    @Option(help: "Where the transform goes, ITK text (.tfm).", completion: .file())
    var saveTransform: String?
    @Option(help: "Threads at a time.")
    var threads: Int?
    @Flag(help: "Align in both directions and take the mean, so that swapping the images gives the inverse.")
    var symmetric = false
    @Flag(help: "Overwrite what is there.")
    var force = false
    @Flag(help: "Tell the result as JSON on stdout.")
    var json = false

    private struct Answer: Encodable {
        let movingFromFixed: [[Double]]
        let metric: Double
        let iterations: Int
        let findings: [Finding]
    }

    func run() throws {
        if let threads { Parallel.threads = threads }
        let target = try Output.file(output, force: force)
        let tfm = try saveTransform.map { try Output.file($0, force: force) }
        let fixedImage = try NIfTI.readVolume(URL(filePath: fixed)), movingImage = try NIfTI.readVolume(URL(filePath: moving))
        var parameters = RigidRegistration.Parameters()
        parameters.symmetric = symmetric
        let result = try RigidRegistration.align(
            fixed: fixedImage, moving: movingImage, fixedMask: try fixedMask.map { try NIfTI.readLabels(URL(filePath: $0)) },
            movingMask: try movingMask.map { try NIfTI.readLabels(URL(filePath: $0)) }, parameters: parameters)
        let map = Transform.rigid(result.movingFromFixed)
        // Files are for people and other programs: outside the moving image stands 0, not NaN.
        try NIfTI.write(movingImage.resampled(onto: fixedImage.grid, through: map, interpolation: .cubic, outside: 0), to: target)
        if let tfm { try ITKTransformFile.write(map, to: tfm) }
        for finding in result.findings { Terminal.note("\(finding.severity.rawValue): \(finding.sentence)") }
        if json {
            try Terminal.json(Answer(movingFromFixed: result.movingFromFixed.affine.matrixRows, metric: result.metric, iterations: result.iterations, findings: result.findings))
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
