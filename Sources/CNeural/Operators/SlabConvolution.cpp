#include "Operators/SlabConvolution.h"
#include <algorithm>

namespace neural {

using Tag = dnnl::memory::format_tag;
using Data = dnnl::memory::data_type;

static Data dataType(Storage s) { return s == Storage::float32 ? Data::f32 : Data::bf16; }

int64_t slabRowsFor(const ConvolutionShape &shape, int64_t channelsOut, Storage storage) {
    int64_t rows = shape.out[0], bytes = channelsOut * bytesOf(storage) * count(shape.out, 1);
    // A third of a typical second cache; deep kernels read more planes than they write, and want at least a few at a time.
    int64_t best = std::max<int64_t>(1, (384 << 10) / std::max<int64_t>(1, bytes));
    if (shape.rank() == 3 && shape.kernel[0] > 1) best = std::max<int64_t>(best, 2);
    best = std::min(best, std::max<int64_t>(1, (rows + 3) / 4));
    for (int64_t r = best; r * 2 > best; r--) if (rows % r == 0) return r;
    return best;
}

bool SlabConvolution::takesAlong(const Activation &f) { return f.kind == Activation::leaky; }

SlabConvolution::SlabConvolution(const Settings &s, int64_t slabRows, const std::function<std::vector<float>()> &weights, std::vector<dnnl::memory> &packed, const std::vector<float> &biases)
    : settings(s) {
    OneThread one;
    const ConvolutionShape &c = s.shape;
    rowBytes = count(c.in, 1) * s.channelsIn * bytesOf(s.in);
    if (!biases.empty()) {
        if (int64_t(biases.size()) != s.channelsOut) fail(Trouble::fault, "a bias of the wrong size");
        bias = dnnl::memory({{s.channelsOut}, Data::f32, Tag::x}, processor());
        memcpy(bias.get_data_handle(), biases.data(), biases.size() * 4);
    }
    int64_t reach = (c.kernel[0] - 1) * c.dilation[0] + 1;
    std::map<std::array<int64_t, 4>, int> known;
    for (int64_t from = 0; from < c.out[0]; from += slabRows) {
        int64_t to = std::min(c.out[0], from + slabRows);
        int64_t first = from * c.stride[0] - c.padBegin[0], end = (to - 1) * c.stride[0] - c.padBegin[0] + reach;
        int64_t begin = std::max<int64_t>(0, first), stop = std::min(c.in[0], end);
        if (begin >= stop) {
            // A slab that sees padding only: do the whole image at once instead.
            if (slabRows < c.out[0]) { *this = SlabConvolution(s, c.out[0], weights, packed, biases); return; }
            fail(Trouble::unsupported, "its padding is wider than its input");
        }
        std::array<int64_t, 4> key{stop - begin, to - from, begin - first, end - stop};
        auto it = known.find(key);
        if (it == known.end()) {
            variants.push_back(make(key[0], key[1], key[2], key[3]));
            Variant &v = variants.back();
            dnnl::memory::desc wanted = v.description.weights_desc();
            auto have = std::find_if(packed.begin(), packed.end(), [&](const dnnl::memory &m) { return m.get_desc() == wanted; });
            if (have == packed.end()) {
                std::vector<float> plain = weights();
                int64_t n = c.rank();
                Dims d = weightDims();
                Tag tag = c.groups > 1 ? (n == 2 ? Tag::goihw : Tag::goidhw) : (n == 2 ? Tag::oihw : Tag::oidhw);
                if (count(d) != int64_t(plain.size())) fail(Trouble::fault, "weights of the wrong size");
                dnnl::memory source({d, Data::f32, tag}, processor(), plain.data()), target(wanted, processor());
                dnnl::stream stream(processor());
                dnnl::reorder(source, target).execute(stream, source, target);
                stream.wait();
                packed.push_back(target);
                v.weights = target;
            } else {
                v.weights = *have;
            }
            it = known.emplace(key, int(variants.size()) - 1).first;
        }
        slabList.push_back({from, to, begin, it->second});
    }
}

Dims SlabConvolution::weightDims() const {
    const ConvolutionShape &c = settings.shape;
    Dims d{settings.channelsOut / c.groups, settings.channelsIn / c.groups};
    if (c.groups > 1) d.insert(d.begin(), c.groups);
    d.insert(d.end(), c.kernel.begin(), c.kernel.end());
    return d;
}

SlabConvolution::Variant SlabConvolution::make(int64_t rowsIn, int64_t rowsOut, int64_t padBegin, int64_t padEnd) const {
    const ConvolutionShape &c = settings.shape;
    size_t n = c.in.size();
    Dims in{1, settings.channelsIn, rowsIn}, out{1, settings.channelsOut, rowsOut}, left{padBegin}, right{padEnd}, dilates;
    for (size_t i = 1; i < n; i++) {
        in.push_back(c.in[i]);
        out.push_back(c.out[i]);
        left.push_back(c.padBegin[i]);
        right.push_back(std::max<int64_t>(0, (c.out[i] - 1) * c.stride[i] + (c.kernel[i] - 1) * c.dilation[i] + 1 - c.in[i] - c.padBegin[i]));
    }
    for (int64_t d : c.dilation) dilates.push_back(d - 1);
    Tag last = n == 2 ? Tag::nhwc : Tag::ndhwc;
    dnnl::memory::desc source(in, dataType(settings.in), last), weights(weightDims(), dataType(settings.in), Tag::any), b({settings.channelsOut}, Data::f32, Tag::x), target(out, dataType(settings.out), last);
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops after;
    if (settings.accumulates) after.append_sum(1.0f);
    if (settings.function.kind == Activation::leaky) after.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, settings.function.alpha, 0);
    attr.set_post_ops(after);
    auto kind = dnnl::prop_kind::forward_inference;
    auto how = dnnl::algorithm::convolution_direct;
    dnnl::convolution_forward::desc desc = bias ? dnnl::convolution_forward::desc(kind, how, source, weights, b, target, c.stride, dilates, left, right)
                                                : dnnl::convolution_forward::desc(kind, how, source, weights, target, c.stride, dilates, left, right);
    dnnl::convolution_forward::primitive_desc description(desc, attr, processor());
    // Blocks of 16 channels waste a quarter of the work on 24; the AVX2 kernel's blocks of 8 do not, and are as fast where the input is narrow.
    if (settings.in == Storage::float32 && c.groups == 1 && settings.channelsOut % 16 == 8 && settings.channelsOut < 64 && settings.channelsIn <= 32) {
        dnnl::convolution_forward::primitive_desc other(desc, attr, processor());
        do {
            if (std::string(other.impl_info_str()) == "jit:avx2") { description = other; break; }
        } while (other.next_impl());
    }
    return {description, dnnl::convolution_forward(description), {}};
}

void SlabConvolution::run(int64_t slab, const uint8_t *image, uint8_t *target, Worker &worker) const {
    const Slab &s = slabList[slab];
    const Variant &v = variants[s.variant];
    auto handle = const_cast<uint8_t *>(image) + s.firstInput * rowBytes;
    dnnl::memory in(v.description.src_desc(), processor(), handle), out(v.description.dst_desc(), processor(), target);
    std::unordered_map<int, dnnl::memory> arguments{{DNNL_ARG_SRC, in}, {DNNL_ARG_WEIGHTS, v.weights}, {DNNL_ARG_DST, out}};
    if (bias) arguments.emplace(DNNL_ARG_BIAS, bias);
    size_t scratch = v.description.scratchpad_desc().get_size();
    if (scratch) arguments.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(v.description.scratchpad_desc(), processor(), worker.room(1, scratch)));
    v.primitive.execute(worker.stream, arguments);
}

} // namespace neural
