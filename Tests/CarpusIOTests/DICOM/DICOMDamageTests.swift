import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Damaged files give an image or a typed error: never a crash, never more memory than the file can mean.
struct DICOMDamageTests {
    private func damage(_ original: Data, _ cases: Int, seed: UInt64) throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "damaged")
        defer { try? FileManager.default.removeItem(at: folder) }
        var dice = Dice(seed: seed)
        for i in 0..<cases {
            var bytes = original
            if i % 3 == 0 { bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &dice)) }
            for _ in 0..<(i % 3 == 0 ? 0 : Int.random(in: 1...8, using: &dice)) {
                let at = Int.random(in: 128..<min(bytes.count, 2000), using: &dice)
                bytes[bytes.startIndex + at] = [0, 0xFF, UInt8.random(in: 0...255, using: &dice)].randomElement(using: &dice) ?? 0
            }
            try bytes.write(to: file)
            do {
                for series in try DICOMFolder.scan(file).series { _ = try series.load() }
            } catch {
                #expect(error is IOError, "case \(i): \(error)")
            }
        }
    }

    @Test func aDamagedFileIsATypedError() throws {
        let folder = try temporaryFolder()
        try TinyDICOM(instance: "1.2.3.4").write(to: folder, as: "whole")
        try damage(try Data(contentsOf: folder.appending(path: "whole")), 300, seed: 1)
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: ["MR_small.dcm", "MR_small_RLE.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "image_dfl.dcm", "no_meta.dcm"])
    func damagedEncodings(_ name: String) throws {
        try damage(try Data(contentsOf: TestData.url("dicom_pydicom/" + name)), 60, seed: 2)
    }

    @Test func pixelsCutShortAreRefused() throws {
        let folder = try temporaryFolder(), file = folder.appending(path: "cut")
        try TinyDICOM(instance: "1.2.3.4").write(to: folder, as: "cut")
        try Data(contentsOf: file).dropLast(6).write(to: file)
        #expect { try DICOMFolder.scan(file).series[0].load() } throws: { ($0 as? IOError)?.code == .truncated }
    }
}
