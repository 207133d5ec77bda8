import ArgumentParser
import Carpus
import CarpusCore
import CarpusIO
import CarpusPerfusion
import CarpusPipeline
import CarpusQuantification
import CarpusRegistration
import CarpusReport
import CarpusSegmentation
import Foundation

/// The exit codes the help page promises (after sysexits.h).
enum ExitStatus: Int32 {
    case partly = 1, badData = 65, inputMissing = 66, modelMissing = 69, ourFault = 70, cannotWrite = 73, protocolInvalid = 78, interrupted = 130

    /// The code an error ends with; nil leaves it to the argument parser.
    init?(for error: any Error) {
        switch error {
        case is ProtocolError: self = .protocolInvalid
        case let e as IOError: self = Self.code(of: e.code)
        case let e as RunError: self = e.code == .noInput ? .inputMissing : .cannotWrite
        case let e as ModelError: self = e.code == .missing ? .modelMissing : .badData
        case is GeometryError, is RegistrationError, is SegmentationError, is PerfusionError, is QuantificationError, is ReportError: self = .badData
        case is ExitCode, is ValidationError, is CleanExit: return nil
        default:
            // What is left is the argument parser's own, or a fault of ours.
            let domain = (error as NSError).domain
            if domain == NSCocoaErrorDomain || domain == NSPOSIXErrorDomain { self = .cannotWrite } else { return nil }
        }
    }

    private static func code(of code: IOError.Code) -> ExitStatus {
        switch code {
        case .missing: .inputMissing
        case .cannotWrite, .exists: .cannotWrite
        default: .badData
        }
    }
}

/// Where people look: stderr. stdout is for data.
enum Terminal {
    static func error(_ message: String) { write("carpus: \(message)\n") }
    static func note(_ message: String) { write(message + "\n") }
    /// Findings, each told once.
    static func note(_ findings: [Finding]) {
        var told: Set<Finding> = []
        for finding in findings where told.insert(finding).inserted { note("\(finding.severity.rawValue): \(finding.sentence)") }
    }
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
    static let isInteractive = isatty(2) == 1

    /// Data, to stdout.
    static func data(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    /// A Codable value as JSON, to stdout.
    static func json(_ value: some Encodable) throws {
        data(String(decoding: try JSONEncoder.readable.encode(value), as: UTF8.self))
    }
}
