import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import Foundation

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Turn DICOM series into NIfTI with BIDS-style sidecars, or NIfTI into NIfTI.")

    @Argument(help: "A folder or file of DICOM, or a NIfTI file.")
    var input: String
    @Argument(help: "A folder for DICOM's series, or the NIfTI file to write.")
    var output: String
    @Flag(help: "Overwrite what is there.")
    var force = false
    @Flag(help: "Tell what was written as JSON on stdout.")
    var json = false

    struct Written: Encodable {
        let series, file: String
        let findings: [Finding]
    }
    struct Refused: Encodable { let series, reason: String }
    struct Answer: Encodable {
        var written: [Written] = []
        var refused: [Refused] = []
    }

    func run() throws {
        let source = URL(filePath: input)
        var answer = Answer()
        if [".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"].contains(where: source.lastPathComponent.lowercased().hasSuffix) {
            answer.written.append(try image(source, to: try Output.file(output, force: force)))
        } else {
            let scan = try DICOMFolder.scan(source)
            guard !scan.series.isEmpty else {
                throw IOError(.notRecognised, at: source, "no DICOM series was found (\(scan.skipped.count) files are none); give a folder of DICOM files or a NIfTI file")
            }
            let folder = try Output.folder(output, force: force)
            for series in scan.series { convert(series, into: folder, answer: &answer) }
        }
        for refused in answer.refused { Terminal.error("\(refused.series): \(refused.reason)") }
        if json { try Terminal.json(answer) } else { answer.written.forEach { Terminal.data($0.file) } }
        if !answer.refused.isEmpty { throw ExitCode(answer.written.isEmpty ? ExitStatus.badData.rawValue : ExitStatus.partly.rawValue) }
    }

    private func image(_ source: URL, to target: URL) throws -> Written {
        let image = try NIfTI.read(source)
        switch image.content {
        case .volume(let v): try NIfTI.write(v, to: target)
        case .series(let s): try NIfTI.write(s, to: target)
        }
        return Written(series: source.lastPathComponent, file: target.path(percentEncoded: false), findings: image.findings)
    }

    /// A series that is refused does not keep the others from being converted.
    private func convert(_ series: DICOMSeries, into folder: URL, answer: inout Answer) {
        let name = BIDSLabel.fileName(number: series.attributes["SeriesNumber"], description: series.attributes["SeriesDescription"] ?? series.attributes["ProtocolName"])
        do {
            for image in try series.load() {
                let stem = Self.free(name + image.suffix, in: folder, taken: answer.written.map(\.file))
                let file = folder.appending(path: stem + ".nii.gz")
                switch image.content {
                case .volume(let v): try NIfTI.write(v, to: file)
                case .series(let s): try NIfTI.write(s, to: file)
                }
                try image.sidecar.json().write(to: folder.appending(path: stem + ".json"), options: .atomic)
                answer.written.append(Written(series: series.seriesUID, file: file.path(percentEncoded: false), findings: series.findings + image.findings))
            }
        } catch {
            answer.refused.append(Refused(series: name, reason: "\(error)"))
        }
    }

    private static func free(_ stem: String, in folder: URL, taken: [String]) -> String {
        var name = stem, n = 1
        while taken.contains(folder.appending(path: name + ".nii.gz").path(percentEncoded: false)) {
            n += 1
            name = "\(stem)_\(n)"
        }
        return name
    }
}
