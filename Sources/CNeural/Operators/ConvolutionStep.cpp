#include "Operators/ConvolutionStep.h"

namespace neural {

void Statistics::prepare(int64_t images, int64_t channels, std::vector<int64_t> pixels) {
    this->images = images;
    this->channels = channels;
    this->pixels = std::move(pixels);
    parts = int64_t(this->pixels.size());
    mean.resize(images * parts * channels);
    deviation.resize(mean.size());
}

void Statistics::join(int64_t image) {
    double *m = meanOf(image, 0), *d = deviationOf(image, 0);
    double n = double(pixels[0]);
    for (int64_t p = 1; p < parts; p++) {
        const double *mp = meanOf(image, p), *dp = deviationOf(image, p);
        double k = double(pixels[p]), sum = n + k;
        for (int64_t c = 0; c < channels; c++) {
            double delta = mp[c] - m[c];
            m[c] += delta * k / sum;
            d[c] += dp[c] + delta * delta * n * k / sum;
        }
        n = sum;
    }
}

std::shared_ptr<Statistics> ConvolutionStep::watch() {
    statistics = std::make_shared<Statistics>();
    std::vector<int64_t> pixels;
    for (int64_t i = 0; i < planes; i++) for (int64_t s = 0; s < parts[0].slabs(); s++) {
        auto [from, to] = parts[0].rows(s);
        pixels.push_back((to - from) * pixelsPerRow);
    }
    statistics->prepare(images / planes, channels, std::move(pixels));
    return statistics;
}

void ConvolutionStep::run(int64_t piece, const Memory &memory, Worker &worker) {
    int64_t slabs = parts[0].slabs(), image = piece / slabs, slab = piece % slabs;
    auto [from, to] = parts[0].rows(slab);
    int64_t at = (image * rowsPerImage + from) * pixelsPerRow * channels, pixels = (to - from) * pixelsPerRow;
    uint8_t *out = memory.at[target] + at * bytesOf(storage);
    for (size_t p = 0; p < parts.size(); p++) parts[p].run(slab, memory.at[sources[p]] + image * sourceImageBytes[p], out, worker);
    const uint8_t *other = residual < 0 ? nullptr : memory.at[residual] + at * bytesOf(storage);
    if (storage == Storage::float32) {
        auto y = reinterpret_cast<float *>(out);
        if (other) addActivate(function, y, reinterpret_cast<const float *>(other), pixels * channels);
        else if (function.kind != Activation::none) activate(function, y, y, pixels * channels);
    } else {
        auto y = reinterpret_cast<uint16_t *>(out);
        if (other) addActivateBrain(function, y, reinterpret_cast<const uint16_t *>(other), pixels * channels);
        else if (function.kind != Activation::none) activateBrain(function, y, pixels * channels);
    }
    if (!statistics) return;
    int64_t part = image % planes * slabs + slab;
    channelStatistics(storage, out, pixels, channels, statistics->meanOf(image / planes, part), statistics->deviationOf(image / planes, part));
}

void ConvolutionStep::finish(const Memory &) {
    if (statistics) for (int64_t i = 0; i < statistics->images; i++) statistics->join(i);
}

} // namespace neural
