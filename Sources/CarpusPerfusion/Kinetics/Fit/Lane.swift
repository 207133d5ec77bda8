/// Eight numbers worked on at a time.
typealias Lane = SIMD8<Float>

/// The scalar product of two rows of lanes.
@inline(__always) func dot(_ a: UnsafePointer<Lane>, _ b: UnsafePointer<Lane>, _ n: Int) -> Float {
    var sum = a[0] * b[0]
    for i in 1..<n { sum += a[i] * b[i] }
    return sum.sum()
}

/// Memory of one worker for the length of its work: taken once, never inside a loop.
struct Scratch<T> {
    let base: UnsafeMutablePointer<T>
    let count: Int

    init(_ count: Int, repeating value: T) {
        (base, self.count) = (.allocate(capacity: max(1, count)), count)
        base.initialize(repeating: value, count: max(1, count))
    }

    func free() {
        base.deinitialize(count: max(1, count))
        base.deallocate()
    }
}
