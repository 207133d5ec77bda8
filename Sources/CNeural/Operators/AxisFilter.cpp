#include "Operators/AxisFilter.h"
#include "Kernels/Vector.h"
#include <algorithm>

namespace neural {

AxisFilter AxisFilter::pick(std::vector<int64_t> index, float outside) {
    AxisFilter f;
    f.weight.assign(index.size(), 1);
    f.index = std::move(index);
    f.outside = outside;
    return f;
}

NEURAL_VECTOR static void weigh(const float *x, int64_t step, const int64_t *index, const float *weight, int64_t taps, float *y, int64_t inner) {
    for (int64_t i = 0; i < inner; i++) y[i] = weight[0] * x[index[0] * step + i];
    for (int64_t t = 1; t < taps; t++) {
        const float *from = x + index[t] * step;
        float w = weight[t];
        for (int64_t i = 0; i < inner; i++) y[i] += w * from[i];
    }
}

namespace {

class FilterStep : public Step {
public:
    AxisFilter filter;
    int source, target;
    int64_t outer, length, inner;

    int64_t pieces() const override { return outer * filter.size() * inner == 0 ? 0 : std::min<int64_t>(64, outer * filter.size()); }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        int64_t size = filter.size(), n = pieces(), all = outer * size;
        const float *x = memory.get(source);
        float *y = memory.get(target);
        for (int64_t r = all * piece / n; r < all * (piece + 1) / n; r++) {
            int64_t o = r / size, j = r % size;
            const int64_t *index = filter.index.data() + j * filter.taps;
            const float *weight = filter.weight.data() + j * filter.taps, *from = x + o * length * inner;
            float *to = y + r * inner;
            if (index[0] < 0) std::fill(to, to + inner, filter.outside);
            else if (filter.taps == 1 && weight[0] == 1) std::copy(from + index[0] * inner, from + (index[0] + 1) * inner, to);
            else weigh(from, inner, index, weight, filter.taps, to, inner);
        }
    }
};

ConstantRef filtered(const ConstantRef &c, size_t axis, const AxisFilter &f) {
    Dims out = c->dims;
    out[axis] = f.size();
    int64_t outer = count(c->dims, 0, axis), inner = count(c->dims, axis + 1), length = c->dims[axis];
    if (count(out) > 1 << 26) fail(Trouble::tooLarge, "a constant of more than 64 million numbers");
    std::vector<double> x = c->numbers(), y;
    for (int64_t o = 0; o < outer; o++) for (int64_t j = 0; j < f.size(); j++) for (int64_t i = 0; i < inner; i++) {
        double v = 0;
        for (int64_t t = 0; t < f.taps; t++) {
            int64_t k = f.index[j * f.taps + t];
            v += k < 0 ? f.outside : f.weight[j * f.taps + t] * x[(o * length + k) * inner + i];
        }
        y.push_back(v);
    }
    return Constant::make(c->type, out, y);
}

} // namespace

int filterAxis(Planner &p, int source, Dims &dims, Layout layout, size_t axis, const AxisFilter &filter) {
    auto step = std::make_unique<FilterStep>();
    std::vector<int> order = memoryOrder(layout, dims.size());
    step->outer = step->inner = 1;
    bool after = false;
    for (int a : order) {
        if (a == int(axis)) after = true;
        else (after ? step->inner : step->outer) = product(after ? step->inner : step->outer, dims[a]);
    }
    step->length = dims[axis];
    step->filter = filter;
    dims[axis] = filter.size();
    step->source = source;
    step->target = p.newBuffer(count(dims));
    step->reads = {source};
    step->writes = {step->target};
    int target = step->target;
    p.add(std::move(step));
    return target;
}

void planFilters(Planner &p, int value, int output, const std::vector<std::pair<size_t, AxisFilter>> &filters) {
    if (ConstantRef c = p.constant(value)) {
        for (auto &[axis, f] : filters) c = filtered(c, axis, f);
        return p.define(output, c);
    }
    if (filters.empty()) return p.alias(output, value, p.dims(value));
    Layout layout = p.layoutOf(value);
    Dims dims = p.dims(value);
    int buffer = p.place(value, layout);
    for (auto &[axis, f] : filters) buffer = filterAxis(p, buffer, dims, layout, axis, f);
    p.define(output, dims, layout, Storage::float32, buffer);
}

ConstantRef viewed(const ConstantRef &c, Dims dims, int64_t offset, const Dims &strides) {
    if (count(dims) > 1 << 26) fail(Trouble::tooLarge, "a constant of more than 64 million numbers");
    std::vector<double> x = c->numbers(), y;
    for (int64_t i = 0, n = count(dims); i < n; i++) {
        int64_t rest = i, at = offset;
        for (size_t k = dims.size(); k-- > 0; rest /= dims[k]) at += rest % dims[k] * strides[k];
        y.push_back(x[at]);
    }
    return Constant::make(c->type, std::move(dims), y);
}

ConstantRef stretchedTo(const ConstantRef &c, const Dims &shape) { return viewed(c, shape, 0, stretched(c->dims, rowMajor(c->dims), shape)); }

} // namespace neural
