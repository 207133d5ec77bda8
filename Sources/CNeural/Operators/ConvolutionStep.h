#pragma once
#include "Operators/SlabConvolution.h"

namespace neural {

/// Mean and sum of squared deviations of every channel of every image, gathered from parts in a fixed order.
struct Statistics {
    int64_t images = 0, channels = 0, parts = 0;
    /// Pixels in each part of an image.
    std::vector<int64_t> pixels;
    std::vector<double> mean, deviation;
    void prepare(int64_t images, int64_t channels, std::vector<int64_t> pixels);
    double *meanOf(int64_t image, int64_t part) { return mean.data() + (image * parts + part) * channels; }
    double *deviationOf(int64_t image, int64_t part) { return deviation.data() + (image * parts + part) * channels; }
    /// The parts joined (Chan's formula), into the first.
    void join(int64_t image);
};

/// A convolution over one image, or over several put together along the channels, with what follows on each slab while it is hot.
class ConvolutionStep : public Step {
public:
    std::vector<SlabConvolution> parts;
    std::vector<int> sources;
    std::vector<int64_t> sourceImageBytes;
    int target = -1;
    Storage storage = Storage::float32;
    int64_t images = 0, channels = 0, pixelsPerRow = 0, rowsPerImage = 0;
    /// So many images are planes of one, as far as statistics go.
    int64_t planes = 1;
    /// Added afterwards; -1: nothing is.
    int residual = -1;
    /// A function that oneDNN did not take along.
    Activation function;
    std::shared_ptr<Statistics> statistics;

    int64_t pieces() const override { return images * parts[0].slabs(); }
    void run(int64_t piece, const Memory &memory, Worker &worker) override;
    void finish(const Memory &) override;
    /// Has the statistics of the result gathered along the way.
    std::shared_ptr<Statistics> watch();
};

} // namespace neural
