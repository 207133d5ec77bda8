public import Foundation

/// An array in a .npy file (NumPy's format, versions 1 to 3), row-major, as single-precision numbers.
public struct NumPyArray: Sendable, Equatable {
    /// Sizes of the axes, outermost first.
    public var shape: [Int]
    /// The numbers, as many as the product of the sizes.
    public var values: [Float]

    /// The count of values must be the product of the shape.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "an array's shape does not fit its values")
        (self.shape, self.values) = (shape, values)
    }

    /// Reads a file of little-endian numbers: floats of 16, 32 or 64 bits, integers of 8 to 64 bits, or booleans. What float32 cannot hold is rounded.
    public init(contentsOf file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { throw IOError(.missing, at: file, "there is no such file") }
        guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else { throw IOError(.unreadable, at: file, "the file cannot be read; check its permissions") }
        let header = try NumPyHeader(data, at: file)
        (shape, values) = (header.shape, header.values(in: data))
    }

    /// Writes float32. What is there is replaced.
    public func write(to file: URL) throws {
        var data = NumPyHeader.bytes(shape: shape)
        values.withUnsafeBytes { data.append(contentsOf: $0) }
        do {
            try data.write(to: file, options: .atomic)
        } catch {
            throw IOError(.cannotWrite, at: file, "the array cannot be written; check the folder and the space on the disk")
        }
    }
}
