import CarpusCore
import CarpusIO
import CarpusSimulation
import Foundation

/// What the DICOM headers of a simulated visit say.
struct SimulatedDICOM {
    let person: VirtualPatient
    let subject: String
    let visit: Int

    /// The first visit's day; the others follow by `VirtualPatient.days`.
    private static let firstDay = DateComponents(calendar: Calendar(identifier: .gregorian), timeZone: TimeZone(secondsFromGMT: 0), year: 2024, month: 3, day: 4)

    /// The description of a series. Identifiers follow from seed, subject and place, so that they stay when the study is made again.
    func description(of series: VirtualSeries) -> MRSeriesDescription {
        let h = series.header, key = "carpus simulate, seed \(person.parameters.seed), subject \(subject), visit \(visit)"
        let start = moment(seconds: 0), acquisition = MRSeriesDescription.Acquisition(
            sequence: h.scanningSequence.compactMap { MRSeriesDescription.ScanningSequence(rawValue: $0) },
            variant: h.sequenceVariant.compactMap { MRSeriesDescription.SequenceVariant(rawValue: $0) },
            options: h.scanOptions.compactMap { MRSeriesDescription.ScanOption(rawValue: $0) }, isThreeDimensional: h.dimensions == 3,
            repetitionTime: h.repetitionTime, echoTime: h.echoTime, inversionTime: h.inversionTime, flipAngle: h.flipAngleDegrees,
            fieldStrength: h.fieldTesla, sliceThickness: h.sliceThickness)
        return MRSeriesDescription(
            patient: .init(id: subject, name: "Virtual^Wrist \(subject)", sex: person.isFemale ? .female : .male, age: Int(person.wrist.shape.ageYears) + person.days[visit] / 365),
            study: .init(instanceUID: DICOMUID.derived(from: key), id: "\(visit + 1)", start: start, description: "MR WRIST \(person.wrist.side == .left ? "LEFT" : "RIGHT") WITH AND WITHOUT CONTRAST"),
            instanceUID: DICOMUID.derived(from: "\(key), series \(series.role.rawValue)"), frameOfReferenceUID: DICOMUID.derived(from: "\(key), frame of reference"),
            number: h.number, description: h.description, start: start.adding(seconds: h.start), laterality: person.wrist.side, acquisition: acquisition,
            contrast: h.contrastAgent ? .init(agent: "gadolinium chelate, simulated") : nil, softwareVersion: "Carpus \(Version.current)")
    }

    private func moment(seconds: Double) -> DICOMMoment {
        guard let moment = DICOMMoment(date: Self.date(after: person.days[visit]), time: "093000") else { preconditionFailure("a day has a date") }
        return moment.adding(seconds: seconds)
    }

    /// The day of a visit so many days after the first, `20240304`.
    static func date(after days: Int, separator: String = "") -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard let first = firstDay.date, let day = calendar.date(byAdding: .day, value: days, to: first) else { preconditionFailure("days can be counted") }
        let parts = calendar.dateComponents([.year, .month, .day], from: day)
        return [String(format: "%04d", parts.year ?? 0), String(format: "%02d", parts.month ?? 0), String(format: "%02d", parts.day ?? 0)].joined(separator: separator)
    }
}
