import CNifti
public import CarpusCore
public import Foundation

extension NIfTI {
    /// Writes a displacement field as ITK, ANTs and 3D Slicer read it: five dimensions, vector intent, LPS mm whatever the header's
    /// world; a point of the field's grid goes to itself and its vector.
    public static func write(_ field: DisplacementField, to url: URL) throws {
        let n = field.grid.count
        var values = [Float](repeating: 0, count: 3 * n)
        for (i, u) in field.displacements.enumerated() { (values[i], values[n + i], values[2 * n + i]) = (u.x, u.y, u.z) }
        try write(field.grid, frames: 1, interval: 0, start: 0, datatype: DT_FLOAT32, values: values, vectors: true, to: url)
    }

    /// Reads a displacement field as ITK and ANTs write it: five dimensions, vector intent (1007), LPS mm; or with the intent of
    /// displacements (1006), which are RAS as the header's world is. Outside the grid nothing moves; where the field says nothing, which ITK
    /// marks by the largest number of 32 bits, points go 1000 km away, outside every image.
    ///
    /// - Throws: `IOError` for other images and for the fields of NiftyReg and FSL, whose vectors mean something else.
    public static func readDisplacementField(_ url: URL) throws -> DisplacementField {
        let place = try Pair(url), header = try readHeader(place.header)
        guard header.dimensions.count == 5, header.dimensions[3] == 1, header.dimensions[4] == 3 else {
            throw IOError(.notRecognised, at: url, "this is no displacement field: \(header.dimensions.map(String.init).joined(separator: " x ")) values are not three-dimensional vectors on a grid (five dimensions, the fourth 1, the fifth 3)")
        }
        guard header.intent == Int(NIFTI_INTENT_VECTOR) || header.intent == Int(NIFTI_INTENT_DISPVECT), header.intentName != "NREG_TRANS" else {
            let found = header.intentName == "NREG_TRANS" ? "a transform of NiftyReg" : "values of intent \(header.intent)"
            throw IOError(.unsupported, at: url, "the file holds \(found), not displacements as ITK keeps them (intent \(NIFTI_INTENT_VECTOR)); convert it with the program that made it")
        }
        let (grid, _) = try WorldFrame.grid(of: header, at: url), n = grid.count
        let (read, _) = try VoxelReader(header: header, file: header.isPair ? place.image : place.header).read(count: 3 * n)
        let values = read.map { abs($0) > 3e38 && $0.isFinite ? Float(1e9) : $0 }
        guard values.allSatisfy({ abs($0) < 1e12 }) else { throw IOError(.malformed, at: url, "a displacement is no number, or no length") }
        let turn: Float = header.intent == Int(NIFTI_INTENT_DISPVECT) ? -1 : 1
        let vectors = (0..<n).map { i -> SIMD3<Float> in SIMD3<Float>(turn * values[i], turn * values[n + i], values[2 * n + i]) }
        return DisplacementField(grid: grid, displacements: vectors, beyond: .zero)
    }
}
