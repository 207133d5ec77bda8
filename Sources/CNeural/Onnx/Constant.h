#pragma once
#include "Base/Dims.h"
#include "Onnx/Wire.h"
#include <memory>

namespace neural {

/// Types of elements, numbered as in ONNX.
enum class Element : int { float32 = 1, uint8 = 2, int8 = 3, uint16 = 4, int16 = 5, int32 = 6, int64 = 7, boolean = 9, float16 = 10, float64 = 11, uint32 = 12, uint64 = 13, bfloat16 = 16 };

/// Bytes an element takes; a fault for types we lack (text, complex, 8-bit floats).
size_t width(Element type);
bool isInteger(Element type);

/// An array known before the network runs: a weight, or something computed from shapes.
struct Constant {
    Element type = Element::float32;
    Dims dims;
    /// The elements, little-endian and row-major, in the file's bytes or in `owned`.
    Bytes raw;
    std::vector<uint8_t> owned;
    /// Keeps alive the constant whose bytes these are.
    std::shared_ptr<const Constant> base;

    int64_t size() const { return count(dims); }
    std::vector<float> floats() const;
    std::vector<double> numbers() const;
    /// Numbers with a fraction are cut; what is too large becomes the largest.
    std::vector<int64_t> integers() const;
    double first() const;

    static std::shared_ptr<const Constant> make(Element type, Dims dims, const std::vector<double> &values);
    /// The same elements under another shape of as many.
    static std::shared_ptr<const Constant> reshaped(const std::shared_ptr<const Constant> &c, Dims dims);
    static std::shared_ptr<const Constant> makeIntegers(const std::vector<int64_t> &values);
};
using ConstantRef = std::shared_ptr<const Constant>;

} // namespace neural
