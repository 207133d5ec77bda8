import CarpusCore
public import Foundation
import Synchronization

/// What a folder of DICOM files holds.
public struct DICOMScan: Sendable {
    /// A file that is no DICOM image.
    public struct Skipped: Sendable, Hashable {
        public let file: URL
        /// Why it was left out.
        public let reason: String
    }
    /// By study date, series number and UID.
    public let series: [DICOMSeries]
    /// By path.
    public let skipped: [Skipped]
}

/// Folders of DICOM files. What a file is stands in its header; names and places tell nothing.
public enum DICOMFolder {
    /// Reads the headers of all files below a folder, or of one file, and sorts them into series.
    ///
    /// - Throws: `IOError` when there is no such folder or file. Files that are no DICOM images are listed, not thrown.
    public static func scan(_ url: URL) throws -> DICOMScan {
        let urls = try files(url)
        let results = Mutex<[Result<DICOMFile, IOError>?]>(Array(repeating: nil, count: urls.count))
        Parallel.forEach(urls.count) { i in
            let result: Result<DICOMFile, IOError>
            do {
                result = .success(try DICOMFile(urls[i]))
            } catch let error as IOError {
                result = .failure(error)
            } catch {
                result = .failure(IOError(.unreadable, at: urls[i], "the file cannot be read"))
            }
            results.withLock { $0[i] = result }
        }
        var found: [String: [DICOMFile]] = [:], skipped: [DICOMScan.Skipped] = []
        for case let result? in results.withLock({ $0 }) {
            switch result {
            // A file without a series is one of its own.
            case .success(let file): found[file.values[.seriesUID] ?? "file " + file.url.path(percentEncoded: false), default: []].append(file)
            case .failure(let error): skipped.append(DICOMScan.Skipped(file: error.place, reason: error.message))
            }
        }
        let series = try found.values.map { try DICOMSeries($0) }
        return DICOMScan(series: series.sorted(by: isBefore), skipped: skipped)
    }

    private static func files(_ url: URL) throws -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder) else {
            throw IOError(.missing, at: url, "there is no such file or folder")
        }
        guard isFolder.boolValue else { return [url] }
        guard let walk = FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles]) else {
            throw IOError(.unreadable, at: url, "the folder cannot be listed")
        }
        var urls: [URL] = []
        for case let file as URL in walk where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { urls.append(file) }
        return urls.sorted { $0.path(percentEncoded: false) < $1.path(percentEncoded: false) }
    }

    private static func isBefore(_ a: DICOMSeries, _ b: DICOMSeries) -> Bool {
        func key(_ s: DICOMSeries) -> (String, Double, String, String) {
            (s.studyDate ?? "", s.attributes["SeriesNumber"].flatMap(Double.init) ?? 0, s.seriesUID, s.files[0].path(percentEncoded: false))
        }
        return key(a) < key(b)
    }
}
