import CarpusCore
import CarpusIO
@testable import CarpusSegmentation
import CarpusTestSupport
import Foundation
import Testing

/// The T1 of one session of the sample wrist, its true bones, and what was found.
struct SampleWrist {
    /// The carpals' labels in the truth; 1 and 2 are the forearm's bones, 11 to 15 the metacarpals.
    static let carpals: ClosedRange<UInt16> = 3...10
    static let bones: ClosedRange<UInt16> = 1...15

    let truth: LabelMap
    let found: LabelMap

    init(session: String, shading: Bool) throws {
        let data = TestData.package.appending(path: "SampleData", directoryHint: .isDirectory)
        let series = try DICOMFolder.scan(data.appending(path: "sub-01/\(session)/dicom/02_COR_T1_SE")).series
        guard case .volume(var image)? = try series.first?.load().first?.content else { throw CocoaError(.fileReadCorruptFile) }
        if shading { image = Self.shaded(image) }
        truth = try NIfTI.readLabels(data.appending(path: "derivatives/truth/sub-01/\(session)/anat/sub-01_\(session)_seg-anatomy_dseg.nii.gz"))
        found = try MarrowSegmentation.segment(image).labels
    }

    /// As a coil on one side would see it: twice as bright at one end of x as at the other.
    private static func shaded(_ image: Volume<Float>) -> Volume<Float> {
        var shaded = image
        for i in 0..<image.grid.count {
            shaded.scalars[i] *= Float(0.67 + 0.67 * Double(image.grid.index(at: i).x) / Double(image.grid.size.x - 1))
        }
        return shaded
    }

    /// Whether each voxel lies in a bone of the truth or touches one in its slice.
    var nearBone: [Bool] {
        let grid = truth.grid
        var near = [Bool](repeating: false, count: grid.count)
        for i in 0..<grid.count where SampleWrist.bones ~= truth.labels[i] {
            let v = grid.index(at: i)
            for y in max(0, v.y - 1)...min(grid.size.y - 1, v.y + 1) {
                for x in max(0, v.x - 1)...min(grid.size.x - 1, v.x + 1) { near[grid.offset(x, y, v.z)] = true }
            }
        }
        return near
    }
}

@Suite("segment.marrow on the sample wrist") struct SampleWristTests {
    static let cases = [("ses-01", false), ("ses-02", false), ("ses-01", true), ("ses-02", true)]

    @Test(arguments: cases) func componentsAreBones(session: String, shading: Bool) throws {
        let wrist = try SampleWrist(session: session, shading: shading), near = wrist.nearBone
        var sizes: [UInt16: Int] = [:], inside: [UInt16: Int] = [:], bones: [UInt16: [UInt16: Int]] = [:]
        for (i, label) in wrist.found.labels.enumerated() where label > 0 {
            sizes[label, default: 0] += 1
            if near[i] { inside[label, default: 0] += 1 }
            if SampleWrist.bones ~= wrist.truth.labels[i] { bones[label, default: [:]][wrist.truth.labels[i], default: 0] += 1 }
        }
        // Fifteen bones; the lunate and another may be missing, scaphoid and hamate come in two pieces.
        #expect(13...18 ~= sizes.count)
        #expect(Double(inside.values.reduce(0, +)) >= 0.98 * Double(sizes.values.reduce(0, +)))
        for (label, size) in sizes {
            #expect(Double(inside[label] ?? 0) >= 0.95 * Double(size), "marrow-\(label)")
            let covered = (bones[label] ?? [:]).values.filter { Double($0) > 0.02 * Double(size) }
            #expect(covered.count == 1, "marrow-\(label)")
        }
    }

    @Test(arguments: cases) func theCarpalsAreFound(session: String, shading: Bool) throws {
        let wrist = try SampleWrist(session: session, shading: shading)
        var all = 0, found = 0, each: [UInt16: (all: Int, found: Int)] = [:]
        for (bone, label) in zip(wrist.truth.labels, wrist.found.labels) where SampleWrist.carpals ~= bone {
            let one = label > 0 ? 1 : 0
            (all, found) = (all + 1, found + one)
            each[bone, default: (0, 0)].all += 1
            each[bone, default: (0, 0)].found += one
        }
        // The truth is of whole bones, cortex and what tapers at their ends included: half of a carpal is the marrow that can be found.
        #expect(Double(found) >= 0.4 * Double(all))
        #expect(each.count == 8)
        #expect(each.values.filter { Double($0.found) >= 0.35 * Double($0.all) }.count >= 6)
    }
}
