public import CarpusCore
import Foundation

/// A volume as the scanner stores it.
public struct ScannedVolume: Sendable {
    /// Whole numbers from 0 to the plan's largest.
    public let volume: Volume<Float>
    /// Standard deviation of the noise in either channel before the magnitude, in stored units.
    public let noise: Double
    /// Stored units of a signal of 1, which is the equilibrium of pure water at the coil's centre.
    public let unitsPerSignal: Double
}

/// A dynamic series as the scanner stores it.
public struct ScannedSeries: Sendable {
    /// Whole numbers from 0 to the plan's largest.
    public let series: TimeSeries
    /// Standard deviation of the noise in either channel before the magnitude, in stored units.
    public let noise: Double
    /// Stored units of a signal of 1, which is the equilibrium of pure water at the coil's centre.
    public let unitsPerSignal: Double
}

/// A virtual MR scanner with a specimen in it. Making one costs a pass over the specimen, so that all series of a visit share it.
///
/// Left out: what spreads over slices in a 3D transform, wrap-around, gradient distortion, motion within a frame, and the field's unevenness
/// beyond what R2' and the residual of fat suppression stand for.
public struct VirtualScanner: Sendable {
    private let grid: Grid
    private let materials: [UInt16]

    /// A scanner with a specimen in it.
    public init(_ specimen: Specimen) {
        let grid = specimen.grid, size = grid.size, texture = TrabecularTexture(grid: grid)
        self.grid = grid
        materials = [UInt16](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            specimen.tissue.withUnsafeBufferPointer { tissue in
                specimen.variant.withUnsafeBufferPointer { variant in
                    nonisolated(unsafe) let (tissue, variant) = (tissue, variant)
                    Parallel.forEach(size.y * size.z) { line in
                        var row = texture.row(y: line % size.y, z: line / size.y)
                        for x in 0..<size.x {
                            let i = line * size.x + x, t = tissue[i]
                            let grainy = t == Tissue.marrow.rawValue || t == Tissue.oedema.rawValue
                            out[i] = Material.code(tissue: t, variant: variant[i], grain: grainy ? row.grain(x) : 0)
                        }
                    }
                }
            }
            initialized = grid.count
        }
    }

    /// One volume.
    ///
    /// - Parameters:
    ///   - scannerFromSpecimen: where the wrist lies during this series.
    ///   - table: the patient's tissues, of the plan's field.
    ///   - seed: of the noise, with `name`, which tells the series of an examination apart.
    public func acquire(
        _ plan: ScanPlan, scannerFromSpecimen: RigidTransform = RigidTransform(), table: TissueTable, seed: UInt64, name: String
    ) -> ScannedVolume {
        let concentrations = plan.secondsAfterInjection.map { SignalTable.concentrations(table: table, secondsAfterInjection: [$0])[0] }
        let signals = SignalTable(plan: plan, table: table, concentrations: concentrations)
        let scan = scan(plan, frames: [signals], motions: [scannerFromSpecimen], table: table, seed: seed, name: name)
        return ScannedVolume(volume: Volume(grid: plan.grid, scalars: scan.scalars), noise: scan.noise, unitsPerSignal: scan.units)
    }

    /// A dynamic series.
    ///
    /// - Parameters:
    ///   - frameTimes: of the middle of each frame, s; rising. The agent's concentration is that of this moment.
    ///   - injectionSeconds: time of the injection on the same clock.
    ///   - motions: where the wrist lies in each frame (`scannerFromSpecimen`); frames that share one share its work.
    ///   - seed: of the noise, with `name`.
    public func acquireDynamic(
        _ plan: ScanPlan, frameTimes: [Double], injectionSeconds: Double, motions: [RigidTransform], table: TissueTable, seed: UInt64, name: String
    ) -> ScannedSeries {
        precondition(frameTimes.count == motions.count, "a series has one motion a frame")
        let times = frameTimes.map { $0 - injectionSeconds }
        let frames = SignalTable.concentrations(table: table, secondsAfterInjection: times).map { SignalTable(plan: plan, table: table, concentrations: $0) }
        let scan = scan(plan, frames: frames, motions: motions, table: table, seed: seed, name: name)
        let start = frameTimes.first ?? 0
        let series = TimeSeries(grid: plan.grid, times: frameTimes.map { $0 - start }, scalars: scan.scalars)
        return ScannedSeries(series: series, noise: scan.noise, unitsPerSignal: scan.units)
    }

