#include "Kernels/Vector.h"
#include "Operators/Operator.h"
#include "Operators/Window.h"
#include <cmath>

namespace neural {

namespace {

NEURAL_VECTOR void takeMost(const float *x, float *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = x[i] > y[i] ? x[i] : y[i];
}
NEURAL_VECTOR void addTo(const float *x, float *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] += x[i];
}
NEURAL_VECTOR void multiply(float f, float *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] *= f;
}

/// The largest value, or the mean, of windows; channels last. Always three spatial axes.
class PoolingStep : public Step {
public:
    bool mean = false, countsPadding = false;
    Dims in, out, kernel, stride, dilation, padBegin, padEnd;
    int64_t images = 0, channels = 0;
    int source = -1, target = -1;

    int64_t pieces() const override { return images * out[0] * out[1]; }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        int64_t h = piece % out[1], d = piece / out[1] % out[0], image = piece / out[1] / out[0];
        const float *x = memory.get(source) + image * count(in) * channels;
        float *y = memory.get(target) + piece * out[2] * channels;
        for (int64_t w = 0; w < out[2]; w++) window(x, {d, h, w}, y + w * channels);
    }

private:
    void window(const float *x, std::array<int64_t, 3> at, float *y) const {
        int64_t from[3], taps[3], covered = 1, inside = 1;
        for (int a = 0; a < 3; a++) {
            int64_t start = at[a] * stride[a] - padBegin[a];
            int64_t skip = start < 0 ? (-start + dilation[a] - 1) / dilation[a] : 0;
            from[a] = start + skip * dilation[a];
            auto until = [&](int64_t limit) { return limit > start ? std::min(kernel[a], (limit - start + dilation[a] - 1) / dilation[a]) : 0; };
            taps[a] = std::max<int64_t>(0, until(in[a]) - skip);
            covered *= until(in[a] + padEnd[a]);
            inside *= taps[a];
        }
        for (int64_t c = 0; c < channels; c++) y[c] = mean ? 0 : -INFINITY;
        for (int64_t i = 0; i < taps[0]; i++) for (int64_t j = 0; j < taps[1]; j++) for (int64_t k = 0; k < taps[2]; k++) {
            const float *p = x + (((from[0] + i * dilation[0]) * in[1] + from[1] + j * dilation[1]) * in[2] + from[2] + k * dilation[2]) * channels;
            if (mean) addTo(p, y, channels);
            else takeMost(p, y, channels);
        }
        if (mean) multiply(1 / float(std::max<int64_t>(1, countsPadding ? covered : inside)), y, channels);
    }
};

} // namespace

void planPooling(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    if (d.size() < 3 || d.size() > 5 || count(d) == 0) fail(Trouble::unsupported, "pooling of " + text(d) + "; this engine knows one to three spatial axes");
    if (p.node(t).outputs.size() > 1 && p.node(t).outputs[1] >= 0) fail(Trouble::unsupported, "it is asked where its largest values lay, which this engine does not tell");
    Window w(node, Dims(d.begin() + 2, d.end()), listOf(node, "kernel_shape", d.size() - 2, 0, 1));
    auto step = std::make_unique<PoolingStep>();
    step->mean = node.op == "AveragePool";
    step->countsPadding = node.integer("count_include_pad", 0) != 0;
    auto three = [](Dims v, int64_t fill) {
        v.insert(v.begin(), 3 - v.size(), fill);
        return v;
    };
    step->in = three(Dims(d.begin() + 2, d.end()), 1);
    step->out = three(w.out, 1);
    step->kernel = three(w.kernel, 1);
    step->stride = three(w.stride, 1);
    step->dilation = three(w.dilation, 1);
    step->padBegin = three(w.padBegin, 0);
    step->padEnd = three(w.padEnd, 0);
    step->images = d[0];
    step->channels = d[1];
    Dims out{d[0], d[1]};
    out.insert(out.end(), w.out.begin(), w.out.end());
    step->source = p.place(x, Layout::channelsLast);
    step->target = p.newBuffer(count(out));
    step->reads = {step->source};
    step->writes = {step->target};
    int target = step->target;
    p.add(std::move(step));
    p.define(t.output, out, Layout::channelsLast, Storage::float32, target);
}

} // namespace neural
