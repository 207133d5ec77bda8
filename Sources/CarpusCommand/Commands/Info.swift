import ArgumentParser
import Carpus
import CarpusIO
import Foundation

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tell what a NIfTI file, a DICOM file or a folder of scans holds.")

    @Argument(help: "A file or a folder.")
    var path: String
    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let listing = try ScanListing(URL(filePath: path))
        if json { try Terminal.json(listing) } else { Terminal.data(listing.text) }
    }
}
