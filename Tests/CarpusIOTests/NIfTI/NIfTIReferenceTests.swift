import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@Suite struct NIfTIReferenceTests {
    @Test(.enabled(if: TestData.available, "needs the reference data"))
    func all48OrientationsHoldTheSameWorldImage() throws {
        let files = TestData.files(below: "nifti_orient48_niivue") { $0.hasSuffix(".nii.gz") }
        var images: [(String, Volume<Float>)] = []
        for file in files {
            let image: NIfTI.Image
            do { image = try NIfTI.read(file) } catch let e as IOError where e.code == .unsupported { continue }
            if let v = image.volume, v.grid.count < 1_000_000 { images.append((file.lastPathComponent, v)) }
        }
        #expect(images.count >= 48)
        let first = images[0].1.reorientedToLPS()
        for (name, image) in images {
            let other = image.reorientedToLPS()
            guard other.grid.size == first.grid.size else { continue }
            #expect(other.grid.matches(first.grid, within: 1e-3), "\(name)")
            #expect(other.scalars == first.scalars, "\(name)")
        }
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"))
    func everyFileIsAnImageOrATypedError() throws {
        var read = 0, refused = 0
        for folder in ["nifti_nibabel", "nifti_rs", "nifti_reader_js", "nifti_jl", "nifti_regress", "fuzz_seeds"] {
            for file in TestData.files(below: folder, where: { _ in true }) where (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true {
                do {
                    let image = try NIfTI.read(file)
                    let count = switch image.content {
                    case .volume(let v): v.scalars.count
                    case .series(let s): s.scalars.count
                    }
                    #expect(count == image.header.dimensions.reduce(1, *))
                    read += 1
                } catch is IOError { refused += 1 }
            }
        }
        #expect(read >= 25 && refused >= 10, "\(read) read, \(refused) refused")
    }
}
