import CarpusCore
import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

/// Three bones in soft tissue, each with marrow that is not even, all moved by themselves.
@Suite struct PartRegistrationTests {
    struct Bone {
        let centre, radii: Vector3
        let motion: RigidTransform
    }
    static let bones = [
        Bone(centre: Vector3(-12, 0, 8), radii: Vector3(8, 6, 10), motion: RigidTransform(axis: Vector3(1, 2, 0), angle: 0.03, centre: Vector3(-12, 0, 8), translation: Vector3(0.4, -0.3, 0.2))),
        Bone(centre: Vector3(10, -2, 6), radii: Vector3(7, 6, 7), motion: RigidTransform(axis: Vector3(0, 1, 1), angle: -0.03, centre: Vector3(10, -2, 6), translation: Vector3(-0.3, 0.2, 0.5))),
        Bone(centre: Vector3(0, 2, -16), radii: Vector3(9, 6, 8), motion: RigidTransform(axis: Vector3(1, 0, -1), angle: 0.02, centre: Vector3(0, 2, -16), translation: Vector3(0.1, 0.5, -0.4))),
    ]
    static let whole = RigidTransform(axis: Vector3(0.3, 1, 0.2), angle: 0.06, translation: Vector3(1.7, -0.9, 2.2))

    static func value(_ p: Vector3, moved: Bool) -> Double {
        let hand = 1 / (1 + exp(8 * ((p / Vector3(30, 14, 38)).length - 1)))
        var s = 200.0
        for bone in bones {
            let q = moved ? bone.motion.inverse.affine(p) : p, d = (q - bone.centre) / bone.radii
            let share = 1 / (1 + exp(10 * (d.length - 1))), marrow = 420 + 60 * sin(q.x / 2) * cos(q.z / 2.5) + 40 * sin(q.y / 1.5)
            s += (marrow - s) * share
        }
        return hand * s
    }

    /// Slices as they are: each voxel the mean of five places through its thickness.
    static func image(on grid: Grid, moved: Bool, noise: Float, seed: UInt64, lesion: Bool = false) -> Volume<Float> {
        var random = Dice(seed: seed)
        let back = moved ? whole.inverse.affine : .identity, step = grid.direction[column: 2] * (grid.spacing.z / 5)
        return Volume(grid: grid, scalars: (0..<grid.count).map { i in
            let centre = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            var sum = 0.0
            for k in -2...2 {
                let p = back(centre + step * Double(k))
                sum += value(p, moved: moved) + (lesion && (p - Vector3(-14, 0, 11)).length < 4 ? -200 : 0)
            }
            return Float(sum / 5) + noise * random.normal()
        })
    }

    static func anatomy(on grid: Grid) -> LabelMap {
        LabelMap(grid: grid, labels: (0..<grid.count).map { i in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            return UInt16((bones.firstIndex { ((p - $0.centre) / $0.radii).length < 1 } ?? -1) + 1)
        }, legend: .components("bone", count: 3))
    }

    static func error(_ part: PartMotions.Part) -> Double {
        let bone = bones[Int(part.label) - 1], truth = whole.affine * bone.motion.affine
        let places = [Vector3(1, 0, 0), Vector3(-1, 0, 0), Vector3(0, 1, 0), Vector3(0, -1, 0), Vector3(0, 0, 1), Vector3(0, 0, -1)].map { bone.centre + $0 * bone.radii * 0.77 }
        return (places.reduce(0) { let d = part.movingFromFixed.affine($1) - truth($1); return $0 + d.dot(d) } / 6).squareRoot()
    }

    static var named: PartRegistration.Parameters {
        var p = PartRegistration.Parameters()
        p.parts = ["bone-1", "bone-2", "bone-3"]
        return p
    }

    let fixedGrid: Grid, movingGrid: Grid

    init() throws {
        fixedGrid = try Phantom.grid(spacing: Vector3(0.7, 0.7, 2))
        movingGrid = try Phantom.grid(turned: 0.05, spacing: Vector3(0.7, 0.7, 2))
    }

    func align(_ a: Volume<Float>, _ b: Volume<Float>, back: Bool = false) throws -> PartRegistration.Result {
        let map = Self.anatomy(on: fixedGrid)
        return try PartRegistration.align(
            fixed: a, moving: b, whole: back ? Self.whole.inverse : Self.whole, fixedAnatomy: back ? nil : map, movingAnatomy: back ? map : nil, parameters: Self.named)
    }

