import CNeural
import Foundation

/// Tensors as the engine takes them: names, shapes and values in memory of our own for the length of a call.
struct BorrowedArrays {
    let list: UnsafeMutablePointer<CNeuralArray>
    let count: Int32

    init(_ tensors: [String: Tensor]) {
        list = .allocate(capacity: max(1, tensors.count))
        count = Int32(clamping: tensors.count)
        for (i, (name, tensor)) in tensors.sorted(by: { $0.key < $1.key }).enumerated() {
            let shape = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, tensor.shape.count))
            for (axis, size) in tensor.shape.enumerated() { shape[axis] = Int64(size) }
            let values = UnsafeMutablePointer<Float>.allocate(capacity: max(1, tensor.values.count))
            tensor.values.withUnsafeBufferPointer { source in
                if let base = source.baseAddress { values.initialize(from: base, count: source.count) }
            }
            list[i] = CNeuralArray(name: strdup(name), shape: shape, rank: Int32(clamping: tensor.shape.count), values: values)
        }
    }

    func free() {
        for i in 0..<Int(count) {
            Foundation.free(UnsafeMutablePointer(mutating: list[i].name))
            list[i].shape.deallocate()
            list[i].values.deallocate()
        }
        list.deallocate()
    }
}
