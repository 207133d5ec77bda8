public import CarpusCore

/// What lies in each voxel of any grid, counted at the same points at which the scanner samples.
public enum TruthSampling {
    /// Regions and lesions, named so that each lesion in each region, and the rest of each region, keeps its volume to a voxel (`VolumeKeeping`): a
    /// voxel that holds several has the name of one that fills a fifth of it at least, mostly that of the most. What fills a fifth of no voxel, and is
    /// nowhere the most, is lost.
    ///
    /// - Parameters:
    ///   - grid: slices along the last axis.
    ///   - scannerFromSpecimen: where the wrist lies on that grid.
    ///   - profile: how a voxel reaches through its slice.
    public static func labels(
        of specimen: Specimen, on grid: Grid, scannerFromSpecimen: RigidTransform = RigidTransform(), profile: SliceProfile = .slab
    ) -> (anatomy: LabelMap, lesions: LabelMap) {
        let sampler = SliceSampler(scan: grid, specimen: specimen.grid, scannerFromSpecimen: scannerFromSpecimen, profile: profile)
        let (codes, kinds) = Self.kinds(of: specimen), chosen = keeping(codes, count: kinds.count, grid: grid, sampler: sampler)
        return (
            LabelMap(grid: grid, labels: chosen.map { UInt16(kinds[Int($0)].region) }, legend: WristAnatomy.legend),
            LabelMap(grid: grid, labels: chosen.map { UInt16(kinds[Int($0)].lesion) }, legend: WristAnatomy.lesionLegend))
    }

    /// Regions and lesions by majority: the anatomy's value that holds the most of a voxel (0 counts, the smaller wins a tie), and the lesion's if
    /// it holds at least half. What is thin against the slices is lost.
    public static func majorityLabels(
        of specimen: Specimen, on grid: Grid, scannerFromSpecimen: RigidTransform = RigidTransform(), profile: SliceProfile = .slab
    ) -> (anatomy: LabelMap, lesions: LabelMap) {
        let sampler = SliceSampler(scan: grid, specimen: specimen.grid, scannerFromSpecimen: scannerFromSpecimen, profile: profile)
        let anatomy = voted(specimen.region, grid: grid, sampler: sampler) { best, _ in UInt16(best) }
        let lesions = voted(specimen.lesion, grid: grid, sampler: sampler) { best, count in 2 * count >= SliceSampler.perVoxel ? UInt16(best) : 0 }
        return (LabelMap(grid: grid, labels: anatomy, legend: WristAnatomy.legend), LabelMap(grid: grid, labels: lesions, legend: WristAnatomy.lesionLegend))
    }

    /// The share of each voxel that each lesion fills, 0 to 1, by rising label value: what a label map cannot tell.
    public static func lesionShares(
        of specimen: Specimen, on grid: Grid, scannerFromSpecimen: RigidTransform = RigidTransform(), profile: SliceProfile = .slab
    ) -> [Volume<Float>] {
        let sampler = SliceSampler(scan: grid, specimen: specimen.grid, scannerFromSpecimen: scannerFromSpecimen, profile: profile)
        let lesions = WristAnatomy.lesionLegend.labels.map { UInt8($0.value) }
        // One number a lesion, voxel after voxel.
        let slices = bySlice(specimen.lesion, grid: grid, sampler: sampler) { (points: inout [UInt8], vote) in
            for lesion in lesions { points.append(UInt8(vote.count { $0 == lesion })) }
        }
        return lesions.indices.map { k in
            Volume(grid: grid, scalars: slices.flatMap { slice in stride(from: k, to: slice.count, by: lesions.count).map { Float(slice[$0]) / Float(SliceSampler.perVoxel) } })
        }
    }

    /// How each voxel takes up the agent.
    public struct KineticTruth: Sendable {
        /// Shapes of curves: values of `KineticClass`.
        public let classes: LabelMap
        /// Transfer constant, per minute.
        public let ktransPerMinute: Volume<Float>
        /// Share of extravascular extracellular space.
        public let ve: Volume<Float>
        /// Share of plasma.
        public let vp: Volume<Float>
    }

    /// Class and parameters of what takes up the agent and holds the most of a voxel, if all that takes it up holds at least half; else none.
    public static func kinetics(
        of specimen: Specimen, on grid: Grid, scannerFromSpecimen: RigidTransform = RigidTransform(), table: TissueTable, profile: SliceProfile = .slab
    ) -> KineticTruth {
        let sampler = SliceSampler(scan: grid, specimen: specimen.grid, scannerFromSpecimen: scannerFromSpecimen, profile: profile)
        let kinetics = (0..<Tissue.allCases.count * 32).map { code in
            let part = Material.parts(code * Material.grains)
            return table.kinetics(of: part.tissue, variant: part.variant)
        }
        // Points of one kinetics count together: their number is the first code that has it, and 0 is what takes up nothing.
        var first: [Kinetics: Int] = [.none: 0]
        for (code, k) in kinetics.enumerated() where first[k] == nil { first[k] = code }
        let number = kinetics.map { UInt16(first[$0] ?? 0) }
        let codes = zip(specimen.tissue, specimen.variant).map { number[Int($0) * 32 + Int($1 & 31)] }
        let winners = voted(codes, grid: grid, sampler: sampler, leavingOut: 0) { best, _ in UInt16(best) }
        func map(_ value: (Kinetics) -> Double) -> Volume<Float> {
            let values = kinetics.map { Float(value($0)) }
            return Volume(grid: grid, scalars: winners.map { $0 == 0 ? 0 : values[Int($0)] })
        }
        let classOf = (0..<kinetics.count).map { code -> UInt16 in
            let part = Material.parts(code * Material.grains)
            return UInt16(table.kineticClass(of: part.tissue, variant: part.variant).rawValue)
        }
        return KineticTruth(
            classes: LabelMap(grid: grid, labels: winners.map { $0 == 0 ? 0 : classOf[Int($0)] }, legend: KineticClass.legend),
            ktransPerMinute: map(\.ktransPerMinute), ve: map(\.ve), vp: map(\.vp))
    }

