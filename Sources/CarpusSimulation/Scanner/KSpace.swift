import CFFTW
import CarpusCore
import Foundation

/// From a finely sampled slice of water and fat to the complex image a scanner of given matrix makes of it.
///
/// The fine slice's spectrum is cut to the acquired part of k-space, which gives the ringing of real edges, fat is displaced by a ramp of phase,
/// noise is added, and what was not acquired stays zero. Planning is guarded by a lock (`FourierPlanning`); execution is not.
final class KSpace: Sendable {
    let width: Int, height: Int
    private let fineWidth: Int, fineHeight: Int, halfWidth: Int, halfHeight: Int
    private let rows: FourierPlan, columns: FourierPlan, back: FourierPlan
    /// Weight of each spatial frequency by axis, 0 where it is not acquired; index k + half.
    private let windowX: [Float], windowY: [Float]
    /// Phase that puts the fine grid's centre on the voxels', and fat's displacement.
    private let centreX: [SIMD2<Float>], centreY: [SIMD2<Float>], shift: [SIMD2<Float>]
    private let shiftsAlongX: Bool

    init(plan: ScanPlan) {
        (width, height) = (plan.grid.size.x, plan.grid.size.y)
        let fine = SliceSampler.fine
        (fineWidth, fineHeight, halfWidth, halfHeight) = (width * fine, height * fine, width / 2, height / 2)
        rows = FourierPlan(length: fineWidth)
        columns = FourierPlan(length: fineHeight)
        back = FourierPlan(rows: height, columns: width)
        windowX = Self.window(width, fraction: plan.acquiredFraction.x, filter: plan.edgeFilter)
        windowY = Self.window(height, fraction: plan.acquiredFraction.y, filter: plan.edgeFilter)
        // The first fine point lies (fine - 1) / 2 fine points before the first voxel's centre.
        let lead = Double(fine - 1) / Double(2 * fine)
        centreX = Self.ramp(width, by: -lead)
        centreY = Self.ramp(height, by: -lead)
        shiftsAlongX = plan.frequencyAxis == 0
        shift = Self.ramp(shiftsAlongX ? width : height, by: plan.chemicalShiftPixels)
    }

    /// Sum of the squared weights over k-space.
    var windowPower: Double {
        windowX.reduce(0) { $0 + Double($1 * $1) } * windowY.reduce(0) { $0 + Double($1 * $1) }
    }

    /// - Parameters:
    ///   - fine: water (real part) and fat (imaginary part) on the fine grid, destroyed; rows as long as `fineWidth`.
    ///   - filled: rows that hold anything.
    ///   - fatPhase: of fat against water, radians.
    ///   - noise: standard deviation, in either channel, of the image's noise.
    ///   - out: the image, as complex numbers; scaled so that a broad object keeps its signal.
    func image(
        _ fine: UnsafeMutablePointer<SIMD2<Float>>, filled: [Bool], fatPhase: Double, noise: Double, stream: inout RandomStream,
        out: UnsafeMutablePointer<SIMD2<Float>>
    ) {
        let kept = 2 * halfWidth + 1
        let lines = UnsafeMutablePointer<SIMD2<Float>>.allocate(capacity: kept * fineHeight)
        defer { lines.deallocate() }
        lines.initialize(repeating: .zero, count: kept * fineHeight)
        for y in 0..<fineHeight where filled[y] {
            let row = fine + y * fineWidth
            rows.execute(row)
            for k in -halfWidth...halfWidth { lines[(k + halfWidth) * fineHeight + y] = row[k < 0 ? k + fineWidth : k] }
        }
        if filled.contains(true) { for c in 0..<kept { columns.execute(lines + c * fineHeight) } }
        let turn = SIMD2(Float(cos(fatPhase)), Float(sin(fatPhase)))
        let scale = 1 / Float(SliceSampler.fine * SliceSampler.fine), deviation = windowPower > 0 ? noise * Double(width * height) / windowPower.squareRoot() : 0
        out.update(repeating: .zero, count: width * height)
        for ky in -halfHeight..<(height - halfHeight) where windowY[ky + halfHeight] > 0 {
            for kx in -halfWidth..<(width - halfWidth) where windowX[kx + halfWidth] > 0 {
                // One transform of water + i fat holds both: each, being real, has a conjugate-symmetric spectrum.
                let z = lines[(kx + halfWidth) * fineHeight + (ky < 0 ? ky + fineHeight : ky)]
                let m = lines[(halfWidth - kx) * fineHeight + (ky > 0 ? fineHeight - ky : -ky)]
                let water = SIMD2(z.x + m.x, z.y - m.y) * 0.5, fat = SIMD2(z.y + m.y, m.x - z.x) * 0.5
                let ramp = shiftsAlongX ? shift[kx + halfWidth] : shift[ky + halfHeight]
                let both = Self.times(water + Self.times(fat, Self.times(ramp, turn)), Self.times(centreX[kx + halfWidth], centreY[ky + halfHeight]))
                let measured = both * scale + (deviation > 0 ? Self.normalPair(&stream) * Float(deviation) : .zero)
                out[(ky < 0 ? ky + height : ky) * width + (kx < 0 ? kx + width : kx)] = measured * (windowX[kx + halfWidth] * windowY[ky + halfHeight])
            }
        }
        back.execute(out)
        let norm = 1 / Float(width * height)
        for i in 0..<width * height { out[i] *= norm }
    }

