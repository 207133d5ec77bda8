#pragma once
#include "Operators/SlabConvolution.h"

namespace neural {

/// What convolutions and pools share: kernel, strides, dilations, padding and the size that follows.
/// `kernel` is the kernel's spatial shape; `in` the input's.
struct Window {
    Dims kernel, stride, dilation, padBegin, padEnd, out;
    Window(const Node &node, const Dims &in, const Dims &kernel);
};

/// A number from a file that must lie in [least, 2^31).
int64_t checked(int64_t value, int64_t least, const char *what);
/// A list of an attribute with one number an axis, or so many times `fallback`.
Dims listOf(const Node &node, const char *key, size_t length, int64_t fallback, int64_t least);

} // namespace neural
