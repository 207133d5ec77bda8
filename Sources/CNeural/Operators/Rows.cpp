#include "Operators/AxisFilter.h"
#include "Operators/Operator.h"
#include "Plan/Planner.h"
#include <algorithm>
#include <cmath>

namespace neural {

namespace {

/// Softmax of `length` numbers that lie `inner` apart.
class SoftmaxStep : public Step {
public:
    bool logarithm = false;
    int source = -1, target = -1;
    int64_t outer = 1, length = 1, inner = 1;
    static constexpr int64_t block = 64;

    int64_t blocks() const { return (inner + block - 1) / block; }
    int64_t rowsPerPiece() const { return inner == 1 ? std::max<int64_t>(1, 4096 / std::max<int64_t>(1, length)) : 1; }
    int64_t pieces() const override { return (outer * blocks() + rowsPerPiece() - 1) / rowsPerPiece(); }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        for (int64_t r = piece * rowsPerPiece(); r < std::min(outer * blocks(), (piece + 1) * rowsPerPiece()); r++) row(r, memory);
    }

private:
    void row(int64_t r, const Memory &memory) const {
        int64_t from = r % blocks() * block, n = std::min(block, inner - from), at = r / blocks() * length * inner + from;
        const float *x = memory.get(source) + at;
        float *y = memory.get(target) + at, most[block];
        double sum[block];
        std::fill(most, most + n, -INFINITY);
        std::fill(sum, sum + n, 0);
        for (int64_t i = 0; i < length; i++) for (int64_t k = 0; k < n; k++) most[k] = std::max(most[k], x[i * inner + k]);
        for (int64_t i = 0; i < length; i++) for (int64_t k = 0; k < n; k++) {
            float e = std::exp(x[i * inner + k] - most[k]);
            sum[k] += e;
            y[i * inner + k] = logarithm ? x[i * inner + k] - most[k] : e;
        }
        for (int64_t k = 0; k < n; k++) sum[k] = logarithm ? std::log(sum[k]) : 1 / sum[k];
        for (int64_t i = 0; i < length; i++) for (int64_t k = 0; k < n; k++) {
            float &v = y[i * inner + k];
            v = float(logarithm ? v - sum[k] : v * sum[k]);
        }
    }
};

/// Rows brought to mean 0 and variance 1, then scaled and shifted element by element.
class LayerStep : public Step {
public:
    int source = -1, target = -1, means = -1, inverses = -1;
    int64_t rows = 0, length = 0;
    double epsilon = 0;
    std::vector<float> scale, offset;
    int64_t rowsPerPiece() const { return std::max<int64_t>(1, 4096 / std::max<int64_t>(1, length)); }
    int64_t pieces() const override { return (rows + rowsPerPiece() - 1) / rowsPerPiece(); }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        for (int64_t r = piece * rowsPerPiece(); r < std::min(rows, (piece + 1) * rowsPerPiece()); r++) {
            const float *x = memory.get(source) + r * length;
            float *y = memory.get(target) + r * length;
            double mean = 0, square = 0;
            for (int64_t i = 0; i < length; i++) mean += x[i];
            mean /= double(length);
            for (int64_t i = 0; i < length; i++) square += (x[i] - mean) * (x[i] - mean);
            double inverse = 1 / std::sqrt(square / double(length) + epsilon);
            for (int64_t i = 0; i < length; i++) y[i] = float((x[i] - mean) * inverse) * scale[size_t(i)] + offset[size_t(i)];
            memory.get(means)[r] = float(mean);
            memory.get(inverses)[r] = float(inverse);
        }
    }
};

std::vector<float> scaleOf(const ConstantRef &c, const Dims &shape, float fallback) {
    if (!c) return std::vector<float>(size_t(count(shape)), fallback);
    if (broadcast(c->dims, shape) != shape) fail(Trouble::badShape, "a scale of " + text(c->dims) + " does not fit " + text(shape));
    return stretchedTo(c, shape)->floats();
}

} // namespace

void planSoftmax(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    bool old = p.graph.model->opset < 13;
    size_t axis = size_t(axisIn(p.source(t).integer("axis", old ? 1 : -1), std::max<int64_t>(1, int64_t(d.size()))));
    auto step = std::make_unique<SoftmaxStep>();
    step->logarithm = p.source(t).op == "LogSoftmax";
    Layout layout = old ? Layout::plain : p.layoutOf(x);
    if (old) {
        step->outer = count(d, 0, axis);
        step->length = count(d, axis);
    } else {
        bool after = false;
        for (int a : memoryOrder(layout, d.size())) {
            if (a == int(axis)) { after = true; step->length = d[axis]; }
            else (after ? step->inner : step->outer) *= d[a];
        }
    }
    if (count(d) == 0) step->outer = 0;
    step->source = p.place(x, layout);
    step->target = p.newBuffer(count(d));
    step->reads = {step->source};
    step->writes = {step->target};
    int source = step->source, target = step->target;
    p.add(std::move(step));
    p.mayShare(source, target);
    p.define(t.output, d, layout, Storage::float32, target);
}

void planLayerNormalization(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    size_t axis = size_t(axisIn(node.integer("axis", -1), int64_t(d.size())));
    auto step = std::make_unique<LayerStep>();
    Dims shape(d.begin() + int64_t(axis), d.end()), kept(d.begin(), d.begin() + int64_t(axis));
    kept.resize(d.size(), 1);
    step->rows = count(d, 0, axis);
    step->length = count(shape);
    if (step->length == 0) fail(Trouble::badShape, "a normalisation of nothing");
    step->epsilon = node.number("epsilon", 1e-5f);
    step->scale = scaleOf(p.known(t, 1), shape, 1);
    step->offset = scaleOf(p.known(t, 2), shape, 0);
    step->source = p.place(x, Layout::plain);
    step->target = p.newBuffer(count(d));
    step->means = p.newBuffer(step->rows);
    step->inverses = p.newBuffer(step->rows);
    step->reads = {step->source};
    step->writes = {step->target, step->means, step->inverses};
    int source = step->source, target = step->target, means = step->means, inverses = step->inverses;
    p.add(std::move(step));
    p.mayShare(source, target);
    p.define(t.output, d, Layout::plain, Storage::float32, target);
    auto &outputs = p.node(t).outputs;
    if (outputs.size() > 1) p.define(outputs[1], kept, Layout::plain, Storage::float32, means);
    if (outputs.size() > 2) p.define(outputs[2], kept, Layout::plain, Storage::float32, inverses);
}

} // namespace neural
