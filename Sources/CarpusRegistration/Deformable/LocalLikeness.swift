import CarpusCore

/// How alike two images are about each cell, and where that pulls.
///
/// In a Gaussian window about each cell both images' values are taken to mean 0 and variance 1 (Avants et al., Med Image Anal 12, 2008), so that a slowly
/// changing gain does not pull. What is left between the two counts by how little it is there, and, voxel by voxel, the less the more it stands out
/// (Cauchy's weight): what was enhanced pulls little.
struct LocalLikeness: Sendable {
    let cells: Cells
    private let kernels: [[Float]]
    /// Mean, and 1 / standard deviation, of both images; the correlation's trust and the inverse variance of what is left.
    private var windows: [SIMD8<Float>]
    /// The mean correlation at the last look.
    private(set) var mean = 0.0

    /// The share of the mean local variance that is added to each, so that noise in air is not taken for tissue.
    private static let floorShare: Float = 0.05
    /// What is added to the variance of what is left between the images, in variances.
    private static let leastLeft: Float = 0.5
    /// Standard deviations of what is left at which a voxel counts half.
    private static let outstanding: Float = 1

    /// - Parameter window: the standard deviation of the window, mm.
    init(cells: Cells, window: Double) {
        self.cells = cells
        kernels = (0..<3).map { Taps.gaussian(window / cells.spacing[$0]) }
        windows = [SIMD8<Float>](repeating: .zero, count: cells.count)
    }

    /// Looks at both images' windows: the first one's values, and the other's values and weights as the field shows them.
    mutating func look(_ target: [Float], _ seen: Planes) {
        var sums = Self.moments(cells, target, seen)
        cells.filter(&sums, kernels)
        var total = 0.0, count = 0.0
        for s in sums where s[0] > Self.leastWeight {
            let share = 1 / s[0], a = s[1] * share, b = s[2] * share
            total += Double(s[0] * (max(s[3] * share - a * a, 0) + max(s[4] * share - b * b, 0)) / 2)
            count += Double(s[0])
        }
        let floor = max(Self.floorShare * Float(total / max(count, 1e-9)), 1e-6)
        var found = 0.0, all = 0.0
        for i in sums.indices {
            let s = sums[i]
            guard s[0] > Self.leastWeight else {
                windows[i] = .zero
                continue
            }
            let share = 1 / s[0], a = s[1] * share, b = s[2] * share
            let scaleA = 1 / (max(s[3] * share - a * a, 0) + floor).squareRoot(), scaleB = 1 / (max(s[4] * share - b * b, 0) + floor).squareRoot()
            let r = (s[5] * share - a * b) * scaleA * scaleB, trust = max(r, 0)
            windows[i] = SIMD8(a, b, scaleA, scaleB, trust, 1 / (2 * (1 - min(r, 1)) + Self.leastLeft), 0, 0)
            found += Double(s[0] * trust * r)
            all += Double(s[0] * trust)
        }
        mean = found / max(all, 1e-9)
    }

    private static let leastWeight: Float = 1e-3

    /// Weight, both values, their squares and product, each times the weight, summed over each cell.
    private static func moments(_ cells: Cells, _ target: [Float], _ seen: Planes) -> [SIMD8<Float>] {
        let n = cells.voxels.size, count = cells.voxels.count, f = cells.factors, size = cells.size, rim = Cells.rim
        var sums = [SIMD8<Float>](repeating: .zero, count: cells.count)
        sums.withUnsafeMutableBufferPointer { buffer in
            target.withUnsafeBufferPointer { a in
                seen.values.withUnsafeBufferPointer { b in
                    guard let base = buffer.baseAddress, let first = a.baseAddress, let second = b.baseAddress else { return }
                    nonisolated(unsafe) let out = base, values = first, others = second
                    cells.forEachSlab { cell, slices in
                        for z in slices {
                            for y in 0..<n.y {
                                let row = n.x &* (y &+ n.y &* z), start = rim &+ size.x &* (y / f.y &+ rim &+ size.y &* cell), line = out + start
                                var x = 0, at = 0
                                while x < n.x {
                                    var sum = SIMD8<Float>.zero
                                    for k in x..<min(n.x, x &+ f.x) {
                                        let i = row &+ k, w = others[count &+ i], p = values[i], q = others[i]
                                        let wp = w * p, wq = w * q
                                        sum += SIMD8(w, wp, wq, wp * p, wq * q, wp * q, 0, 0)
                                    }
                                    line[at] += sum
                                    x &+= f.x
                                    at &+= 1
                                }
                            }
                        }
                    }
                }
            }
        }
        return sums
    }

