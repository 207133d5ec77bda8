#pragma once
#include "Base/Fault.h"
#include <cstdint>
#include <string>
#include <vector>

namespace neural {

/// Sizes, or strides, of the axes of an array, outermost first.
using Dims = std::vector<int64_t>;

/// No array here has more elements; products stay far from overflow.
constexpr int64_t mostElements = int64_t(1) << 40;

/// a · b of two numbers that are not negative; a fault beyond `mostElements`.
inline int64_t product(int64_t a, int64_t b) {
    int64_t r;
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &r) || r > mostElements) fail(Trouble::tooLarge, "an array of this network would have more than 2^40 elements");
    return r;
}

inline int64_t count(const Dims &dims, size_t from = 0, size_t to = SIZE_MAX) {
    int64_t n = 1;
    for (size_t i = from; i < dims.size() && i < to; i++) n = product(n, dims[i]);
    return n;
}

/// Strides of a row-major array.
inline Dims rowMajor(const Dims &dims) {
    Dims strides(dims.size());
    int64_t n = 1;
    for (size_t i = dims.size(); i-- > 0;) { strides[i] = n; n *= dims[i]; }
    return strides;
}

/// Strides of `dims` as part of an array of shape `whole`, 0 along stretched axes.
inline Dims stretched(const Dims &dims, const Dims &strides, const Dims &whole) {
    Dims s(whole.size(), 0);
    for (size_t i = 0; i < dims.size(); i++) if (dims[i] != 1) s[whole.size() - dims.size() + i] = strides[i];
    return s;
}

/// "1x3x32x32", for messages.
inline std::string text(const Dims &dims) {
    std::string s;
    for (size_t i = 0; i < dims.size(); i++) s += (i ? "x" : "") + std::to_string(dims[i]);
    return s.empty() ? "a single number" : s;
}

/// An axis counted from the end when negative.
inline int64_t axisIn(int64_t axis, int64_t rank) {
    if (axis < -rank || axis >= rank) fail(Trouble::badShape, "axis " + std::to_string(axis) + " does not exist in an array of " + std::to_string(rank) + " axes");
    return axis < 0 ? axis + rank : axis;
}

/// The shape both operands of an arithmetic operator are stretched to.
inline Dims broadcast(const Dims &a, const Dims &b) {
    Dims out(std::max(a.size(), b.size()));
    for (size_t i = 0; i < out.size(); i++) {
        int64_t x = i + a.size() < out.size() ? 1 : a[i + a.size() - out.size()], y = i + b.size() < out.size() ? 1 : b[i + b.size() - out.size()];
        if (x != y && x != 1 && y != 1) fail(Trouble::badShape, "shapes " + text(a) + " and " + text(b) + " do not fit together");
        out[i] = x == 1 ? y : x;
    }
    return out;
}

} // namespace neural
