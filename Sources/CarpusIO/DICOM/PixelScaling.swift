import CarpusCore

/// How stored numbers become the values of an image: one rule for all its frames.
struct PixelScaling {
    let slopes: [(slope: Double, intercept: Double)]
    let findings: [Finding]
    /// For the sidecar: what Philips scanners say.
    let philips: [String: Double]

    /// Philips' displayed values (RescaleSlope) compare within a scan only; its private scale slope undoes that.
    /// FP = (stored · RS + RI) / (RS · SS).
    init(_ frames: [DICOMFrame]) {
        let rescale = frames.map { (slope: $0.values.double(.rescaleSlope) ?? 1, intercept: $0.values.double(.rescaleIntercept) ?? 0) }
        var findings: [Finding] = []
        if rescale.contains(where: { $0.slope == 0 }) {
            findings.append(Finding(.warning, "dicom.rescale-slope", "A rescale slope of 0 would erase the image; the stored values are used instead."))
        }
        let sound = rescale.map { $0.slope == 0 ? (1, $0.intercept) : $0 }
        let v = frames[0].values
        let isPhilips = v[.manufacturer]?.lowercased().contains("philips") ?? false
        guard isPhilips, v[.modality] == "MR" else {
            (slopes, self.findings, philips) = (sound, findings, [:])
            return
        }
        var told = ["PhilipsRescaleSlope": sound[0].0, "PhilipsRescaleIntercept": sound[0].1]
        told["PhilipsRWVSlope"] = v.double(.realWorldSlope)
        told["PhilipsRWVIntercept"] = v.double(.realWorldIntercept)
        told["PhilipsScaleSlope"] = v.double(.philipsScale)
        let scales = frames.compactMap { $0.values.double(.philipsScale) }.filter { $0 > 0 }
        let differ = Set(sound.map(\.0)).count > 1 || Set(scales).count > 1
        let evidence = told.mapValues { "\($0)" }.merging(["slopes differ between slices": "\(differ)"]) { a, _ in a }
        if scales.count == frames.count {
            slopes = zip(sound, scales).map { (1 / $1, $0.1 / ($0.0 * $1)) }
            findings.append(Finding(.note, "dicom.philips-scaling", "Values are Philips' floating-point ones, which compare between scans.", evidence: evidence))
        } else {
            slopes = sound
            findings.append(Finding(.warning, "dicom.philips-scaling", "Philips' private scale slope is missing: values are the displayed ones, which do not compare between scans.", evidence: evidence))
        }
        (self.findings, philips) = (findings, told)
    }
}