    /// What a vote over the points of each voxel makes of it: `decide` gets the value with most points and their number.
    ///
    /// - Parameter leavingOut: a value that only wins when it holds more than half.
    private static func voted<T: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ source: [T], grid: Grid, sampler: SliceSampler, leavingOut: T? = nil, _ decide: @Sendable (T, Int) -> UInt16
    ) -> [UInt16] {
        bySlice(source, grid: grid, sampler: sampler) { (labels: inout [UInt16], vote) in
            let (best, count) = winner(&vote, leavingOut: leavingOut)
            labels.append(decide(best, count))
        }.flatMap(\.self)
    }

    /// Calls `body` with the points of each voxel, voxels in their order in memory, slices side by side; gives what it made of each slice.
    private static func bySlice<T: FixedWidthInteger & Sendable, Made: Sendable & RangeReplaceableCollection>(
        _ source: [T], grid: Grid, sampler: SliceSampler, _ body: @Sendable (inout Made, inout [T]) -> Void
    ) -> [Made] {
        let size = grid.size, points = SliceSampler.perVoxel, rowPoints = SliceSampler.fine * SliceSampler.deep
        var made = [Made](repeating: Made(), count: size.z)
        made.withUnsafeMutableBufferPointer { made in
            nonisolated(unsafe) let made = made
            source.withUnsafeBufferPointer { values in
                nonisolated(unsafe) let values = values.baseAddress!
                Parallel.forEach(size.z) { slice in
                    var samples = [T](repeating: 0, count: size.x * size.y * points), vote = [T](repeating: 0, count: points), own = Made()
                    samples.withUnsafeMutableBufferPointer { sampler.gather(values, slice: slice, into: $0.baseAddress!) }
                    for y in 0..<size.y {
                        for x in 0..<size.x {
                            for row in 0..<SliceSampler.fine {
                                let from = ((y * SliceSampler.fine + row) * size.x + x) * rowPoints
                                for i in 0..<rowPoints { vote[row * rowPoints + i] = samples[from + i] }
                            }
                            body(&own, &vote)
                        }
                    }
                    made[slice] = own
                }
            }
        }
        return made
    }

    /// The commonest value of a row, and how often it stands there.
    private static func winner<T: FixedWidthInteger>(_ vote: inout [T], leavingOut: T?) -> (T, Int) {
        let head = vote[0]
        if vote.allSatisfy({ $0 == head }) { return (head, vote.count) }
        vote.sort()
        var best = head, most = 0, start = 0
        for i in 1...vote.count where i == vote.count || vote[i] != vote[start] {
            let count = i - start
            if vote[start] == leavingOut {
                if 2 * count > vote.count { return (vote[start], count) }
            } else if count > most { (best, most) = (vote[start], count) }
            start = i
        }
        return (best, most)
    }

    /// Region and lesion of each sample as one number, and what each number stands for; 0 is neither.
    private static func kinds(of specimen: Specimen) -> (codes: [UInt8], kinds: [(region: UInt8, lesion: UInt8)]) {
        let count = WristAnatomy.lesionLegend.labels.count + 1
        var number = [Int](repeating: -1, count: 256 * count), kinds: [(region: UInt8, lesion: UInt8)] = [(0, 0)]
        number[0] = 0
        let codes = zip(specimen.region, specimen.lesion).map { region, lesion -> UInt8 in
            let pair = Int(lesion) * 256 + Int(region)
            if number[pair] < 0 {
                number[pair] = kinds.count
                kinds.append((region, lesion))
            }
            return UInt8(number[pair])
        }
        return (codes, kinds)
    }

    /// Kinds of voxels that keep the volume of each.
    private static func keeping(_ codes: [UInt8], count: Int, grid: Grid, sampler: SliceSampler) -> [UInt8] {
        // Of each voxel its parts, and how many there are.
        let slices = bySlice(codes, grid: grid, sampler: sampler) { (found: inout [VolumeKeeping.Part], vote) in
            let head = vote[0]
            if vote.allSatisfy({ $0 == head }) { return found.append(.init(kind: head, points: UInt8(SliceSampler.perVoxel))) }
            vote.sort()
            var start = 0
            for i in 1...vote.count where i == vote.count || vote[i] != vote[start] {
                found.append(.init(kind: vote[start], points: UInt8(i - start)))
                start = i
            }
        }
        var cells: [Int32] = [], parts: [VolumeKeeping.Part] = [], first = [0]
        cells.reserveCapacity(grid.count)
        for slice in slices {
            var k = 0
            while k < slice.count {
                if Int(slice[k].points) == SliceSampler.perVoxel {
                    cells.append(-1 - Int32(slice[k].kind))
                    k += 1
                    continue
                }
                cells.append(Int32(first.count - 1))
                var points = 0
                while points < SliceSampler.perVoxel {
                    points += Int(slice[k].points)
                    parts.append(slice[k])
                    k += 1
                }
                first.append(parts.count)
            }
        }
        return VolumeKeeping(size: grid.size, cells: cells, parts: parts, first: first, kinds: count, perVoxel: SliceSampler.perVoxel).kinds()
    }
}
