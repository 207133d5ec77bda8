import CarpusTestSupport
import Foundation
import Testing
@testable import CarpusSegmentation

/// Numbers of nnU-Net v2's own code on small arrays, from the reference data.
@Suite("nnU-Net's reference vectors", .enabled(if: TestData.available, "the reference data are not there"))
struct ReferenceVectorTests {
    struct Vectors: Decodable {
        struct Resample: Decodable {
            var in_shape, out_shape: [Int]?
            var `in`, out: [Float]?
        }
        struct Steps: Decodable {
            var image, tile: Int
            var step: Double
            var starts: [Int]
        }
        struct Shape: Decodable {
            var old, new: [Int]
            var from, to: [Double]
        }
        var resample_iso_order3, resample_iso_order1, resample_sepz_axis0_order3_orderz0, resample_sepz_axis0_order1_orderz0: Resample
        var steps: [Steps]
        var new_shape: [Shape]
    }

    static func vectors() throws -> Vectors { try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: TestData.url("nnunet_vectors.json"))) }

    @Test(arguments: [3, 1], [false, true])
    func resamplingAsTheReference(order: Int, separate: Bool) throws {
        let v = try Self.vectors()
        let shape = try #require(v.resample_iso_order3.in_shape), values = try #require(v.resample_iso_order3.in)
        let reference = separate ? (order == 3 ? v.resample_sepz_axis0_order3_orderz0 : v.resample_sepz_axis0_order1_orderz0) : order == 3 ? v.resample_iso_order3 : v.resample_iso_order1
        let target = try #require(reference.out_shape), wanted = try #require(reference.out)
        let spacing = separate ? [4.0, 1, 1] : [1.0, 1, 1]
        let out = StackResampling(order: order).resample(values, shape: shape, to: target, spacing: spacing, newSpacing: spacing)
        let worst = zip(out, wanted).map { abs($0 - $1) }.max() ?? .infinity
        #expect(out.count == wanted.count && worst < 2e-4, "values of about 100 differ by \(worst)")
    }

    @Test func windowsStartAsTheReference() throws {
        for s in try Self.vectors().steps { #expect(Windows(step: s.step).starts(length: s.image, window: s.tile) == s.starts) }
    }

    @Test func shapesAsTheReference() throws {
        for s in try Self.vectors().new_shape { #expect(StackResampling.shape(s.old, from: s.from, to: s.to) == s.new) }
    }

    @Test func gaussianAsTheReference() {
        let gaussian = Windows().gaussian([8, 16, 12])
        for (at, wanted) in [([0, 0, 0], 3.7751345442790975e-10), ([4, 8, 6], 10.0), ([4, 8, 0], 0.0033546262790251184), ([7, 15, 11], 9.394507297137214e-07), ([2, 5, 9], 0.05946217356472096)] {
            #expect(abs(gaussian[(at[0] * 16 + at[1]) * 12 + at[2]] / wanted - 1) < 1e-9)
        }
    }
}
