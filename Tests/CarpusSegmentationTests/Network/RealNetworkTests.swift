import CarpusCore
import CarpusIO
import CarpusSegmentation
import CarpusTestSupport
import Foundation
import Testing

/// A trained network on the scan it is shown with: MeshNet (niivue), dilated convolutions on a head of 256³ voxels.
@Suite("A trained network on a real scan", .enabled(if: TestData.available)) struct RealNetworkTests {
    @Test func trainedNetworkGivesTheReferenceLabels() throws {
        let image = try NIfTI.readVolume(TestData.url("onnx_meshnet_niivue/t1_crop.nii.gz"))
        let expected = try NIfTI.readVolume(TestData.url("onnx_meshnet_niivue/derived/expected_labels_ort.nii.gz"))
        let network = try Network(contentsOf: TestData.url("onnx_meshnet_niivue/model.onnx"))
        let size = image.grid.size
        let logits = try network.run(Tensor(shape: [1, 1, size.z, size.y, size.x], values: image.scalars.map { $0 / 255 })).values
        let n = image.scalars.count
        let equal = (0..<n).reduce(0) { sum, i in
            var best = 0
            for c in 1..<3 where logits[c * n + i] > logits[best * n + i] { best = c }
            return sum + (Float(best) == expected.scalars[i] ? 1 : 0)
        }
        #expect(Double(equal) / Double(n) >= 0.9999)
    }
}
