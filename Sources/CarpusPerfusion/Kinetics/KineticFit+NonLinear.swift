import CarpusCore
import Foundation

/// Where a fit's numbers go: bare lists, one after the other.
struct FitSink {
    let numbers: UnsafeMutablePointer<Float>
    /// Curves, and quantities.
    let count, columns: Int
    let wantsErrors: Bool
    let residuals: UnsafeMutablePointer<Float>
    let outcomes: UnsafeMutablePointer<FitOutcome>

    /// Tells a number of a curve.
    @inline(__always) func value(_ q: Int, _ at: Int, _ x: Double) { numbers[q * count + at] = Float(x) }
    /// Tells the standard error of a number of a curve.
    @inline(__always) func error(_ q: Int, _ at: Int, _ x: Double) { numbers[(columns + q) * count + at] = Float(x) }

    /// Tells that a curve is no curve.
    func refuse(_ at: Int) {
        outcomes[at] = .notFinite
        residuals[at] = .nan
        for q in 0..<(wantsErrors ? 2 * columns : columns) { value(q, at, .nan) }
    }
}

extension KineticFit {
    /// Blocks of curves a worker takes at a time.
    private static let blocksAtOnce = 16

    func fit(_ frames: UnsafePointer<Float>, stride: Int, voxels: UnsafePointer<Int>?, count: Int, baseline: BaselineDoubt? = nil) -> Result {
        let columns = quantities.count, wantsErrors = parameters.standardErrors && parameters.method == .nonLinear
        let numbers = Scratch<Float>(columns * count * (wantsErrors ? 2 : 1), repeating: 0)
        var result = empty(count)
        result.residuals.withUnsafeMutableBufferPointer { residuals in
            result.outcomes.withUnsafeMutableBufferPointer { outcomes in
                guard let residual = residuals.baseAddress, let outcome = outcomes.baseAddress else { return }
                let sink = FitSink(numbers: numbers.base, count: count, columns: columns, wantsErrors: wantsErrors, residuals: residual, outcomes: outcome)
                nonisolated(unsafe) let (frames, voxels, out) = (frames, voxels, sink)
                let width = Projection.block, chunk = width * Self.blocksAtOnce
                Parallel.forEach((count + chunk - 1) / chunk) { c in
                    let range = c * chunk..<min(count, (c + 1) * chunk)
                    if let space, let search {
                        nonLinear(space, search, frames, stride, voxels, range, baseline, out)
                    } else if parameters.model == .exchange || parameters.model == .uptake {
                        linearTwoCompartments(frames, stride, voxels, range, out)
                    } else {
                        linear(frames, stride, voxels, range, out)
                    }
                }
            }
        }
        for q in 0..<columns {
            result.values[q] = Array(UnsafeBufferPointer(start: numbers.base + q * count, count: count))
            if wantsErrors { result.errors[q] = Array(UnsafeBufferPointer(start: numbers.base + (columns + q) * count, count: count)) }
        }
        numbers.free()
        return result
    }

    /// Fits a range of curves: gathered, projected, fitted.
    private func nonLinear(
        _ space: ResponseSpace, _ search: ResponseSearch, _ frames: UnsafePointer<Float>, _ stride: Int, _ voxels: UnsafePointer<Int>?, _ range: Range<Int>,
        _ baseline: BaselineDoubt?, _ out: FitSink
    ) {
        let width = Projection.block, lanes = space.lanes
        // What lies outside the space is noise and nothing else.
        let spread = times.count > space.rank ? 1 / Float(times.count - space.rank) : 0
        let curves = Scratch<Float>(width * times.count, repeating: 0), coordinates = Scratch(width * lanes, repeating: Lane.zero)
        let outside = Scratch<Float>(width, repeating: 0), numbers = Scratch<Double>(6, repeating: 0), estimate = FitErrors()
        let shift = Scratch(lanes, repeating: Lane.zero), shifted = baseline == nil ? nil : UnsafePointer(shift.base)
        defer { shift.free(); curves.free(); coordinates.free(); outside.free(); numbers.free(); estimate.free() }
        space.plasma.withUnsafeBufferPointer { plasma in
            space.decaying.withUnsafeBufferPointer { decaying in
                guard let p = plasma.baseAddress, let d = decaying.baseAddress else { return }
                let tables = ResponseTables(plasma: p, decaying: d, lanes: lanes, delayCount: space.delays.count, delayStep: Float(delayWidth(space)))
                var worker = ResponseFit(model: parameters.model, tables: tables, rank: space.rank, search: search, largestVe: parameters.largestVe)
                defer { worker.free() }
                for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: width) {
                    let part = start..<min(range.upperBound, start + width)
                    CurveBlock.gather(frames, stride: stride, count: times.count, voxels: voxels, range: part, width: width, into: curves.base)
                    Projection.project(curves.base, onto: space, coordinates: coordinates.base, outside: outside.base)
                    for i in 0..<part.count {
                        let at = part.lowerBound + i
                        guard outside.base[i].isFinite else { out.refuse(at); continue }
                        let found = worker.fit(coordinates.base + i * lanes, noise: outside.base[i] * spread)
                        tell(found, at, space, out)
                        let sum = Double(found.sum) + Double(outside.base[i])
                        out.residuals[at] = Float((sum / Double(times.count)).squareRoot())
                        guard out.wantsErrors else { continue }
                        let freedom = max(1, times.count - parameters.model.shapes.count - parameters.model.rateCount - (space.delays.count > 1 ? 1 : 0))
                        let variance = sum / Double(freedom), z = coordinates.base + i * lanes
                        var shiftVariance = 0.0
                        if let baseline, let voxels {
                            // An error ε of the baseline moves C by ε (C + R10 / r1), near enough for short repetition times.
                            let native = baseline.native[voxels[at]]
                            for l in 0..<lanes { shift.base[l] = z[l] + space.constant[l] * native }
                            shiftVariance = variance / (Double(baseline.frames) * Double(native) * Double(native))
                        }
                        worker.errors(estimate, of: found, variance: variance, shift: shifted, shiftVariance: shiftVariance, into: numbers.base)
                        let n = parameters.model.quantityCount
                        for q in 0..<n { out.error(q, at, numbers.base[q]) }
                        if space.delays.count > 1 { out.error(n, at, numbers.base[n] * delayWidth(space)) }
                    }
                }
            }
        }
    }

    private func delayWidth(_ space: ResponseSpace) -> Double { space.delays.count > 1 ? space.delays[1] - space.delays[0] : 0 }

    /// Writes the numbers of one curve.
    @inline(__always)
    private func tell(_ found: ResponseFit.Result, _ at: Int, _ space: ResponseSpace, _ out: FitSink) {
        out.outcomes[at] = found.outcome
        let n = parameters.model.quantityCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 4) { buffer in
            buffer.initialize(repeating: 0)
            var numbers = buffer
            if found.outcome != .noUptake { parameters.model.fill(&numbers, from: found.weights) }
            for q in 0..<n { out.value(q, at, numbers[q]) }
        }
        if space.delays.count > 1 { out.value(n, at, space.delays[0] + found.delay * delayWidth(space)) }
    }
}
