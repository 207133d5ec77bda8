#include "Operators/ConvolutionStep.h"
#include "Operators/FoldedNorm.h"
#include "Operators/Operator.h"
#include "Operators/Window.h"

namespace neural {

namespace {

/// Sizes of a Conv node on an input of these dims. One spatial axis becomes two; a depth the kernel does not reach across becomes part of the batch.
ConvolutionShape shapeOf(const Node &node, const Dims &in, const Dims &weights, Dims &out) {
    Window w(node, Dims(in.begin() + 2, in.end()), Dims(weights.begin() + 2, weights.end()));
    out = {in[0], weights[0]};
    out.insert(out.end(), w.out.begin(), w.out.end());
    ConvolutionShape c{in[0], checked(node.integer("group", 1), 1, "group"), Dims(in.begin() + 2, in.end()), w.kernel, w.stride, w.dilation, w.padBegin, w.padEnd, w.out};
    Dims *lists[] = {&c.in, &c.kernel, &c.stride, &c.dilation, &c.padBegin, &c.padEnd, &c.out};
    if (c.rank() == 1) for (Dims *l : lists) l->insert(l->begin(), l == &c.padBegin || l == &c.padEnd ? 0 : 1);
    bool flat = c.rank() == 3 && c.kernel[0] == 1 && c.stride[0] == 1 && c.padBegin[0] == 0 && c.padEnd[0] == 0;
    if (flat) {
        c.batch = product(c.batch, c.in[0]);
        for (Dims *l : lists) l->erase(l->begin());
    }
    return c;
}

/// The weights of input channels [from, from + some), scaled for a folded normalisation.
std::vector<float> cut(const Constant &w, int64_t from, int64_t some, const std::vector<double> &factor) {
    std::vector<float> all = w.floats();
    int64_t perOutput = w.dims[0] ? w.size() / w.dims[0] : 0, taps = w.dims[1] ? perOutput / w.dims[1] : 0;
    std::vector<float> part;
    part.reserve(size_t(w.dims[0] * some * taps));
    for (int64_t o = 0; o < w.dims[0]; o++) for (int64_t i = from * taps; i < (from + some) * taps; i++) {
        float v = all[o * perOutput + i];
        part.push_back(factor.empty() ? v : float(v * factor[o]));
    }
    return part;
}

} // namespace

void planConvolution(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims in = p.dims(x);
    ConstantRef w = p.known(t, 1);
    if (in.size() < 3 || in.size() > 5 || w->dims.size() != in.size()) fail(Trouble::unsupported, "a convolution of " + text(w->dims) + " on " + text(in) + "; this engine knows one to three spatial axes");
    Dims out;
    ConvolutionShape shape = shapeOf(node, in, w->dims, out);
    int64_t channels = out[1];
    if (w->dims[1] * shape.groups != in[1] || channels % shape.groups || count(in) == 0 || channels == 0) fail(Trouble::badShape, "weights of " + text(w->dims) + " do not fit an input of " + text(in));
    int afterNorm = t.batchNorm >= 0 ? p.graph.nodes[t.batchNorm].outputs[0] : p.node(t).outputs[0];
    bool adds = t.add >= 0 && p.dims(t.other) == out, late = t.add >= 0 && !adds;

    FoldedWeights folded(p, t, channels);
    auto step = std::make_unique<ConvolutionStep>();
    int result = late ? afterNorm : t.output;
    bool last = p.graph.values[result].isOutput && p.graph.values[result].readers.empty();
    step->storage = last ? Storage::float32 : p.precision;
    Activation function = late ? Activation() : t.function;
    bool along = !adds && SlabConvolution::takesAlong(function);
    if (!along) step->function = function;

    std::vector<int> parts = shape.groups == 1 ? p.parts(x) : std::vector<int>();
    if (parts.empty()) parts = {x};
    std::string variant = "bn" + std::to_string(t.batchNorm) + (p.precision == Storage::bfloat16 ? " brain" : "");
    int64_t from = 0, rows = slabRowsFor(shape, channels, step->storage);
    for (size_t i = 0; i < parts.size(); i++) {
        int64_t some = p.dims(parts[i])[1];
        SlabConvolution::Settings s{shape, some, channels, p.precision, step->storage, i > 0, along && i + 1 == parts.size() ? function : Activation()};
        std::string key = variant + " from " + std::to_string(from) + " of " + std::to_string(some);
        step->parts.emplace_back(s, rows, [&] { return cut(*w, shape.groups == 1 ? from : 0, shape.groups == 1 ? some : w->dims[1], folded.factor); }, p.packed(folded.sources, key),
                                 i == 0 ? folded.bias : std::vector<float>());
        step->sources.push_back(p.place(parts[i], Layout::channelsLast, p.precision));
        step->sourceImageBytes.push_back(count(shape.in) * some * bytesOf(p.precision));
        step->reads.push_back(step->sources.back());
        from += some;
    }
    step->images = shape.batch;
    step->planes = shape.batch / in[0];
    step->channels = channels;
    step->pixelsPerRow = count(shape.out, 1);
    step->rowsPerImage = shape.out[0];
    if (adds) {
        step->residual = p.place(t.other, Layout::channelsLast, step->storage);
        step->reads.push_back(step->residual);
    }
    step->target = p.newBuffer(count(out), step->storage);
    step->writes = {step->target};
    int target = step->target;
    Storage storage = step->storage;
    bool straight = !adds && function.kind == Activation::none;
    ConvolutionStep &made = p.add(std::move(step));
    if (straight) p.convolutions[target] = &made;
    p.define(result, out, Layout::channelsLast, storage, target);
    if (late) planRest(p, t);
}

} // namespace neural
