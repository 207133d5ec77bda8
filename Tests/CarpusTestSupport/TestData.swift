public import Foundation

/// The reference data, which is no part of the package: `CARPUS_TEST_DATA`, or `../shared/data` beside it. Tests that need it
/// are skipped, saying so, where it is absent.
public enum TestData {
    /// The package's own folder.
    public static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder, whether it is there or not.
    public static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["CARPUS_TEST_DATA"] { return URL(filePath: path, directoryHint: .isDirectory) }
        return package.deletingLastPathComponent().appending(path: "shared/data", directoryHint: .isDirectory)
    }()

    /// Whether it is there.
    public static var available: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path(percentEncoded: false)) }

    /// A file or folder in it.
    public static func url(_ path: String) -> URL { folder.appending(path: path) }

    /// All files below a folder of it.
    public static func files(below path: String, where fits: (String) -> Bool) -> [URL] {
        let walk = FileManager.default.enumerator(at: url(path), includingPropertiesForKeys: [.isRegularFileKey])
        return (walk?.compactMap { $0 as? URL } ?? []).filter { fits($0.lastPathComponent) }.sorted { $0.path < $1.path }
    }
}

/// An empty folder of its own for a test.
public func temporaryFolder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "carpus-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
}
