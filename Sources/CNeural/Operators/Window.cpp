#include "Operators/Window.h"

namespace neural {

int64_t checked(int64_t value, int64_t least, const char *what) {
    if (value < least || value >= int64_t(1) << 31) fail(Trouble::badShape, std::string(what) + " is " + std::to_string(value) + ", which makes no sense");
    return value;
}

Dims listOf(const Node &node, const char *key, size_t length, int64_t fallback, int64_t least) {
    Dims list = node.integers(key);
    if (list.empty()) list.assign(length, fallback);
    if (list.size() != length) fail(Trouble::badShape, std::string(key) + " has " + std::to_string(list.size()) + " numbers where " + std::to_string(length) + " are due");
    for (int64_t v : list) checked(v, least, key);
    return list;
}

Window::Window(const Node &node, const Dims &in, const Dims &kernel) : kernel(kernel) {
    size_t n = in.size();
    stride = listOf(node, "strides", n, 1, 1);
    dilation = listOf(node, "dilations", n, 1, 1);
    Dims pads = listOf(node, "pads", 2 * n, 0, 0);
    std::string automatic = node.text("auto_pad", "NOTSET");
    bool ceiling = node.integer("ceil_mode", 0) != 0;
    for (size_t i = 0; i < n; i++) {
        int64_t reach = product(checked(kernel[i], 1, "a kernel's size") - 1, dilation[i]) + 1, begin = pads[i], end = pads[n + i], size;
        if (automatic == "VALID") begin = end = 0;
        if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
            size = (in[i] + stride[i] - 1) / stride[i];
            int64_t needed = std::max<int64_t>(0, (size - 1) * stride[i] + reach - in[i]);
            begin = automatic == "SAME_UPPER" ? needed / 2 : needed - needed / 2;
            end = needed - begin;
        } else {
            int64_t room = in[i] + begin + end - reach;
            if (room < 0) fail(Trouble::badShape, "its kernel of " + text(kernel) + " is larger than its input of " + text(in));
            size = (ceiling ? (room + stride[i] - 1) / stride[i] : room / stride[i]) + 1;
            // A window must not begin in the padding behind the image.
            if (ceiling && (size - 1) * stride[i] >= in[i] + begin) size--;
        }
        padBegin.push_back(begin);
        padEnd.push_back(end);
        out.push_back(size);
    }
}

} // namespace neural