    /// Motions of half a millimetre and two degrees, slices of 2 mm: a tenth of a slice is what they are held to, with a lesion in one bone too.
    @Test(arguments: [false, true]) func eachBoneIsFoundWhereItWent(lesion: Bool) throws {
        let a = Self.image(on: fixedGrid, moved: false, noise: 8, seed: 3), b = Self.image(on: movingGrid, moved: true, noise: 8, seed: 4, lesion: lesion)
        let result = try align(a, b)
        #expect(result.motions.parts.count == 3 && result.findings.isEmpty)
        for part in result.motions.parts {
            #expect(Self.error(part) < 0.2, "\(part.name)")
            // What is told is no worse than half of it and no more than five times.
            #expect(part.error > Self.error(part) / 2 && part.error < 0.3, "\(part.name): \(part.error) for \(Self.error(part))")
        }
        #expect(result.motions.parts.allSatisfy { $0.motion > 0.3 && $0.motion < 1 })
    }

    @Test func swappingTheScansInvertsTheMotions() throws {
        let a = Self.image(on: fixedGrid, moved: false, noise: 8, seed: 3), b = Self.image(on: movingGrid, moved: true, noise: 8, seed: 4)
        let there = try align(a, b).motions, back = try align(b, a, back: true).motions
        for (one, other) in zip(there.parts, back.parts) {
            for p in [Vector3(0, 0, 0), Vector3(20, 10, -30)] { #expect((other.movingFromFixed.affine(one.movingFromFixed.affine(p)) - p).length < 1e-9) }
            #expect(one.error == other.error)
        }
    }

    @Test func threadsDoNotMatter() throws {
        let a = Self.image(on: fixedGrid, moved: false, noise: 8, seed: 3), b = Self.image(on: movingGrid, moved: true, noise: 8, seed: 4)
        let usual = Parallel.threads
        defer { Parallel.threads = usual }
        Parallel.threads = 1
        let one = try align(a, b).motions
        Parallel.threads = 3
        #expect(try align(a, b).motions == one)
    }

    @Test func whatCannotBeToldStaysWithTheWhole() throws {
        // A part of nothing but noise.
        var flat = Self.image(on: fixedGrid, moved: false, noise: 8, seed: 3)
        let map = Self.anatomy(on: fixedGrid)
        var random = Dice(seed: 9)
        var other = flat
        for i in flat.scalars.indices {
            let isEmpty = flat.grid.worldFromVoxel(Vector3(flat.grid.index(at: i))).x > 0
            (flat.scalars[i], other.scalars[i]) = isEmpty ? (100 + random.normal(), 100 + random.normal()) : (flat.scalars[i], flat.scalars[i] + random.normal())
        }
        let result = try PartRegistration.align(fixed: flat, moving: other, whole: RigidTransform(), fixedAnatomy: map, movingAnatomy: nil, parameters: Self.named)
        #expect(result.motions.left["bone-2"] != nil || result.motions.parts.contains { $0.name == "bone-2" && $0.error > 0.3 })
        // A part outside of the other scan is left, and said to be.
        let small = try Grid(size: Index3(96, 60, 16), worldFromVoxel: fixedGrid.worldFromVoxel)
        let cut = Volume(grid: small, scalars: (0..<small.count).map { flat.scalars[fixedGrid.offset(small.index(at: $0).x, small.index(at: $0).y, small.index(at: $0).z)] + random.normal() })
        let left = try PartRegistration.align(fixed: flat, moving: cut, whole: RigidTransform(), fixedAnatomy: map, movingAnatomy: nil, parameters: Self.named)
        #expect(left.findings.first?.code == "registration.parts-left")
        #expect(left.motions.parts.count < 3)
    }

    @Test func withoutAnAnatomyThereIsAnError() throws {
        let a = Self.image(on: fixedGrid, moved: false, noise: 8, seed: 3), b = Self.image(on: movingGrid, moved: true, noise: 8, seed: 4)
        #expect(throws: RegistrationError.self) { try PartRegistration.align(fixed: a, moving: b, whole: Self.whole, fixedAnatomy: nil, movingAnatomy: nil) }
        // These names are no bones of the wrist, and no parts were named.
        #expect(throws: RegistrationError.self) { try PartRegistration.align(fixed: a, moving: b, whole: Self.whole, fixedAnatomy: Self.anatomy(on: fixedGrid), movingAnatomy: nil) }
        var p = PartRegistration.Parameters()
        p.rim = 0
        #expect(throws: RegistrationError.self) { try PartRegistration.align(fixed: a, moving: b, whole: Self.whole, fixedAnatomy: Self.anatomy(on: fixedGrid), movingAnatomy: nil, parameters: p) }
    }
}
