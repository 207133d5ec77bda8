import CarpusCore
import CarpusIO
@testable import CarpusSegmentation
import CarpusTestSupport
import Foundation
import Testing

@Suite("segment.marrow on a real wrist", .enabled(if: TestData.available)) struct RealWristTests {
    @Test func componentsStayInTheBones() throws {
        let image = try NIfTI.readVolume(TestData.folder.appending(path: "wrist_mr_dcm4che/derived/wrist_left_cor_gre.nii.gz"))
        let result = try MarrowSegmentation.segment(image)
        let volumes = result.labels.legend.labels.map { result.labels.volume(of: $0.value) }
        #expect(5...20 ~= volumes.count)
        #expect(volumes.allSatisfy { 0.03...40 ~= $0 })
        #expect(volumes == volumes.sorted(by: >))
        #expect(result.findings.contains { $0.code == "segment.marrow.out-of-view" })

        // Radius, ulna and carpus fill about a tenth of this field of view; fat and muscle would double it.
        let labelled = result.labels.labels.indices.filter { result.labels.labels[$0] > 0 }
        let hand = image.scalars.reduce(0) { $0 + ($1 > 50 ? 1 : 0) }
        #expect(0.08...0.13 ~= Double(labelled.count) / Double(hand))
        // Cartilage and the pads of fat are the brightest of the image, mostly above 1000: a component that ran into them
        // would be bright in a good part.
        for label in result.labels.legend.labels {
            let own = labelled.filter { result.labels.labels[$0] == label.value }
            let bright = own.reduce(0) { $0 + (image.scalars[$1] > 1000 ? 1 : 0) }
            #expect(Double(bright) < 0.12 * Double(own.count), "\(label.name)")
        }
        #expect(labelled.reduce(0) { $0 + (image.scalars[$1] > 1000 ? 1 : 0) } < labelled.count * 3 / 100)
        // Where all around is dark there is air.
        #expect(airTouched(result.labels, image) < labelled.count / 1000)
    }

    /// Labelled voxels with a 5 x 5 in-plane neighbourhood whose mean is that of air.
    private func airTouched(_ labels: LabelMap, _ image: Volume<Float>) -> Int {
        let size = image.grid.size
        var touched = 0
        for z in 0..<size.z { for y in 2..<(size.y - 2) { for x in 2..<(size.x - 2) where labels.labels[image.grid.offset(x, y, z)] > 0 {
            var sum: Float = 0
            for v in -2...2 { for u in -2...2 { sum += image[x + u, y + v, z] } }
            if sum / 25 < 30 { touched += 1 }
        } } }
        return touched
    }
}
