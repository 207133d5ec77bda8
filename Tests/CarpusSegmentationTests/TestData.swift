import Foundation

/// The folder of reference data, which is no part of the package.
enum TestData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["CARPUS_TEST_DATA"] { return URL(filePath: path, directoryHint: .isDirectory) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/data", directoryHint: .isDirectory)
    }()

    static var available: Bool { FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) }
}
