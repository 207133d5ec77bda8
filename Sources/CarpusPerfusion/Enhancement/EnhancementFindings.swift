import CarpusCore

/// Doubts about a series and what was read from it.
enum EnhancementFindings {
    static func list(_ series: TimeSeries, _ maps: EnhancementMaps, _ parameters: EnhancementParameters) -> [Finding] {
        let times = series.times, step = TimeAxis.step(times)
        var found = TimeAxis.axisDoubts(series) + frames(times, maps.arrival, wasTold: parameters.baselineFrames != nil)
        if step > 20 {
            found.append(Finding(.warning, "perfusion.coarse-sampling", "Frames are \(Numbers.short(step)) s apart; onset and initial rate are told coarsely.", evidence: ["step-s": "\(step)"]))
        }
        let peaks = maps.voxels.filter { maps.classes.labels[$0] != 0 }.map { Double(maps.peak.scalars[$0]) }.sorted()
        if peaks.isEmpty {
            found.append(Finding(.note, "perfusion.no-enhancement", "No voxel enhances beyond \(Int(parameters.minimumEnhancement * 100)) % of its baseline and the noise."))
        } else if let last = times.last, last - Robust.quantile(peaks, 0.5) < 90 {
            found.append(Finding(.warning, "perfusion.short-late-phase", "The series ends \(Numbers.short(last - Robust.quantile(peaks, 0.5))) s after the middle peak; persistent, plateau and washout are told from little.", evidence: ["end-s": "\(last)"]))
        }
        let lost = maps.voxels.filter { maps.baseline.scalars[$0].isNaN }.count
        if lost > 0 {
            found.append(Finding(lost * 20 > maps.voxels.count ? .warning : .note, "perfusion.voxels-without-curve", "\(lost) of \(maps.voxels.count) voxels have no curve: a value is not finite, or the baseline is not above 0.", evidence: ["voxels": "\(lost)"]))
        }
        return found
    }

    /// Doubts about the frames and what lies before the agent.
    ///
    /// - Parameter wasTold: whether the frames of the baseline were given.
    static func frames(_ times: [Double], _ arrival: Arrival, wasTold: Bool) -> [Finding] {
        var found: [Finding] = []
        let frames = arrival.baselineFrames, step = TimeAxis.step(times)
        if frames < 3 {
            found.append(Finding(frames == 1 ? .warning : .note, "perfusion.few-baseline-frames", "Only \(frames) \(frames == 1 ? "frame lies" : "frames lie") before the agent's arrival; every share of the baseline carries its noise.", evidence: ["frames": "\(frames)"]))
        }
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }
        if let longest = steps.max(), longest > 1.5 * step {
            found.append(Finding(.note, "perfusion.uneven-times", "Frames are not evenly spaced: \(Numbers.short(steps.min() ?? 0)) to \(Numbers.short(longest)) s; the times themselves are used.", evidence: ["longest-s": "\(longest)", "middle-s": "\(step)"]))
        }
        if let earlier = arrival.earlier {
            found.append(Finding(
                .warning, "perfusion.baseline-after-arrival",
                "The signal rises at \(Numbers.short(earlier)) s, within the \(frames) frames that were told to lie before the agent: if that is its arrival, every share of the baseline is too low; give fewer frames.",
                evidence: ["frames": "\(frames)", "rise-s": "\(earlier)"]))
        }
        if arrival.time == nil {
            found.append(Finding(.warning, "perfusion.no-arrival", "No arrival of the agent was found; the first \(frames) frames were taken as the baseline.", evidence: ["frames": "\(frames)"]))
        }
        return found
    }
}

/// Numbers in sentences.
enum Numbers {
    /// With one decimal.
    static func short(_ x: Double) -> String { "\((x * 10).rounded() / 10)" }
}
