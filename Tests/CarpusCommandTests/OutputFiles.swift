import Foundation
import Testing

/// What a run left, byte for byte.
enum OutputFiles {
    /// All files below a folder, hidden ones too, by relative path.
    static func all(in folder: URL) throws -> [String: URL] {
        let base = folder.resolvingSymlinksInPath(), walk = try #require(FileManager.default.enumerator(at: base, includingPropertiesForKeys: [.isRegularFileKey]))
        var found: [String: URL] = [:]
        for case let file as URL in walk where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
            found[String(file.path(percentEncoded: false).dropFirst(base.path(percentEncoded: false).count).drop { $0 == "/" })] = file
        }
        return found
    }

    /// Where words occur: in names and in bytes, unzipped where they are zipped, in capitals or not.
    static func places(of words: [String], in folder: URL) throws -> [String] {
        let words = words.map { $0.lowercased() }
        return try all(in: folder).sorted { $0.key < $1.key }.flatMap { path, file -> [String] in
            let text = Latin.small(try bytes(of: file))
            return words.filter { path.lowercased().contains($0) || text.range(of: Data($0.utf8)) != nil }.map { "\($0) in \(path)" }
        }
    }

    static func bytes(of file: URL) throws -> Data {
        guard file.pathExtension == "gz" else { return try Data(contentsOf: file) }
        let process = Process(), out = Pipe()
        (process.executableURL, process.arguments, process.standardOutput) = (URL(filePath: "/usr/bin/env"), ["gzip", "-dc", file.path(percentEncoded: false)], out)
        try process.run()
        let data = out.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return data
    }

    /// A table's lines by the names of its first.
    static func table(_ file: URL) throws -> [[String: String]] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }
}

private enum Latin {
    /// Capital letters made small, the rest as it is.
    static func small(_ data: Data) -> Data { Data(data.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }) }
}

/// Elements of explicit-VR little-endian files set to other values, as a hospital would have written them.
enum PlantedDICOM {
    static func plant(_ values: [(tag: UInt32, vr: String, value: String)], in file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        let metaLength = Int(bytes[140]) | Int(bytes[141]) << 8, start = 144 + metaLength
        var at = start, elements: [UInt32: ArraySlice<UInt8>] = [:]
        while at + 8 <= bytes.count {
            let tag = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 24 | UInt32(bytes[at + 2]) | UInt32(bytes[at + 3]) << 8
            let isLong = ["OB", "OW", "SQ", "UN", "UT"].contains(String(decoding: bytes[at + 4..<at + 6], as: UTF8.self))
            let length = isLong ? (0..<4).reduce(0) { $0 | Int(bytes[at + 8 + $1]) << (8 * $1) } : Int(bytes[at + 6]) | Int(bytes[at + 7]) << 8
            let end = at + (isLong ? 12 : 8) + length
            elements[tag] = bytes[at..<end]
            at = end
        }
        for v in values {
            let body = Array(v.value.utf8) + (v.value.utf8.count % 2 == 1 ? [0x20] : [])
            let head: [UInt8] = [UInt8(v.tag >> 16 & 255), UInt8(v.tag >> 24), UInt8(v.tag & 255), UInt8(v.tag >> 8 & 255)]
            elements[v.tag] = (head + Array(v.vr.utf8) + [UInt8(body.count & 255), UInt8(body.count >> 8)] + body)[...]
        }
        try Data(bytes[..<start] + elements.sorted { $0.key < $1.key }.flatMap(\.value)).write(to: file)
    }
}
