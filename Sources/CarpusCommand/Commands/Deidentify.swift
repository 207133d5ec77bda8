import ArgumentParser
import Carpus
import CarpusIO
import Foundation

struct Deidentify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a folder of DICOM images without the patients' identity (PS3.15 Basic Profile).",
        discussion: """
            UIDs, patients and names of files become others; private elements, comments and dates go, unless an option keeps them. Time series lose \
            their times without --retain-dates-shifted, and nobody can tell which visit came first: a run compares visits only where dates or folders \
            named ses-01, ses-02 tell their order. Descriptions, by which protocols recognise series, go without --clean-descriptors. Pixels stay as they \
            are: look at the images before they leave the house.
            """)

    @Argument(help: "A folder of DICOM files.")
    var input: String
    @Argument(help: "The folder to write; absent or empty.")
    var output: String
    @Option(help: "A file with the key by which UIDs, pseudonyms and shifts are made; it is made where there is none. Without it they agree within this folder only. Keep it away from the output.")
    var keyFile: String?
    @Flag(help: "Keep dates, moved by a number of days that is a patient's own, and times of day.")
    var retainDatesShifted = false
    @Flag(help: "Keep descriptions of studies, series and protocols, of which only words of MRI and single short numbers stay.")
    var cleanDescriptors = false
    @Flag(help: "Keep names and serial numbers of devices, not their dates.")
    var retainDevice = false
    @Flag(help: "Keep private elements that hold numbers of the scanner: Philips' scaling and times, Siemens' mosaics, diffusion.")
    var retainSafePrivate = false
    @Flag(help: "Keep sex, age, size, weight, ethnic group, smoking, pregnancy and neutering.")
    var retainCharacteristics = false
    @Flag(help: "Keep the institution.")
    var retainInstitution = false
    @Flag(help: "Tell what was done as JSON on stdout.")
    var json = false

    private struct Answer: Encodable {
        struct File: Encodable { let path, reason: String }
        let written: Int
        let patients: [String]
        let leftOut, refused: [File]
    }

    func run() throws {
        let target = URL(filePath: output).standardizedFileURL.path(percentEncoded: false)
        if let keyFile, URL(filePath: keyFile).standardizedFileURL.path(percentEncoded: false).hasPrefix(target.hasSuffix("/") ? target : target + "/") {
            throw ValidationError("the key must not lie in the output folder; give --key-file another place")
        }
        var options = DICOMDeidentifier.Options()
        (options.retainsShiftedDates, options.cleansDescriptors, options.retainsDevice) = (retainDatesShifted, cleanDescriptors, retainDevice)
        (options.retainsSafePrivate, options.retainsCharacteristics, options.retainsInstitution) = (retainSafePrivate, retainCharacteristics, retainInstitution)
        let key = try keyFile.map { try PseudonymKey(keptIn: URL(filePath: $0)) }
        if let keyFile, key?.isNew == true { Terminal.note("\(keyFile): a new key was made; without it later scans of the same patients get other pseudonyms.") }
        let outcome = try FolderDeidentification(options: options, key: key?.bytes ?? PseudonymKey.passing()).run(input: URL(filePath: input), output: URL(filePath: output))
        for file in outcome.refused { Terminal.error("\(file.path): \(file.reason)") }
        Terminal.note("\(outcome.written) images of \(outcome.patients.count) patients were copied; \(outcome.leftOut.count) files are no images, or copies or links, and were left out; \(outcome.refused.count) were refused.")
        if json {
            try Terminal.json(Answer(written: outcome.written, patients: outcome.patients.sorted(), leftOut: outcome.leftOut.map { .init(path: $0.path, reason: $0.reason) }, refused: outcome.refused.map { .init(path: $0.path, reason: $0.reason) }))
        } else {
            Terminal.data(output)
        }
        if !outcome.refused.isEmpty { throw ExitCode(ExitStatus.partly.rawValue) }
    }
}