    private func scan(
        _ plan: ScanPlan, frames: [SignalTable], motions: [RigidTransform], table: TissueTable, seed: UInt64, name: String
    ) -> (scalars: [Float], noise: Double, units: Double) {
        precondition(table.fieldTesla == plan.fieldTesla, "a table of tissues belongs to a field")
        precondition((0...1).contains(plan.frequencyAxis), "frequency is encoded along in-plane axis 0 or 1")
        let reference = plan.referenceSignal(table), units = plan.storedReference / reference, noise = reference / plan.signalToNoise
        let space = KSpace(plan: plan), size = plan.grid.size, inPlane = size.x * size.y
        // Frames by the place the wrist lies in.
        let places = Dictionary(grouping: frames.indices) { motions[$0] }.sorted { $0.value[0] < $1.value[0] }.map { motion, members in
            (sampler: SliceSampler(scan: plan.grid, specimen: grid, scannerFromSpecimen: motion, profile: plan.sliceProfile), members: members)
        }
        let suppression = plan.fatSuppression?.field
        let scalars = [Float](unsafeUninitializedCapacity: inPlane * size.z * frames.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            materials.withUnsafeBufferPointer { source in
                nonisolated(unsafe) let source = source.baseAddress!
                Parallel.forEach(size.z) { slice in
                    let coil = SlowField(grid: plan.grid, slice: slice, plan.coil.callAsFunction)
                    let residual = suppression.map { SlowField(grid: plan.grid, slice: slice, $0) }
                    for place in places {
                        let samples = SliceMaterials(source, sampler: place.sampler, slice: slice)
                        for frame in place.members {
                            var stream = RandomStream(seed: seed, "noise-\(name)-\(frame)-\(slice)")
                            var fine = samples.signal(frames[frame], plan: plan, coil: coil, residual: residual)
                            let target = out + inPlane * (slice + size.z * frame)
                            withUnsafeTemporaryAllocation(of: SIMD2<Float>.self, capacity: inPlane) { image in
                                let image = image.baseAddress!
                                image.initialize(repeating: .zero, count: inPlane)
                                fine.withSamples { space.image($0, filled: $1, fatPhase: frames[frame].fatPhase, noise: noise, stream: &stream, out: image) }
                                for i in 0..<inPlane {
                                    let modulus = (image[i] * image[i]).sum().squareRoot() * Float(units)
                                    (target + i).initialize(to: min(modulus.rounded(), Float(plan.storedMaximum)))
                                }
                            }
                        }
                    }
                }
            }
            initialized = inPlane * size.z * frames.count
        }
        return (scalars, noise * units, units)
    }
}

/// What one slice of one place of the wrist is made of, at every fine point and depth.
private struct SliceMaterials {
    private let codes: [UInt16]
    private let occupied: [Bool]
    private let width: Int, height: Int

    init(_ source: UnsafePointer<UInt16>, sampler: SliceSampler, slice: Int) {
        let (width, height) = (sampler.fineWidth, sampler.fineHeight)
        var codes = [UInt16](repeating: 0, count: width * height * SliceSampler.deep)
        codes.withUnsafeMutableBufferPointer { sampler.gather(source, slice: slice, into: $0.baseAddress!) }
        let perRow = width * SliceSampler.deep, air = Material.grains * 32
        occupied = (0..<height).map { y in codes[y * perRow..<(y + 1) * perRow].contains { $0 >= air } }
        (self.codes, self.width, self.height) = (codes, width, height)
    }

    func signal(_ table: SignalTable, plan: ScanPlan, coil: SlowField, residual: SlowField?) -> FineSlice {
        var fine = FineSlice(width: width, height: height)
        codes.withUnsafeBufferPointer { codes in
            fine.fill(codes.baseAddress!, occupied: occupied, signals: table.signals, coil: coil, residual: residual)
            guard let ghost = plan.ghost else { return }
            let arteries = Tissue.artery.rawValue
            let signals = table.signals.indices.map { Material.parts($0).tissue.rawValue == arteries ? table.signals[$0] : .zero }
            var only = FineSlice(width: width, height: height)
            only.fill(codes.baseAddress!, occupied: occupied, signals: signals, coil: coil, residual: nil)
            fine.add(ghost: ghost, of: only, axis: 1 - plan.frequencyAxis)
        }
        return fine
    }
}
