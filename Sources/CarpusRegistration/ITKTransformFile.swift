public import CarpusCore
public import Foundation

/// ITK's text files of transforms (`.tfm`, `.txt`), as ITK, ANTs and 3D Slicer read them: points of the fixed world (LPS, mm)
/// to the moving one.
public enum ITKTransformFile {
    /// Writes a rigid or affine transform with 17 digits, to the side and renamed.
    ///
    /// - Throws: `RegistrationError` for a displacement, which text files do not hold, or when the file cannot be written.
    public static func write(_ transform: Transform, to url: URL) throws {
        guard let affine = transform.asAffine else {
            throw RegistrationError(.badTransformFile, "\(url.lastPathComponent): a deformation does not fit into a text file of ITK; save it as a displacement field")
        }
        let numbers = affine.matrixRows.prefix(3).flatMap { $0.prefix(3) } + [affine.translation.x, affine.translation.y, affine.translation.z]
        let text = """
            #Insight Transform File V1.0
            #Transform 0
            Transform: AffineTransform_double_3_3
            Parameters: \(numbers.map { "\($0)" }.joined(separator: " "))
            FixedParameters: 0 0 0

            """
        do {
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw RegistrationError(.badTransformFile, "\(url.path(percentEncoded: false)): the transform cannot be written: \(error.localizedDescription)")
        }
    }

    /// Reads a file of one transform of the kinds affine, matrix-and-offset, versor or Euler.
    ///
    /// - Throws: `RegistrationError` when the file is missing, malformed, or holds something else.
    public static func read(_ url: URL) throws -> Transform {
        func fault(_ what: String) -> RegistrationError { RegistrationError(.badTransformFile, "\(url.path(percentEncoded: false)): \(what)") }
        guard let data = FileManager.default.contents(atPath: url.path(percentEncoded: false)) else { throw fault("there is no such file") }
        var fields: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { continue }
            guard fields[parts[0]] == nil else { throw fault("the file holds several transforms; one is read") }
            fields[parts[0]] = parts[1]
        }
        func numbers(_ key: String) throws -> [Double] {
            let words = (fields[key] ?? "").split(separator: " "), values = words.compactMap { Double($0) }
            guard values.count == words.count, values.allSatisfy(\.isFinite) else { throw fault("'\(key)' holds something that is no number") }
            return values
        }
        guard let kind = fields["Transform"] else { throw fault("this is no text file of an ITK transform") }
        let p = try numbers("Parameters"), c = try numbers("FixedParameters")
        guard let made = transform(kind, p, c) else { throw fault("transforms of kind '\(kind)' with \(p.count) parameters are not read") }
        return made
    }

    private static func transform(_ kind: String, _ p: [Double], _ c: [Double]) -> Transform? {
        guard c.count >= 3 else { return nil }
        let centre = Vector3(c[0], c[1], c[2])
        switch (kind.split(separator: "_").first.map(String.init) ?? "", p.count) {
        case ("AffineTransform", 12), ("MatrixOffsetTransformBase", 12):
            let m = Matrix3(rows: Vector3(p[0], p[1], p[2]), Vector3(p[3], p[4], p[5]), Vector3(p[6], p[7], p[8]))
            return .affine(Affine(linear: m, translation: Vector3(p[9], p[10], p[11]) + centre - m * centre))
        case ("VersorRigid3DTransform", 6):
            let v = Vector3(p[0], p[1], p[2]), w = max(0, 1 - v.dot(v)).squareRoot()
            return .rigid(RigidTransform(rotation: SIMD4(v.x, v.y, v.z, w), centre: centre, translation: Vector3(p[3], p[4], p[5])))
        case ("Euler3DTransform", 6):
            let x = RigidTransform(axis: Vector3(1, 0, 0), angle: p[0]).matrix, y = RigidTransform(axis: Vector3(0, 1, 0), angle: p[1]).matrix
            let z = RigidTransform(axis: Vector3(0, 0, 1), angle: p[2]).matrix
            // ITK multiplies Z X Y, or Z Y X where a fourth fixed parameter says so.
            let r = c.count > 3 && c[3] != 0 ? z * y * x : z * x * y
            return .affine(Affine(linear: r, translation: Vector3(p[3], p[4], p[5]) + centre - r * centre))
        default: return nil
        }
    }
}
