import CFFTW
import CarpusCore
import Foundation

/// Fourier transforms of real values on a grid, and back, by FFTW. Planning is guarded by a lock (`FourierPlanning`); execution is not.
final class FourierGrid: Sendable {
    let size: Index3
    /// Values, and numbers of a spectrum.
    let count, spectrumCount: Int
    // Plans are never changed once made, and FFTW executes one from many threads.
    private nonisolated(unsafe) let there, back: fftwf_plan
    private static let flags = FFTW_ESTIMATE | UInt32(FFTW_UNALIGNED)

    init(size: Index3) {
        self.size = size
        count = size.x * size.y * size.z
        spectrumCount = (size.x / 2 + 1) * size.y * size.z
        var values = [Float](repeating: 0, count: count), spectrum = [SIMD2<Float>](repeating: .zero, count: spectrumCount)
        (there, back) = values.withUnsafeMutableBufferPointer { v in
            spectrum.withUnsafeMutableBufferPointer { s in
                let complex = Self.complex(s), n = (Int32(size.z), Int32(size.y), Int32(size.x))
                FourierPlanning.lock.lock()
                defer { FourierPlanning.lock.unlock() }
                guard let there = fftwf_plan_dft_r2c_3d(n.0, n.1, n.2, v.baseAddress, complex, Self.flags),
                      let back = fftwf_plan_dft_c2r_3d(n.0, n.1, n.2, complex, v.baseAddress, Self.flags) else {
                    preconditionFailure("FFTW plans transforms of any size")
                }
                return (there, back)
            }
        }
    }

    deinit {
        FourierPlanning.lock.lock()
        defer { FourierPlanning.lock.unlock() }
        fftwf_destroy_plan(there)
        fftwf_destroy_plan(back)
    }

    /// The spectrum of values, x fastest.
    func spectrum(of values: [Float]) -> [SIMD2<Float>] {
        precondition(values.count == count, "values fill the grid")
        var input = values
        return [SIMD2<Float>](unsafeUninitializedCapacity: spectrumCount) { out, initialized in
            input.withUnsafeMutableBufferPointer { fftwf_execute_dft_r2c(there, $0.baseAddress, Self.complex(out)) }
            initialized = spectrumCount
        }
    }

    /// How much of `a` falls on `b` when it is shifted by each index, cyclically: the sum of `a(x) b(x + shift)`.
    func correlation(_ a: [SIMD2<Float>], _ b: [SIMD2<Float>]) -> [Float] {
        let scale = 1 / Float(count)
        var product = [SIMD2<Float>](unsafeUninitializedCapacity: spectrumCount) { out, initialized in
            for i in 0..<spectrumCount {
                let p = a[i], q = b[i]
                out[i] = SIMD2(p.x * q.x + p.y * q.y, p.x * q.y - p.y * q.x) * scale
            }
            initialized = spectrumCount
        }
        return [Float](unsafeUninitializedCapacity: count) { out, initialized in
            product.withUnsafeMutableBufferPointer { fftwf_execute_dft_c2r(back, Self.complex($0), out.baseAddress) }
            initialized = count
        }
    }

    private static func complex(_ buffer: UnsafeMutableBufferPointer<SIMD2<Float>>) -> UnsafeMutablePointer<fftwf_complex>? {
        buffer.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: fftwf_complex.self) }
    }

    /// The least number from a given one on that has no prime factors but 2, 3 and 5.
    static func convenient(_ n: Int) -> Int {
        func rest(_ n: Int) -> Int { [2, 3, 5].reduce(n) { left, p in sequence(first: left) { $0 % p == 0 ? $0 / p : nil }.reduce(left) { min($0, $1) } } }
        return (max(1, n)...).first { rest($0) == 1 } ?? n
    }
}
