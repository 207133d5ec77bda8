import CarpusCore
import CarpusIO
@testable import CarpusSegmentation
import Foundation
import Testing

/// The T1 of one session of the sample wrist, the true marrow of its bones, and what was found.
struct SampleWrist {
    /// The carpals' labels in the truth; 1 and 2 are the forearm's bones, 11 to 15 the metacarpals.
    static let carpals: ClosedRange<UInt16> = 3...10

    let truth: LabelMap
    let found: LabelMap

    init(session: String, shading: Bool) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let name = "sub-01_\(session)", data = root.appending(path: "SampleData", directoryHint: .isDirectory)
        var image = try NIfTI.readVolume(data.appending(path: "sub-01/\(session)/anat/\(name)_T1w.nii.gz"))
        if shading { image = Self.shaded(image) }
        truth = try NIfTI.readLabels(data.appending(path: "derivatives/truth/sub-01/\(session)/anat/\(name)_seg-marrow_dseg.nii.gz"))
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
        for i in 0..<grid.count where truth.labels[i] > 0 {
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
            if wrist.truth.labels[i] > 0 { bones[label, default: [:]][wrist.truth.labels[i], default: 0] += 1 }
        }
        #expect(12...16 ~= sizes.count)
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
        #expect(Double(found) >= 0.7 * Double(all))
        #expect(each.count == 8)
        for (bone, count) in each { #expect(Double(count.found) >= 0.5 * Double(count.all), "bone \(bone)") }
    }
}
