import CarpusCore
import CarpusIO
import Foundation
import Testing

/// The command as a user meets it: a process with arguments, two streams and an exit code.
enum Carpus {
    struct Answer {
        let status: Int32
        let out, err: String
    }

    /// The program, built beside the tests.
    static let program = URL(filePath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "carpus")

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func start(_ arguments: [String], in folder: URL) throws -> (process: Process, out: URL, err: URL) {
        let process = Process(), out = folder.appending(path: "out-\(UUID().uuidString)"), err = folder.appending(path: "err-\(UUID().uuidString)")
        for file in [out, err] { try Data().write(to: file) }
        (process.executableURL, process.arguments, process.currentDirectoryURL) = (program, arguments, folder)
        (process.standardOutput, process.standardError) = (try FileHandle(forWritingTo: out), try FileHandle(forWritingTo: err))
        try process.run()
        return (process, out, err)
    }

    static func run(_ arguments: String..., in folder: URL) throws -> Answer {
        let (process, out, err) = try start(arguments, in: folder)
        process.waitUntilExit()
        defer { for file in [out, err] { try? FileManager.default.removeItem(at: file) } }
        return Answer(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
    }
}

/// A folder that goes when the test ends.
func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "carpus-command-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// A made-up hand with bones, seen at two visits: the second turned and shifted, with a patch that grew.
enum Scans {
    static func write(to folder: URL, sameTwice: Bool = false, swapped: Bool = false) throws {
        let first = try image(motion: .identity, patch: 2.5, seed: 1)
        let moved = RigidTransform(axis: Vector3(0.2, 1, 0.1), angle: 0.06, translation: Vector3(2, -1, 1.5)).affine
        let second = sameTwice ? first : try image(motion: moved, patch: 6, seed: 2)
        for (visit, volume) in [("01", swapped ? second : first), ("02", swapped ? first : second)] {
            let anat = folder.appending(path: "sub-07/ses-\(visit)/anat")
            try FileManager.default.createDirectory(at: anat, withIntermediateDirectories: true)
            try NIfTI.write(volume, to: anat.appending(path: "sub-07_ses-\(visit)_T1w.nii.gz"))
            try Data(#"{"SeriesDescription": "T1 cor", "ImageLaterality": "L"}"#.utf8).write(to: anat.appending(path: "sub-07_ses-\(visit)_T1w.json"))
        }
    }

    private static func image(motion: Affine, patch: Double, seed: UInt64) throws -> Volume<Float> {
        let direction = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0)), size = Index3(80, 96, 12), spacing = Vector3(0.8, 0.8, 2.5)
        let grid = try Grid(size: size, spacing: spacing, origin: direction * ((Vector3(size) - 1) / -2 * spacing), direction: direction)
        guard let back = motion.inverse else { preconditionFailure("a rigid motion has an inverse") }
        var volume = Volume<Float>(grid: grid, repeating: 0), state = seed
        func noise() -> Float {
            var sum: Float = 0
            for _ in 0..<4 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407; sum += Float(state >> 40) / 16_777_216 - 0.5 }
            return sum * 12
        }
        for i in 0..<grid.count { volume.scalars[i] = max(0, Float(signal(at: back(grid.worldFromVoxel(Vector3(grid.index(at: i)))), patch: patch)) + noise()) }
        return volume
    }

    private static func signal(at p: Vector3, patch: Double) -> Double {
        func inside(_ c: Vector3, _ r: Vector3) -> Double { 1 / (1 + exp(10 * (((p - c) / r).length - 1))) }
        let hand = inside(.zero, Vector3(26, 13, 34))
        var value = 200.0
        for (i, c) in [Vector3(-9, 0, 12), Vector3(8, 1, 13), Vector3(-10, -1, -8), Vector3(6, 0, -10)].enumerated() {
            let r = Vector3(7 - Double(i), 7, 8 - Double(i) / 2)
            value = value * (1 - inside(c, r + 1)) + 40 * inside(c, r + 1)
            value = value * (1 - inside(c, r)) + 620 * inside(c, r)
        }
        return hand * (value + 350 * inside(Vector3(-1, 0, 2), Vector3(repeating: patch)))
    }
}
