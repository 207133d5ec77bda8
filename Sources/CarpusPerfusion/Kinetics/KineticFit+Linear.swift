import CarpusCore

/// Columns of the linear equation that all voxels share, and their products.
private struct SharedColumns {
    /// The plasma's curve and its integral at the frames; trapezia, as for the tissue's, so that the errors of coarse sampling cancel.
    var plasma: [Double] = [], integral: [Double] = [0], halfSteps: [Double] = [0]
    var ii = 0.0, ip = 0.0, pp = 0.0

    init(_ input: ArterialInputFunction, _ times: [Double], delay: Double) {
        plasma = times.map { input.value(at: $0 - delay) }
        for t in 1..<times.count {
            halfSteps.append((times[t] - times[t - 1]) / 2)
            integral.append(integral[t - 1] + halfSteps[t] * (plasma[t] + plasma[t - 1]))
        }
        for t in times.indices {
            ii += integral[t] * integral[t]
            ip += integral[t] * plasma[t]
            pp += plasma[t] * plasma[t]
        }
    }
}

extension KineticFit {
    /// C = (Ktrans + kep vp) ∫Cp + vp Cp - kep ∫C, a plane through the origin: normal equations of eight voxels at a time, sums in double precision.
    func linear(_ frames: UnsafePointer<Float>, _ stride: Int, _ voxels: UnsafePointer<Int>?, _ range: Range<Int>, _ out: FitSink) {
        let width = Projection.block, shared = SharedColumns(input, times, delay: parameters.shortestDelay)
        let curves = Scratch<Float>(width * times.count, repeating: 0)
        defer { curves.free() }
        for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: width) {
            let part = start..<min(range.upperBound, start + width)
            CurveBlock.gather(frames, stride: stride, count: times.count, voxels: voxels, range: part, width: width, into: curves.base)
            for i in Swift.stride(from: 0, to: part.count, by: 4) {
                let sums = sums(curves.base + i, width, shared)
                for lane in 0..<min(4, part.count - i) { solve(sums, lane, shared, at: part.lowerBound + i + lane, out) }
            }
        }
    }

    /// Products of four tissues' curves with the columns.
    private struct Sums {
        var xi = SIMD4<Double>.zero, xp = SIMD4<Double>.zero, xx = SIMD4<Double>.zero
        var ci = SIMD4<Double>.zero, cp = SIMD4<Double>.zero, cx = SIMD4<Double>.zero, cc = SIMD4<Double>.zero
    }

    @inline(__always)
    private func sums(_ curves: UnsafePointer<Float>, _ width: Int, _ shared: SharedColumns) -> Sums {
        var s = Sums(), x = SIMD4<Double>.zero, before = SIMD4<Double>.zero
        shared.plasma.withUnsafeBufferPointer { plasma in
            shared.integral.withUnsafeBufferPointer { integral in
                shared.halfSteps.withUnsafeBufferPointer { half in
                    for t in 0..<plasma.count {
                        let c = SIMD4<Double>(UnsafeRawPointer(curves + t * width).loadUnaligned(as: SIMD4<Float>.self))
                        x += (c + before) * half[t]
                        before = c
                        s.xi += x * integral[t]
                        s.xp += x * plasma[t]
                        s.xx += x * x
                        s.ci += c * integral[t]
                        s.cp += c * plasma[t]
                        s.cx += c * x
                        s.cc += c * c
                    }
                }
            }
        }
        return s
    }

    /// Solves one voxel's equations and tells its numbers; amounts below 0 are taken as none.
    @inline(__always)
    private func solve(_ s: Sums, _ lane: Int, _ g: SharedColumns, at: Int, _ out: FitSink) {
        let (xi, xp, xx, ci, cp, cx, cc) = (s.xi[lane], s.xp[lane], s.xx[lane], s.ci[lane], s.cp[lane], s.cx[lane], s.cc[lane])
        guard cc.isFinite, xx.isFinite else {
            out.refuse(at)
            return
        }
        var k0 = 0.0, vp = 0.0, kep = 0.0
        switch parameters.model {
        case .patlak:
            let d = g.ii * g.pp - g.ip * g.ip
            if d > 0 { (k0, vp) = ((ci * g.pp - cp * g.ip) / d, (cp * g.ii - ci * g.ip) / d) }
        case .tofts:
            let d = g.ii * xx - xi * xi
            if d > 0 { (k0, kep) = ((ci * xx - cx * xi) / d, -(cx * g.ii - ci * xi) / d) }
        default:
            // The shared columns are taken out of the integral first.
            let d = g.ii * g.pp - g.ip * g.ip
            guard d > 0 else { break }
            let u = (xi * g.pp - xp * g.ip) / d, v = (xp * g.ii - xi * g.ip) / d
            let left = xx - u * xi - v * xp
            if left > 1e-12 * xx { kep = -(cx - u * ci - v * cp) / left }
            k0 = (ci * g.pp - cp * g.ip) / d + kep * u
            vp = (cp * g.ii - ci * g.ip) / d + kep * v
        }
        let rest = cc - k0 * ci - vp * cp + kep * cx
        out.residuals[at] = Float((max(0, rest) / Double(times.count)).squareRoot())
        write(k0: k0, vp: vp, kep: kep, at: at, out)
    }

    @inline(__always)
    private func write(k0: Double, vp: Double, kep: Double, at: Int, _ out: FitSink) {
        let ktrans = k0 - kep * vp
        switch parameters.model {
        case .patlak:
            out.value(0, at, max(0, ktrans) * 60)
            out.value(1, at, max(0, vp))
        case .tofts, .extendedTofts:
            let transfers = ktrans > 0, back = kep > 0 ? kep : 0
            var ve = transfers && back > 0 ? ktrans / back : 0
            if transfers && (back == 0 || ve > parameters.largestVe) { (ve, out.outcomes[at]) = (parameters.largestVe, .atBound) }
            if !transfers { out.outcomes[at] = vp > 0 ? .atBound : .noUptake }
            out.value(0, at, max(0, ktrans) * 60)
            out.value(1, at, ve)
            if parameters.model == .extendedTofts { out.value(2, at, max(0, vp)) }
            out.value(parameters.model == .tofts ? 2 : 3, at, back * 60)
        default: break
        }
    }
}
