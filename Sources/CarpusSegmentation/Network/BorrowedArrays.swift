import CNeural

/// Lends tensors to the engine for the length of a call, without copying them.
enum BorrowedArrays {
    static func with<R>(_ tensors: [String: Tensor], _ body: ([CNeuralArray]) throws -> R) rethrows -> R {
        try lend(tensors.sorted { $0.key < $1.key }[...], [], body)
    }

    private static func lend<R>(_ rest: ArraySlice<(key: String, value: Tensor)>, _ lent: [CNeuralArray], _ body: ([CNeuralArray]) throws -> R) rethrows -> R {
        guard let (name, tensor) = rest.first else { return try body(lent) }
        return try name.withCString { name in
            try tensor.shape.map(Int64.init).withUnsafeBufferPointer { shape in
                try tensor.values.withUnsafeBufferPointer { values in
                    let array = CNeuralArray(name: name, shape: shape.baseAddress, rank: Int32(clamping: shape.count), values: values.baseAddress)
                    return try lend(rest.dropFirst(), lent + [array], body)
                }
            }
        }
    }

    /// Arrays of these sizes that `body` fills through pointers.
    static func filled(_ sizes: ArraySlice<Int>, _ pointers: [UnsafeMutablePointer<Float>?] = [], _ body: ([UnsafeMutablePointer<Float>?]) throws -> Void) rethrows -> [[Float]] {
        guard let size = sizes.first else {
            try body(pointers)
            return []
        }
        var others: [[Float]] = []
        let values = try [Float](unsafeUninitializedCapacity: max(1, size)) { buffer, count in
            others = try filled(sizes.dropFirst(), pointers + [buffer.baseAddress], body)
            count = size
        }
        return [values] + others
    }
}
