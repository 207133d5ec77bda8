import CarpusCore
import CarpusIO
import CarpusQuantification
import CarpusRegistration
import Foundation

/// Whether what an alignment says of itself tells right from wrong: sound pairs from many starts among pairs that cannot be aligned.
struct VerdictRuns {
    let cases: [BenchmarkCase]
    let options: RegistrationBenchmark.Options
    let deformable: Bool

    /// One run: what was tried, how far off it ended, and what it said.
    private struct Run {
        let kind, name: String
        /// The median distance in mm; infinite where no map could be right, and where there is none.
        let miss: Double
        /// What the alignment expected; infinite where it was refused.
        let expected: Double
        let grade: String
        var verdict: RegistrationVerdict?
        var right: Bool { miss < 1 }
    }

    /// What is done to a pair, and how many of a hundred runs are of this kind.
    private enum Kind: String, CaseIterable {
        case sound, fewSlices = "few slices shared", little = "little shared", nothing = "nothing shared", onTop = "nothing shared, headers agree"
        case stranger = "another thing", noise = "noise only", axes = "axes swapped", blank = "blank", offset = "150 mm off", mirrored
        var weight: Int { [.sound: 46, .fewSlices: 8, .little: 8, .offset: 6, .mirrored: 4, .blank: 4][self] ?? 6 }
    }

    func run() throws {
        let members = cases.filter { !$0.isSeries && $0.isDeformed == deformable }, strangers = others()
        var random = SplitMix(seed: options.seed), runs: [Run] = []
        for kind in Kind.allCases where kind != .stranger || !strangers.isEmpty {
            for i in 0..<max(1, options.runs * kind.weight / 100) {
                guard let pair = try spoilt(members[(i * 7 + kind.weight) % members.count].pair(), kind, strangers, &random) else { continue }
                runs.append(judged(pair, kind, members[(i * 7 + kind.weight) % members.count].name))
            }
        }
        report(runs)
        if let file = options.rows { try Data(rows(runs).utf8).write(to: file) }
    }

    /// All runs, a line each, for a closer look.
    private func rows(_ runs: [Run]) -> String {
        let lines = runs.map { run in
            let v = run.verdict, numbers = [run.miss, run.expected, v?.height ?? .nan, v?.inconsistency ?? .nan, v?.information ?? .nan, v?.overlap ?? .nan]
            return ([run.kind, run.name, run.grade] + numbers.map { "\($0)" }).joined(separator: "\t")
        }
        return (["kind\tcase\tgrade\tmiss\texpected\theight\tinconsistency\tinformation\toverlap"] + lines).joined(separator: "\n") + "\n"
    }

    private func others() -> [Volume<Float>] {
        guard let folder = options.strangers, let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        let files = walk.compactMap { $0 as? URL }.filter { $0.lastPathComponent.hasSuffix(".nii.gz") }.sorted { $0.path() < $1.path() }
        // Small enough to be tried often, and images of something.
        return files.compactMap { file -> Volume<Float>? in
            do {
                return try NIfTI.read(file).volume
            } catch {
                // Fields and colours lie beside images.
                FileHandle.standardError.write(Data("left out: \(error)\n".utf8))
                return nil
            }
        }.filter { $0.grid.size.min() > 4 && $0.grid.count < 20_000_000 && Set($0.scalars.prefix(1_000_000)).count > 60 }
    }

    private func spoilt(_ whole: Pair, _ kind: Kind, _ strangers: [Volume<Float>], _ random: inout SplitMix) throws -> Pair? {
        var pair = whole
        let through = pair.fixed.grid.throughPlaneAxis, plane = (0..<3).filter { $0 != through }
        let far = Bool.random(using: &random), side = plane[Int.random(in: 0...1, using: &random)]
        switch kind {
        case .sound: return try pair.placed(turns: Double.random(in: 0...25, using: &random), shifts: Double.random(in: 0...20, using: &random), &random)
        case .fewSlices: return try pair.sharing(Double.random(in: 0.1...0.6, using: &random), axis: through, fromFarEnd: far)?.placed(turns: 5, shifts: 4, &random)
        case .little: return try pair.sharing(Double.random(in: 0.03...0.4, using: &random), axis: side, fromFarEnd: far)?.placed(turns: 5, shifts: 4, &random)
        case .nothing: return pair.sharing(0, axis: Int.random(in: 0...2, using: &random), fromFarEnd: far)
        case .onTop: return try pair.sharing(0, axis: side, fromFarEnd: far)?.onTop()
        case .offset: return try pair.placed(by: RigidTransform(translation: Vector3(far ? 150 : -150, 0, 0)))
        case .stranger:
            let other = strangers[Int.random(in: 0..<strangers.count, using: &random)]
            pair.moving = Volume(grid: try Grid(size: other.grid.size, worldFromVoxel: Affine(translation: pair.fixed.grid.centre - other.grid.centre) * other.grid.worldFromVoxel), scalars: other.scalars)
        case .noise: pair.moving = pair.moving.noise(level: far ? 0 : 400, smooth: Bool.random(using: &random), &random)
        case .axes: pair.moving = try pair.moving.axesSwapped(through, side)
        case .blank: pair.moving = far ? pair.moving.map { _ in 120 } : pair.moving.noise(level: 5000, smooth: false, &random)
        case .mirrored: pair.moving = pair.moving.mirrored
        }
        return pair
    }

