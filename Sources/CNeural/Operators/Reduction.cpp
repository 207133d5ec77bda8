#include "Operators/Operator.h"
#include "Plan/Planner.h"
#include <algorithm>
#include <cmath>

namespace neural {

namespace {

enum class Reduction { mean, sum, most, least, product };

Reduction reductionNamed(const std::string &op) {
    if (op == "ReduceMean" || op == "GlobalAveragePool") return Reduction::mean;
    if (op == "ReduceSum") return Reduction::sum;
    if (op == "ReduceMax" || op == "GlobalMaxPool") return Reduction::most;
    return op == "ReduceMin" ? Reduction::least : Reduction::product;
}

double start(Reduction kind) { return kind == Reduction::most ? -INFINITY : kind == Reduction::least ? INFINITY : kind == Reduction::product ? 1 : 0; }

double joined(Reduction kind, double a, double b) {
    switch (kind) {
    case Reduction::mean: case Reduction::sum: return a + b;
    case Reduction::most: return std::max(a, b);
    case Reduction::least: return std::min(a, b);
    case Reduction::product: return a * b;
    }
    return 0;
}

/// Joins `length` rows of `inner` numbers into one, `outer` times, in double precision.
class ReduceStep : public Step {
public:
    Reduction kind;
    int source = -1, target = -1;
    int64_t outer = 1, length = 1, inner = 1;
    static constexpr int64_t block = 64;

    int64_t blocks() const { return (inner + block - 1) / block; }
    int64_t pieces() const override { return outer * blocks(); }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        int64_t o = piece / blocks(), from = piece % blocks() * block, n = std::min(block, inner - from);
        const float *x = memory.get(source) + o * length * inner + from;
        double sums[block];
        std::fill(sums, sums + n, start(kind));
        for (int64_t i = 0; i < length; i++) for (int64_t k = 0; k < n; k++) sums[k] = joined(kind, sums[k], x[i * inner + k]);
        float *y = memory.get(target) + o * inner + from;
        for (int64_t k = 0; k < n; k++) y[k] = float(kind == Reduction::mean ? sums[k] / double(length) : sums[k]);
    }
};

ConstantRef reduced(const ConstantRef &c, Reduction kind, const std::vector<bool> &gone, const Dims &kept) {
    std::vector<double> x = c->numbers(), y(size_t(count(kept)), start(kind));
    Dims strides = rowMajor(kept);
    for (int64_t i = 0, n = c->size(); i < n; i++) {
        int64_t rest = i, at = 0;
        for (size_t k = kept.size(); k-- > 0; rest /= c->dims[k]) if (!gone[k]) at += rest % c->dims[k] * strides[k];
        y[size_t(at)] = joined(kind, y[size_t(at)], x[size_t(i)]);
    }
    if (kind == Reduction::mean) for (double &v : y) v /= double(c->size()) / double(y.size());
    return Constant::make(c->type, kept, y);
}

void plan(Planner &p, int x, int output, Reduction kind, const std::vector<bool> &gone, bool keeps) {
    const Dims d = p.dims(x);
    Dims kept = d, squeezed;
    for (size_t i = 0; i < d.size(); i++) {
        if (gone[i]) kept[i] = 1;
        else squeezed.push_back(d[i]);
    }
    if (ConstantRef c = p.constant(x)) {
        if (count(kept) > 1 << 26) fail(Trouble::tooLarge, "a constant of more than 64 million numbers");
        p.define(output, reduced(c, kind, gone, kept));
        return p.alias(output, output, keeps ? kept : squeezed);
    }
    auto step = std::make_unique<ReduceStep>();
    step->kind = kind;
    Layout layout = p.layoutOf(x);
    int phase = 0;
    bool together = true;
    for (int a : memoryOrder(layout, d.size())) {
        if (d[a] == 1) continue;
        if (gone[a] && phase == 0) phase = 1;
        if (!gone[a] && phase == 1) phase = 2;
        if (gone[a] && phase == 2) together = false;
        int64_t &n = phase == 0 ? step->outer : phase == 1 ? step->length : step->inner;
        n = product(n, d[a]);
    }
    if (together) {
        step->source = p.place(x, layout);
    } else {
        // The axes that go are brought to the end.
        int from = p.place(x, layout), moved = p.newBuffer(count(d));
        Dims strides(d.size());
        int64_t n = 1;
        for (bool which : {true, false}) for (size_t i = d.size(); i-- > 0;) if (gone[i] == which) { strides[i] = n; n *= d[i]; }
        p.move(d, {from, Storage::float32, 0, stridesOf(layout, d)}, {moved, Storage::float32, 0, strides});
        step->source = moved;
        step->outer = count(kept);
        step->length = count(kept) ? count(d) / count(kept) : 0;
        step->inner = 1;
        layout = Layout::plain;
    }
    step->target = p.newBuffer(count(kept));
    step->reads = {step->source};
    step->writes = {step->target};
    int target = step->target;
    p.add(std::move(step));
    p.define(output, kept, layout, Storage::float32, target);
    if (!keeps) p.alias(output, output, squeezed);
}

} // namespace

void planReduce(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    int64_t rank = int64_t(p.dims(x).size());
    ConstantRef given = p.known(t, 1);
    std::vector<int64_t> axes = given ? given->integers() : node.integers("axes");
    if (axes.empty() && node.integer("noop_with_empty_axes", 0)) return p.alias(t.output, x, p.dims(x));
    std::vector<bool> gone(size_t(rank), axes.empty());
    for (int64_t a : axes) gone[size_t(axisIn(a, rank))] = true;
    plan(p, x, t.output, reductionNamed(node.op), gone, node.integer("keepdims", 1) != 0);
}

void planGlobalPooling(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    std::vector<bool> gone(p.dims(x).size(), true);
    if (gone.size() < 2) fail(Trouble::badShape, "pooling of " + text(p.dims(x)));
    gone[0] = gone[1] = false;
    plan(p, x, t.output, reductionNamed(p.source(t).op), gone, true);
}

} // namespace neural