    /// What each cell asks for: its pull and the matrix of its normal equations (Lucas and Kanade, IJCAI 1981), along the mean of both images' gradients.
    func ask(_ target: [Float], _ seen: Planes, of step: inout ElasticStep) {
        let n = cells.voxels.size, count = cells.voxels.count, f = cells.factors, size = cells.size, area = size.x * size.y, rim = Cells.rim
        let half = SIMD3<Float>(0.5 / cells.voxels.spacing), strides = (n.x, n.x * n.y)
        let share = 1 / (Self.outstanding * Self.outstanding)
        let places = (0..<3).map { axis in (0..<n[axis]).map { cells.place(Double($0), axis) } }
        let zeros = [SIMD4<Float>](repeating: .zero, count: cells.count)
        (step.pull, step.columns) = (zeros, ElasticStep.Columns(x: zeros, y: zeros, z: zeros))
        step.withBuffers { pull, columnX, columnY, columnZ in
            nonisolated(unsafe) let out = (pull, columnX, columnY, columnZ)
            windows.withUnsafeBufferPointer { w in
                target.withUnsafeBufferPointer { a in
                    seen.values.withUnsafeBufferPointer { b in
                        guard let first = w.baseAddress, let second = a.baseAddress, let third = b.baseAddress else { return }
                        nonisolated(unsafe) let windows = first, values = second, others = third
                        cells.forEachSlab { cell, slices in
                            withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: area + size.x) { space in
                                guard let slice = space.baseAddress else { return }
                                let line = slice + area
                                for z in slices {
                                    Self.between(slice, windows, places[2][z], stride: area, count: area)
                                    for y in 0..<n.y {
                                        Self.between(line, slice, places[1][y], stride: size.x, count: size.x)
                                        let row = n.x &* (y &+ n.y &* z), start = rim &+ size.x &* (y / f.y &+ rim &+ size.y &* cell)
                                        let inY: Float = y > 0 && y < n.y &- 1 ? half.y : 0, inZ: Float = z > 0 && z < n.z &- 1 ? half.z : 0
                                        let strideY = inY > 0 ? strides.0 : 0, strideZ = inZ > 0 ? strides.1 : 0
                                        var x = 0, at = start
                                        while x < n.x {
                                            var g = SIMD4<Float>.zero, hx = g, hy = g, hz = g
                                            for k in x..<min(n.x, x &+ f.x) {
                                                let i = row &+ k, weight = others[count &+ i]
                                                guard weight > 0 else { continue }
                                                let place = Float(places[0][k]), j = Int(place), t = place - Float(j)
                                                let v = line[j] + (line[j &+ 1] - line[j]) * t, scaleA = v[2], scaleB = v[3]
                                                let e = (values[i] - v[0]) * scaleA - (others[i] - v[1]) * scaleB
                                                let trust = weight * v[4] * v[5] / (1 + e * e * v[5] * share)
                                                @inline(__always) func slope(_ s: Int, _ h: Float) -> Float {
                                                    0.5 * h * ((values[i &+ s] - values[i &- s]) * scaleA + (others[i &+ s] - others[i &- s]) * scaleB)
                                                }
                                                // Across slices a neighbour that was not seen tells no slope.
                                                let known = others[count &+ i &- strideZ] * others[count &+ i &+ strideZ] > 0
                                                let slopes = SIMD4(k > 0 && k < n.x &- 1 ? slope(1, half.x) : 0, slope(strideY, inY), known ? slope(strideZ, inZ) : 0, 0)
                                                let told = slopes * trust
                                                g += told * e
                                                hx += told * slopes.x
                                                hy += told * slopes.y
                                                hz += told * slopes.z
                                            }
                                            out.0[at] += g
                                            out.1[at] += hx
                                            out.2[at] += hy
                                            out.3[at] += hz
                                            x &+= f.x
                                            at &+= 1
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Windows between two lines of them.
    @inline(__always) private static func between(
        _ out: UnsafeMutablePointer<SIMD8<Float>>, _ from: UnsafePointer<SIMD8<Float>>, _ place: Double, stride: Int, count: Int
    ) {
        let k = Int(place), t = Float(place - Double(k)), p = from + k &* stride
        for i in 0..<count { out[i] = p[i] + (p[i &+ stride] - p[i]) * t }
    }
}
