public import CarpusCore
public import Foundation

/// elastix's files of transforms (`TransformParameters.0.txt`; Klein et al., IEEE Trans Med Imaging 29, 2010): points of the fixed world
/// (LPS, mm) to the moving one, after those of the file it names as its initial transform.
public enum ElastixTransformFile {
    /// Whether a text is one of elastix's.
    static func recognises(_ text: String) -> Bool {
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = line.drop(while: \.isWhitespace)
            if bare.isEmpty || bare.hasPrefix("//") { continue }
            return bare.hasPrefix("(")
        }
        return false
    }

    /// Reads a file and those it begins from.
    ///
    /// Read are translation, Euler, similarity, affine and cubic B-spline transforms of three dimensions, composed; transforms that are
    /// added, and numbers in a file of their own, are refused.
    ///
    /// - Throws: `IOError` when a file is missing, malformed, or holds something else.
    public static func read(_ url: URL) throws -> Transform { try read(url, after: []) }

    private static func read(_ url: URL, after seen: [URL]) throws -> Transform {
        let here = url.standardizedFileURL.resolvingSymlinksInPath()
        guard !seen.contains(here), seen.count < 100 else { throw IOError(.inconsistent, at: url, "the file names itself, by other files, as its initial transform") }
        let file = try ElastixParameters(TransformText.read(url), of: url), own = try transform(file)
        guard let name = try file.initial else { return own }
        guard try file.text("HowToCombineTransforms") == "Compose" else {
            throw IOError(.unsupported, at: url, "the transform is added to its initial one ('HowToCombineTransforms'); only composed ones are read, so run elastix with \"Compose\"")
        }
        return own * (try read(beside(url, name), after: seen + [here]))
    }

    /// An initial transform, where its name says, or else beside the file: results are moved together.
    private static func beside(_ url: URL, _ name: String) throws -> URL {
        let folder = url.deletingLastPathComponent(), last = URL(filePath: name).lastPathComponent
        let places = [URL(filePath: name, relativeTo: folder).absoluteURL, folder.appending(path: last)]
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }) else {
            throw IOError(.missing, at: url, "the initial transform '\(name)' is not there; put it beside this file")
        }
        return found
    }

    private static func transform(_ file: ElastixParameters) throws -> Transform {
        guard try file.text("FixedImageDimension") == "3", try file.text("MovingImageDimension") == "3" else { throw file.fault(.unsupported, "transforms of three dimensions are read") }
        let kind = try file.text("Transform")
        switch kind {
        case "TranslationTransform":
            let p = try file.parameters(3)
            return .affine(Affine(translation: Vector3(p[0], p[1], p[2])))
        case "EulerTransform", "SimilarityTransform", "AffineTransform": return try aboutCentre(kind, file)
        case "BSplineTransform", "RecursiveBSplineTransform": return .spline(try splines(file))
        default: throw file.fault(.unsupported, "transforms of kind '\(kind)' are not read; translation, Euler, similarity, affine and cubic B-spline ones are")
        }
    }

    private static func aboutCentre(_ kind: String, _ file: ElastixParameters) throws -> Transform {
        let c = try file.numbers("CenterOfRotationPoint", 3), centre = Vector3(c[0], c[1], c[2])
        let p = try file.parameters(kind == "EulerTransform" ? 6 : kind == "SimilarityTransform" ? 7 : 12)
        func vector(_ i: Int) -> Vector3 { Vector3(p[i], p[i + 1], p[i + 2]) }
        func about(_ m: Matrix3, _ t: Vector3) -> Transform { .affine(Affine(linear: m, translation: t + centre - m * centre)) }
        switch kind {
        case "EulerTransform": return about(EulerAngles.matrix(vector(0), zyx: try file.flag("ComputeZYX") ?? false), vector(3))
        case "SimilarityTransform":
            let v = vector(0), rest = 1 - v.dot(v)
            guard rest > -1e-9 else { throw file.fault(.malformed, "the versor is longer than 1") }
            return about(RigidTransform(rotation: SIMD4(v.x, v.y, v.z, max(0, rest).squareRoot())).matrix * p[6], vector(3))
        default: return about(Matrix3(rows: vector(0), vector(3), vector(6)), vector(9))
        }
    }

    private static func splines(_ file: ElastixParameters) throws -> SplineField {
        guard try file.numbers("BSplineTransformSplineOrder", 1, default: [3]) == [3] else { throw file.fault(.unsupported, "B-splines are read if they are cubic ('BSplineTransformSplineOrder' 3)") }
        guard try file.flag("UseCyclicTransform") != true else { throw file.fault(.unsupported, "cyclic B-splines are not read") }
        let o = try file.numbers("GridOrigin", 3), s = try file.numbers("GridSpacing", 3), d = try file.numbers("GridDirection", 9), first = try file.numbers("GridIndex", 3, default: [0, 0, 0])
        let size = try file.numbers("GridSize", 3)
        // elastix writes directions column by column; its origin is that of index 0, its grid may begin at another.
        let direction = Matrix3(columns: Vector3(d[0], d[1], d[2]), Vector3(d[3], d[4], d[5]), Vector3(d[6], d[7], d[8]))
        let origin = Vector3(o[0], o[1], o[2]) + direction * (Vector3(first[0], first[1], first[2]) * Vector3(s[0], s[1], s[2]))
        let grid = try TransformGrid.make(size: size, origin: origin, spacing: Vector3(s[0], s[1], s[2]), direction: direction, at: file.url), n = grid.count
        let p = try file.parameters(3 * n)
        return try TransformGrid.field(at: file.url) { try SplineField(grid: grid, coefficients: (0..<n).map { Vector3(p[$0], p[n + $0], p[2 * n + $0]) }) }
    }
}
