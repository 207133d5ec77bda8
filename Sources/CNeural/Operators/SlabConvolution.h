#pragma once
#include "Plan/Planner.h"

namespace neural {

/// Sizes of a convolution, spatial axes outermost first.
struct ConvolutionShape {
    int64_t batch, groups;
    Dims in, kernel, stride, dilation, padBegin, padEnd, out;
    int64_t rank() const { return int64_t(in.size()); }
};

/// A convolution on channels-last images, done slab by slab along the first spatial axis with oneDNN on one thread each: a slab's result is
/// still in the cache when what follows looks at it, and the slabs, so the results, do not depend on the number of threads.
class SlabConvolution {
public:
    struct Settings {
        ConvolutionShape shape;
        int64_t channelsIn, channelsOut;
        Storage in, out;
        /// Adds to what the target holds already.
        bool accumulates = false;
        Activation function;
    };
    /// `weights` gives float32 weights, output channel outermost, as oneDNN's plain formats; called only when they are not packed yet.
    /// `biases` has a number for each output channel, or none.
    SlabConvolution(const Settings &settings, int64_t slabRows, const std::function<std::vector<float>()> &weights, std::vector<dnnl::memory> &packed, const std::vector<float> &biases);

    /// Whether oneDNN does this function along with the convolution.
    static bool takesAlong(const Activation &f);
    /// Slabs of an image.
    int64_t slabs() const { return int64_t(slabList.size()); }
    /// The rows of the output that a slab covers.
    std::pair<int64_t, int64_t> rows(int64_t slab) const { return {slabList[slab].from, slabList[slab].to}; }
    /// Convolves a slab of one image; `target` is where the slab begins.
    void run(int64_t slab, const uint8_t *image, uint8_t *target, Worker &worker) const;

private:
    struct Variant {
        dnnl::convolution_forward::primitive_desc description;
        dnnl::convolution_forward primitive;
        dnnl::memory weights;
    };
    struct Slab { int64_t from, to, firstInput; int variant; };
    Settings settings;
    std::vector<Variant> variants;
    std::vector<Slab> slabList;
    dnnl::memory bias;
    int64_t rowBytes = 0;
    Variant make(int64_t rowsIn, int64_t rowsOut, int64_t padBegin, int64_t padEnd) const;
    /// Groups where there are several, output and input channels of each, kernel.
    Dims weightDims() const;
};

/// How many rows a slab should have so that its output stays in the second cache.
int64_t slabRowsFor(const ConvolutionShape &shape, int64_t channelsOut, Storage storage);

} // namespace neural