    @inline(__always) private static func times(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> SIMD2<Float> { SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x) }

    /// Two independent normal numbers (Box and Muller).
    @inline(__always) private static func normalPair(_ stream: inout RandomStream) -> SIMD2<Float> {
        let bits = stream.next()
        let u = (Float(bits >> 40) + 0.5) * 0x1p-24, v = Float(bits & 0xff_ffff) * 0x1p-24
        let radius = (-2 * logf(u)).squareRoot(), angle = 2 * Float.pi * v
        return SIMD2(radius * cosf(angle), radius * sinf(angle))
    }

    /// Weights of frequencies -half ... half.
    private static func window(_ count: Int, fraction: Double, filter: Double) -> [Float] {
        precondition(fraction > 0 && fraction <= 1 && (0...1).contains(filter), "a share of k-space is within 0 and 1")
        let half = count / 2, limit = fraction * Double(count) / 2
        return (-half...half).map { k in
            guard Double(abs(k)) <= limit, fraction == 1 || Double(abs(k)) < limit, count - half > k else { return 0 }
            return Float(1 - filter * (0.5 - 0.5 * cos(.pi * Double(k) / limit)))
        }
    }

    /// Phases that displace by so many voxels, of frequencies -half ... half.
    private static func ramp(_ count: Int, by pixels: Double) -> [SIMD2<Float>] {
        (-(count / 2)...(count / 2)).map { k in
            let angle = -2 * Double.pi * Double(k) * pixels / Double(count)
            return SIMD2(Float(cos(angle)), Float(sin(angle)))
        }
    }
}

/// A plan of FFTW for complex data in place, of any alignment.
private final class FourierPlan: Sendable {
    private nonisolated(unsafe) let plan: fftwf_plan

    /// One line, forward.
    init(length: Int) { plan = Self.made(count: length) { fftwf_plan_dft_1d(Int32(length), $0, $0, FFTW_FORWARD, FFTW_ESTIMATE | UInt32(FFTW_UNALIGNED)) } }

    /// An image, backward, not normalised.
    init(rows: Int, columns: Int) {
        plan = Self.made(count: rows * columns) { fftwf_plan_dft_2d(Int32(rows), Int32(columns), $0, $0, FFTW_BACKWARD, FFTW_ESTIMATE | UInt32(FFTW_UNALIGNED)) }
    }

    deinit { FourierPlanning.lock.withLock { fftwf_destroy_plan(plan) } }

    /// Transforms in place.
    func execute(_ data: UnsafeMutablePointer<SIMD2<Float>>) {
        let raw = UnsafeMutableRawPointer(data).assumingMemoryBound(to: fftwf_complex.self)
        fftwf_execute_dft(plan, raw, raw)
    }

    private static func made(count: Int, _ make: (UnsafeMutablePointer<fftwf_complex>) -> fftwf_plan?) -> fftwf_plan {
        let scratch = UnsafeMutablePointer<SIMD2<Float>>.allocate(capacity: count)
        defer { scratch.deallocate() }
        let plan = FourierPlanning.lock.withLock { make(UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: fftwf_complex.self)) }
        guard let plan else { preconditionFailure("FFTW plans every length") }
        return plan
    }
}