    private func judged(_ pair: Pair, _ kind: Kind, _ name: String) -> Run {
        let possible = [.sound, .fewSlices, .little, .offset].contains(kind)
        do {
            let (map, expected, grade, verdict) = try aligned(pair)
            return Run(kind: kind.rawValue, name: name, miss: possible ? pair.misses { map($0) }.median : .infinity, expected: expected ?? 1000, grade: grade?.rawValue ?? "failed", verdict: verdict)
        } catch {
            return Run(kind: kind.rawValue, name: name, miss: .infinity, expected: .infinity, grade: "refused")
        }
    }

    /// The map, the error that is told and the answer, and the rigid verdict where that is the answer.
    private func aligned(_ pair: Pair) throws -> (Transform, Double?, RegistrationVerdict.Grade?, RegistrationVerdict?) {
        if deformable {
            let result = try DeformableRegistration.align(fixed: pair.fixed, moving: pair.moving)
            return (result.movingFromFixed, result.verdict?.expectedError, result.verdict?.grade, nil)
        }
        let result = try RigidRegistration.align(fixed: pair.fixed, moving: pair.moving)
        return (.rigid(result.movingFromFixed), result.verdict?.expectedError, result.verdict?.grade, result.verdict)
    }

    // MARK: - What came out

    private func report(_ all: [Run]) {
        let counted = all.filter { $0.kind != Kind.mirrored.rawValue }
        print("The verdict of \(deformable ? "deformable" : "rigid") alignments, seed \(options.seed); right is a median TRE below 1 mm. Mirrored images are told apart and not counted: sides come from headers.\n")
        header(["kind", "runs", "right", "right: trusted", "doubtful", "failed", "wrong: trusted", "doubtful", "failed or refused"])
        for kind in Kind.allCases {
            let runs = all.filter { $0.kind == kind.rawValue }
            if !runs.isEmpty { row([kind.rawValue] + counts(runs)) }
        }
        row(["all but mirrored"] + counts(counted))
        print("\nArea under the curve of right against wrong by the expected error, \(counted.count) runs: \(text(ReceiverOperating(counted.map { -$0.expected }, isPositive: counted.map(\.right)).area.value ?? .nan, 4))\n")
        header(["expected error, mm", "runs", "right", "true error of right ones: median", "p95", "share of right ones below what was expected", "median true / expected"])
        for (low, high) in [(0, 0.03), (0.03, 0.06), (0.06, 0.12), (0.12, 0.25), (0.25, 0.5), (0.5, 1), (1, 2), (2, .infinity)] {
            let runs = counted.filter { $0.expected >= low && ($0.expected < high || high == .infinity) }, right = runs.filter(\.right)
            row([
                high == .infinity ? "\(low) and more" : "\(low) to \(high)", "\(runs.count)", "\(right.count)", text(right.map(\.miss).median), text(right.map(\.miss).quantile(0.95)),
                text(Double(right.count { $0.miss < $0.expected }) / Double(right.count), 2), text(right.map { $0.miss / $0.expected }.median, 2),
            ])
        }
        print("\nRuns that were wrong and not called failed, and right ones that were:")
        for run in counted where run.right ? run.grade == "failed" : run.grade == "trusted" || run.grade == "doubtful" {
            print("- \(run.kind), \(run.name): \(run.grade), \(text(run.miss)) mm, expected \(text(run.expected))")
        }
    }

    private func counts(_ runs: [Run]) -> [String] {
        let right = runs.filter(\.right), wrong = runs.filter { !$0.right }
        return ["\(runs.count)", "\(right.count)"] + ["trusted", "doubtful", "failed"].map { g in "\(right.count { $0.grade == g })" }
            + ["trusted", "doubtful"].map { g in "\(wrong.count { $0.grade == g })" } + ["\(wrong.count { $0.grade == "failed" || $0.grade == "refused" })"]
    }
}
