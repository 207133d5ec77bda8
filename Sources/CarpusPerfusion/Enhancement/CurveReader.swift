/// Curves of a series read: through the gate in blocks, those that enhance gathered by eights. One worker's.
struct CurveReader {
    /// Curves that are gathered at once.
    private static let block = 64
    private let gate: CurveGate, analysis: CurveAnalysis, curves: Scratch<Float>
    private let waiting: Scratch<Int>, started: Scratch<CurveReading>

    init(_ parameters: EnhancementParameters, _ basis: PiecewiseBasis, baselineFrames: Int) {
        gate = CurveGate(parameters, frames: basis.times.count, baselineFrames: baselineFrames)
        analysis = CurveAnalysis(parameters, basis)
        curves = Scratch(Self.block * basis.times.count, repeating: 0)
        (waiting, started) = (Scratch(8, repeating: 0), Scratch(8, repeating: CurveReading()))
    }

    func free() {
        gate.free()
        analysis.free()
        curves.free()
        waiting.free()
        started.free()
    }

    /// Reads the curves of some voxels; those without a curve are passed over.
    func run(_ frames: UnsafePointer<Float>, stride: Int, voxels: [Int], _ range: Range<Int>, _ tell: (Int, CurveReading) -> Void) {
        let width = Self.block
        var count = 0
        voxels.withUnsafeBufferPointer { voxels in
            for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: width) {
                let part = start..<min(range.upperBound, start + width)
                CurveBlock.gather(frames, stride: stride, count: gate.frames, voxels: voxels.baseAddress, range: part, width: width, into: curves.base)
                for group in Swift.stride(from: 0, to: part.count, by: 8) {
                    let r = gate.look(curves.base + group, stride: width)
                    for i in 0..<min(8, part.count - group) where r.known[i] {
                        let v = voxels[part.lowerBound + group + i]
                        guard r.enhances[i] else { tell(v, gate.none(r, i)); continue }
                        keep(v, gate.start(r, i), i, in: count)
                        count += 1
                        if count == 8 { finish(&count, tell) }
                    }
                }
            }
        }
        finish(&count, tell)
    }

    /// Puts a curve of the gate aside.
    private func keep(_ v: Int, _ reading: CurveReading, _ from: Int, in lane: Int) {
        (waiting.base[lane], started.base[lane]) = (v, reading)
        let y = UnsafeRawPointer(gate.relative.base).assumingMemoryBound(to: Float.self), to = UnsafeMutableRawPointer(analysis.relative.base).assumingMemoryBound(to: Float.self)
        for t in 0..<gate.frames { to[t * 8 + lane] = y[t * 8 + from] }
    }

    private func finish(_ count: inout Int, _ tell: (Int, CurveReading) -> Void) {
        analysis.read(count, started.base)
        for i in 0..<count { tell(waiting.base[i], started.base[i]) }
        count = 0
    }
}
