#include "Operators/FoldedNorm.h"
#include "Operators/Operator.h"
#include "Operators/SlabConvolution.h"
#include "Operators/Window.h"

namespace neural {

namespace {

/// Sizes of a ConvTranspose node.
struct Spread {
    int64_t groups;
    Dims in, kernel, stride, dilation, padBegin, out;
};

Spread spreadOf(const Node &node, const Dims &in, const Dims &weights) {
    size_t n = in.size() - 2;
    Spread s{checked(node.integer("group", 1), 1, "group"), Dims(in.begin() + 2, in.end()), Dims(weights.begin() + 2, weights.end()), listOf(node, "strides", n, 1, 1), listOf(node, "dilations", n, 1, 1), {}, {}};
    Dims pads = listOf(node, "pads", 2 * n, 0, 0), extra = listOf(node, "output_padding", n, 0, 0), wanted = node.integers("output_shape");
    if (wanted.size() == n + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
    if (!wanted.empty() && wanted.size() != n) fail(Trouble::badShape, "output_shape does not fit its input");
    std::string automatic = node.text("auto_pad", "NOTSET");
    for (size_t i = 0; i < n; i++) {
        checked(s.kernel[i], 1, "a kernel's size");
        int64_t full = product(s.stride[i], s.in[i] - 1) + extra[i] + product(s.kernel[i] - 1, s.dilation[i]) + 1, begin = pads[i], size = full - pads[i] - pads[n + i];
        bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
        if (same && wanted.empty()) size = product(s.in[i], s.stride[i]);
        if (!wanted.empty()) size = checked(wanted[i], 1, "output_shape");
        if (same || !wanted.empty()) {
            int64_t cut = std::max<int64_t>(0, full - size);
            begin = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
        }
        if (size < 1) fail(Trouble::badShape, "its result would be empty");
        s.padBegin.push_back(begin);
        s.out.push_back(size);
    }
    if (n == 1) for (Dims *l : {&s.in, &s.kernel, &s.stride, &s.dilation, &s.out, &s.padBegin}) l->insert(l->begin(), l == &s.padBegin ? 0 : 1);
    return s;
}

/// One of the interleaved lattices that make up the output: along each axis, points p, p + stride, p + 2·stride ...; each is an ordinary
/// convolution of the input with every stride-th tap of the kernel.
struct Lattice {
    /// First point and the kernel's first tap that reaches it.
    Dims point, firstTap;
    ConvolutionShape shape;
};

/// The lattices, or none when one of them would need negative padding: then oneDNN's own deconvolution does it.
std::vector<Lattice> latticesOf(const Spread &s) {
    std::vector<Lattice> list{{{}, {}, {1, 1, s.in, {}, {}, {}, {}, {}, {}}}};
    for (size_t i = 0; i < s.in.size(); i++) {
        std::vector<Lattice> next;
        for (auto &l : list) for (int64_t p = 0; p < std::min(s.stride[i], s.out[i]); p++) {
            Lattice m = l;
            int64_t tap = (p + s.padBegin[i]) % s.stride[i], taps = tap < s.kernel[i] ? (s.kernel[i] - tap + s.stride[i] - 1) / s.stride[i] : 0;
            int64_t size = (s.out[i] - p + s.stride[i] - 1) / s.stride[i], begin = taps - 1 - (p + s.padBegin[i] - tap) / s.stride[i];
            int64_t end = size + taps - 1 - begin - s.in[i];
            if (taps == 0 || begin < 0 || end < 0 || begin >= taps || end >= taps) return {};
            m.point.push_back(p);
            m.firstTap.push_back(tap);
            m.shape.kernel.push_back(taps);
            m.shape.stride.push_back(1);
            m.shape.dilation.push_back(1);
            m.shape.padBegin.push_back(begin);
            m.shape.padEnd.push_back(end);
            m.shape.out.push_back(size);
            next.push_back(std::move(m));
        }
        list = std::move(next);
        if (list.size() > 512) return {};
    }
    return list;
}

/// Weights [in][out][taps] of the lattices, as [lattice][out][in][taps] with the taps reversed.
std::vector<float> latticeWeights(const std::vector<float> &w, int64_t channelsIn, int64_t channelsOut, const Spread &s, const std::vector<Lattice> &lattices, const std::vector<double> &factor) {
    std::vector<float> packed;
    Dims strides = rowMajor(s.kernel);
    int64_t all = count(s.kernel);
    for (auto &l : lattices) {
        int64_t taps = count(l.shape.kernel);
        for (int64_t o = 0; o < channelsOut; o++) for (int64_t i = 0; i < channelsIn; i++) for (int64_t k = 0; k < taps; k++) {
            int64_t rest = k, at = 0;
            for (size_t a = s.kernel.size(); a-- > 0;) {
                int64_t m = l.shape.kernel[a] - 1 - rest % l.shape.kernel[a];
                rest /= l.shape.kernel[a];
                at += (l.firstTap[a] + m * s.stride[a]) * strides[a];
            }
            float v = w[(i * channelsOut + o) * all + at];
            packed.push_back(factor.empty() ? v : float(v * factor[o]));
        }
    }
    return packed;
}

/// Convolves a slab for several lattices at once and puts the results where they belong.
class SpreadStep : public Step {
public:
    struct Group { std::vector<Lattice> lattices; std::unique_ptr<SlabConvolution> convolution; };
    std::vector<Group> groups;
    Spread spread;
    int source = -1, target = -1;
    int64_t images = 0, channelsIn = 0, channels = 0, slabs = 0;
    Storage storage = Storage::float32;
    Activation function;

    int64_t pieces() const override { return images * slabs * int64_t(groups.size()); }
    void run(int64_t piece, const Memory &memory, Worker &worker) override {
        const Group &g = groups[piece % groups.size()];
        int64_t slab = piece / int64_t(groups.size()) % slabs, image = piece / int64_t(groups.size()) / slabs;
        if (slab >= g.convolution->slabs()) return;
        auto [from, to] = g.convolution->rows(slab);
        const Dims &out = g.lattices[0].shape.out;
        int64_t width = channels * int64_t(g.lattices.size()), each = bytesOf(storage), lines = count(out, 1, out.size() - 1), last = out.back();
        uint8_t *room = worker.room(0, size_t((to - from) * lines * last * width * each));
        g.convolution->run(slab, memory.at[source] + image * count(spread.in) * channelsIn * each, room, worker);
        if (function.kind != Activation::none && storage == Storage::float32) activate(function, reinterpret_cast<float *>(room), reinterpret_cast<float *>(room), (to - from) * lines * last * width);
        if (function.kind != Activation::none && storage == Storage::bfloat16) activateBrain(function, reinterpret_cast<uint16_t *>(room), (to - from) * lines * last * width);
        uint8_t *base = memory.at[target] + image * count(spread.out) * channels * each;
        for (int64_t row = from; row < to; row++) for (int64_t line = 0; line < lines; line++) for (size_t l = 0; l < g.lattices.size(); l++) {
            const Lattice &lattice = g.lattices[l];
            int64_t at = row * spread.stride[0] + lattice.point[0];
            if (out.size() == 3) at = at * spread.out[1] + line * spread.stride[1] + lattice.point[1];
            const uint8_t *in = room + (((row - from) * lines + line) * last * width + int64_t(l) * channels) * each;
            uint8_t *to = base + (at * spread.out.back() + lattice.point.back()) * channels * each;
            copy(in, to, last, width * each, spread.stride.back() * channels * each, channels * each);
        }
    }

private:
    static void copy(const uint8_t *in, uint8_t *out, int64_t n, int64_t stepIn, int64_t stepOut, int64_t bytes) {
        if (bytes % 32 == 0) {
            for (int64_t i = 0; i < n; i++) for (int64_t b = 0; b < bytes; b += 32) memcpy(out + i * stepOut + b, in + i * stepIn + b, 32);
        } else {
            for (int64_t i = 0; i < n; i++) memcpy(out + i * stepOut, in + i * stepIn, size_t(bytes));
        }
    }
};

/// oneDNN's own, for what lattices cannot express: dilation, groups, odd padding.
class DeconvolutionStep : public Step {
public:
    dnnl::deconvolution_forward::primitive_desc description;
    dnnl::deconvolution_forward primitive;
    dnnl::memory weights, bias;
    int source = -1, target = -1;
    int64_t elements = 0;
    Activation function;
    int64_t pieces() const override { return 1; }
    void run(int64_t, const Memory &memory, Worker &worker) override {
        dnnl::memory in(description.src_desc(), processor(), memory.at[source]), out(description.dst_desc(), processor(), memory.at[target]);
        dnnl::memory scratch(description.scratchpad_desc(), processor(), worker.room(1, description.scratchpad_desc().get_size()));
        primitive.execute(worker.stream, {{DNNL_ARG_SRC, in}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_BIAS, bias}, {DNNL_ARG_DST, out}, {DNNL_ARG_SCRATCHPAD, scratch}});
        auto y = reinterpret_cast<float *>(memory.at[target]);
        if (function.kind != Activation::none) activate(function, y, y, elements);
    }
};

std::unique_ptr<DeconvolutionStep> deconvolution(const Spread &s, int64_t images, int64_t channelsIn, int64_t channels, const std::vector<float> &w, const std::vector<float> &bias, const std::vector<double> &factor) {
    using Tag = dnnl::memory::format_tag;
    auto f32 = dnnl::memory::data_type::f32;
    OneThread one;
    size_t n = s.in.size();
    Tag last = n == 2 ? Tag::nhwc : Tag::ndhwc;
    Dims in{images, channelsIn}, out{images, channels}, dilates, right, wd{channels, channelsIn};
    int64_t each = channels / s.groups, eachIn = channelsIn / s.groups, taps = count(s.kernel);
    if (s.groups > 1) wd = {s.groups, each, eachIn};
    for (size_t i = 0; i < n; i++) {
        in.push_back(s.in[i]);
        out.push_back(s.out[i]);
        wd.push_back(s.kernel[i]);
        dilates.push_back(s.dilation[i] - 1);
        right.push_back((s.in[i] - 1) * s.stride[i] + (s.kernel[i] - 1) * s.dilation[i] + 1 - s.out[i] - s.padBegin[i]);
    }
    std::vector<float> turned;
    for (int64_t o = 0; o < channels; o++) for (int64_t i = 0; i < eachIn; i++) for (int64_t k = 0; k < taps; k++) {
        float v = w[((o / each * eachIn + i) * each + o % each) * taps + k];
        turned.push_back(factor.empty() ? v : float(v * factor[o]));
    }
    auto step = std::make_unique<DeconvolutionStep>();
    dnnl::memory::desc source(in, f32, last), target(out, f32, last), weights(wd, f32, Tag::any), b({channels}, f32, Tag::x);
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    step->description = {{dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, source, weights, b, target, s.stride, dilates, s.padBegin, right}, attr, processor()};
    step->primitive = dnnl::deconvolution_forward(step->description);
    Tag plain = s.groups > 1 ? (n == 2 ? Tag::goihw : Tag::goidhw) : (n == 2 ? Tag::oihw : Tag::oidhw);
    dnnl::memory given({wd, f32, plain}, processor(), turned.data());
    step->weights = dnnl::memory(step->description.weights_desc(), processor());
    dnnl::stream stream(processor());
    dnnl::reorder(given, step->weights).execute(stream, given, step->weights);
    stream.wait();
    step->bias = dnnl::memory(b, processor());
    memcpy(step->bias.get_data_handle(), bias.data(), bias.size() * 4);
    return step;
}

} // namespace

void planTransposedConvolution(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims in = p.dims(x);
    ConstantRef w = p.known(t, 1);
    if (in.size() < 3 || in.size() > 5 || w->dims.size() != in.size()) fail(Trouble::unsupported, "a transposed convolution of " + text(w->dims) + " on " + text(in));
    Spread s = spreadOf(node, in, w->dims);
    int64_t channels = product(w->dims[1], s.groups);
    if (w->dims[0] != in[1] || in[1] % s.groups || channels == 0 || count(in) == 0) fail(Trouble::badShape, "weights of " + text(w->dims) + " do not fit an input of " + text(in));
    FoldedWeights folded(p, t, channels);
    folded.bias.resize(channels);
    Dims out{in[0], channels};
    out.insert(out.end(), s.out.end() - int64_t(in.size() - 2), s.out.end());
    bool plain = s.groups == 1;
    for (int64_t d : s.dilation) plain = plain && d == 1;
    std::vector<Lattice> lattices = plain ? latticesOf(s) : std::vector<Lattice>();
    Storage storage = lattices.empty() ? Storage::float32 : p.precision;
    int source = p.place(x, Layout::channelsLast, storage), target = p.newBuffer(count(out), storage);
    if (lattices.empty()) {
        auto step = deconvolution(s, in[0], in[1], channels, w->floats(), folded.bias, folded.factor);
        step->source = source;
        step->target = target;
        step->elements = count(out);
        step->function = t.function;
        step->reads = {source};
        step->writes = {target};
        p.add(std::move(step));
        return p.define(t.output, out, Layout::channelsLast, storage, target);
    }
    auto step = std::make_unique<SpreadStep>();
    for (auto &l : lattices) {
        auto same = std::find_if(step->groups.begin(), step->groups.end(), [&](const SpreadStep::Group &g) {
            const ConvolutionShape &a = g.lattices[0].shape, &c = l.shape;
            return a.kernel == c.kernel && a.padBegin == c.padBegin && a.out == c.out;
        });
        if (same == step->groups.end()) step->groups.emplace_back().lattices.push_back(l);
        else same->lattices.push_back(l);
    }
    step->function = SlabConvolution::takesAlong(t.function) ? Activation() : t.function;
    for (auto &g : step->groups) {
        int64_t wide = product(channels, int64_t(g.lattices.size()));
        SlabConvolution::Settings settings{g.lattices[0].shape, in[1], wide, storage, storage, false, SlabConvolution::takesAlong(t.function) ? t.function : Activation()};
        // Which lattices are together depends on the size of the result too.
        std::string key = "of " + text(s.padBegin) + " " + text(s.stride) + " bn" + std::to_string(t.batchNorm) + (storage == Storage::bfloat16 ? " brain" : "") + " at";
        std::vector<float> biases;
        for (auto &l : g.lattices) {
            key += " " + text(l.point);
            biases.insert(biases.end(), folded.bias.begin(), folded.bias.end());
        }
        g.convolution = std::make_unique<SlabConvolution>(
            settings, slabRowsFor(settings.shape, wide, storage), [&] { return latticeWeights(w->floats(), in[1], channels, s, g.lattices, folded.factor); }, p.packed(folded.sources, key), biases);
        step->slabs = std::max(step->slabs, g.convolution->slabs());
    }
    step->spread = s;
    step->source = source;
    step->target = target;
    step->images = in[0];
    step->channelsIn = in[1];
    step->channels = channels;
    step->storage = storage;
    step->reads = {source};
    step->writes = {target};
    p.add(std::move(step));
    p.define(t.output, out, Layout::channelsLast, storage, target);
}

} // namespace neural
