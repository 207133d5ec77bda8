public import CarpusCore
public import CarpusPipeline
import Foundation

/// Measurements of one stage, in the order they are reported.
public struct Measurements: JSONArtifact {
    public static var kind: String { "measurements" }
    public static var placeholder: Self { Measurements([]) }
    /// The rows.
    public var rows: [CarpusCore.Measurement]
    public var content: [CarpusCore.Measurement] { rows }
    public init(content: [CarpusCore.Measurement]) { rows = content }
    /// Given rows.
    public init(_ rows: [CarpusCore.Measurement]) { self.rows = rows }
}

/// Doubts of one stage.
public struct Findings: JSONArtifact {
    public static var kind: String { "findings" }
    public static var placeholder: Self { Findings([]) }
    /// The doubts.
    public var list: [Finding]
    public var content: [Finding] { list }
    public init(content: [Finding]) { list = content }
    /// Given doubts.
    public init(_ list: [Finding]) { self.list = list }
}

extension Transform: JSONArtifact {
    public static var kind: String { "transform" }
    public static var placeholder: Self { .identity }
    public var content: Transform.Resting { Resting(map: self) }
    public init(content: Resting) { self = content.map }

    /// A transform as it rests in a file.
    public struct Resting: Codable {
        let links: [Link]

        enum Link: Codable {
            case rigid(RigidTransform), affine(Affine), displacement(DisplacementField), spline(SplineField)
        }

        init(map: Transform) { links = Self.links(of: map) }

        private static func links(of map: Transform) -> [Link] {
            switch map {
            case .rigid(let t): [.rigid(t)]
            case .affine(let t): [.affine(t)]
            case .displacement(let t): [.displacement(t)]
            case .spline(let t): [.spline(t)]
            case .chain(let all): all.flatMap(links)
            }
        }

        var map: Transform {
            let all = links.map { link -> Transform in
                switch link {
                case .rigid(let t): .rigid(t)
                case .affine(let t): .affine(t)
                case .displacement(let t): .displacement(t)
                case .spline(let t): .spline(t)
                }
            }
            return all.count == 1 ? all[0] : .chain(all)
        }
    }
}
