import Foundation

/// The reference data, which lies outside the repository: CARPUS_TEST_DATA, or ../shared/data beside the package.
enum TestData {
    static let root: URL? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = ProcessInfo.processInfo.environment["CARPUS_TEST_DATA"].map { URL(filePath: $0) } ?? package.appending(path: "../shared/data")
        return FileManager.default.fileExists(atPath: folder.appending(path: "files.tsv").path(percentEncoded: false)) || FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path(percentEncoded: false)) ? folder.standardizedFileURL : nil
    }()
    static var available: Bool { root != nil }
    static func url(_ path: String) -> URL { (root ?? URL(filePath: "/nowhere")).appending(path: path) }

    /// All files below a folder of the reference data.
    static func files(below path: String, where fits: (String) -> Bool) -> [URL] {
        let walk = FileManager.default.enumerator(at: url(path), includingPropertiesForKeys: [.isRegularFileKey])
        return (walk?.compactMap { $0 as? URL } ?? []).filter { fits($0.lastPathComponent) }.sorted { $0.path < $1.path }
    }
}

func temporaryFolder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "carpus-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
}
