public import CarpusCore
public import Foundation

/// Files of transforms, whichever kind: points of the fixed world (LPS, mm) to those of the moving one.
///
/// Read are ITK's text (`.tfm`, `.txt`) and HDF5 (`.h5`, `.hdf5`), elastix's parameter files (`.txt`) and displacement fields as NIfTI
/// (`.nii`, `.nii.gz`); which it is shows in the content. Written are ITK's two and NIfTI, by the name's ending.
public enum TransformFile {
    /// Endings of names a transform can be written under.
    public static let writableEndings = [".tfm", ".txt", ".h5", ".hdf5", ".nii", ".nii.gz"]

    /// Reads a transform.
    ///
    /// - Throws: `IOError` when the file is missing, malformed, or holds something else.
    public static func read(_ url: URL) throws -> Transform {
        guard let file = FileHandle(forReadingAtPath: url.path(percentEncoded: false)) else { throw IOError(.missing, at: url, "there is no such file") }
        defer { try? file.close() }
        let start: Data
        do { start = try file.read(upToCount: 8) ?? Data() } catch { throw IOError(.unreadable, at: url, "the file cannot be read; a file of a transform is wanted, no folder") }
        if [UInt8](start) == ITKTransformHDF5.signature { return try ITKTransformHDF5.read(url) }
        let name = url.lastPathComponent.lowercased()
        if name.hasSuffix(".nii") || name.hasSuffix(".nii.gz") || name.hasSuffix(".hdr") || name.hasSuffix(".img") { return .displacement(try NIfTI.readDisplacementField(url)) }
        let text = try TransformText.read(url)
        return try ElastixTransformFile.recognises(text) ? ElastixTransformFile.read(url) : ITKTransformFile.read(text, of: url)
    }

    /// Writes a transform as its name's ending says.
    ///
    /// No such file says what holds beyond a field's grid: as in ITK nothing moves there when it is read again, also where the field written
    /// goes on with its border value.
    ///
    /// - Parameter grid: where a displacement field is taken, for NIfTI; a field's own when nil.
    /// - Throws: `IOError` for other endings, when NIfTI is asked for and there is no grid, or when the file cannot be written.
    public static func write(_ transform: Transform, to url: URL, on grid: Grid? = nil) throws {
        let name = url.lastPathComponent.lowercased()
        func ends(_ endings: String...) -> Bool { endings.contains { name.hasSuffix($0) } }
        if ends(".tfm", ".txt") { return try ITKTransformFile.write(transform, to: url) }
        if ends(".h5", ".hdf5") { return try ITKTransformHDF5.write(transform, to: url) }
        guard ends(".nii", ".nii.gz") else { throw IOError(.unsupported, at: url, "transforms are written as \(writableEndings.joined(separator: ", ")); choose such a name") }
        if case .displacement(let field) = transform, grid == nil || grid == field.grid { return try NIfTI.write(field, to: url) }
        guard let grid else { throw IOError(.unsupported, at: url, "a displacement field needs a grid; give a reference image, or choose a name that ends in .tfm or .h5") }
        try NIfTI.write(DisplacementField(of: transform, on: grid), to: url)
    }
}
