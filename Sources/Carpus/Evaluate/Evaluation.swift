import CarpusCore
import CarpusIO
public import CarpusQuantification
import CarpusRegistration
public import Foundation

/// How far a result is from the truth: two label maps, two transforms, or two output folders.
public struct Evaluation: Sendable, Encodable {
    /// What is compared.
    public enum Kind: String, Sendable, Hashable, Encodable {
        case labels, transforms, folders

        /// What a path holds, by its name.
        ///
        /// - Throws: `IOError` when there is nothing.
        public init(of url: URL) throws {
            var isFolder = ObjCBool(false)
            guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder) else {
                throw IOError(.missing, at: url, "there is no such file or folder")
            }
            self = isFolder.boolValue ? .folders : ["tfm", "txt", "h5", "hdf5"].contains(url.pathExtension.lowercased()) ? .transforms : .labels
        }
    }

    /// What can be set.
    public struct Options: Sendable {
        /// Of the scores of label maps.
        public var parameters = LabelEvaluation.Parameters()
        /// A label map whose labelled voxels are where two transforms are compared.
        public var regions: URL?

        /// The defaults.
        public init() {}
    }

    /// What was compared.
    public let kind: Kind
    /// The paths that were compared.
    public let result, truth: String
    /// How label maps were compared.
    public let parameters: LabelEvaluation.Parameters
    /// The lines; of folders first the maps and transforms by participant and session, then the measures likewise, and counts of their rows last.
    public let rows: [EvaluationRow]

    /// Compares a result with the truth; both are of the same kind.
    ///
    /// - Throws: `IOError` for what cannot be read or has nothing in common.
    public init(of result: URL, against truth: URL, options: Options = .init()) throws {
        kind = try Kind(of: result)
        (self.result, self.truth) = (result.path(percentEncoded: false), truth.path(percentEncoded: false))
        parameters = options.parameters
        var all: [EvaluationRow] = []
        try Self.forEachRow(of: result, against: truth, options: options) { all.append($0) }
        rows = all
    }

    /// Calls `body` with each line as it is found, in the order of `rows`: of folders no more is held than one visit has, however many there are.
    ///
    /// - Throws: `IOError` for what cannot be read or has nothing in common; what `body` throws. Lines told before are then a part of the table.
    public static func forEachRow(of result: URL, against truth: URL, options: Options = .init(), _ body: (EvaluationRow) throws -> Void) throws {
        switch try Kind(of: result) {
        case .labels: try LabelComparison.rows(of: result, against: truth, options.parameters).forEach(body)
        case .transforms: try TransformComparison.rows(of: result, against: truth, regions: options.regions).forEach(body)
        case .folders: try FolderComparison(result: OutputListing(of: result), truth: OutputListing(of: truth), parameters: options.parameters).forEachRow(body)
        }
    }
}
