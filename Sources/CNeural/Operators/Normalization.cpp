#include "Operators/ConvolutionStep.h"
#include "Operators/FoldedNorm.h"
#include "Operators/Operator.h"
#include <cmath>

namespace neural {

FoldedNorm::FoldedNorm(Planner &p, const Task &t, int64_t channels) {
    std::vector<double> in[4];
    for (int i = 0; i < 4; i++) {
        in[i] = p.known(t, i + 1)->numbers();
        if (int64_t(in[i].size()) != channels) fail(Trouble::badShape, "a normalisation of " + std::to_string(in[i].size()) + " channels follows " + std::to_string(channels));
    }
    double epsilon = p.source(t).number("epsilon", 1e-5f);
    for (int64_t c = 0; c < channels; c++) {
        factor.push_back(in[0][c] / std::sqrt(in[3][c] + epsilon));
        summand.push_back(in[1][c] - in[2][c] * factor[c]);
    }
}

FoldedWeights::FoldedWeights(Planner &p, const Task &t, int64_t channels) : sources{p.known(t, 1)} {
    if (ConstantRef b = p.known(t, 2)) {
        if (b->size() != channels) fail(Trouble::badShape, "its bias has " + std::to_string(b->size()) + " numbers for " + std::to_string(channels) + " channels");
        bias = b->floats();
    }
    if (t.batchNorm < 0) return;
    Task batchNorm{t.batchNorm};
    FoldedNorm norm(p, batchNorm, channels);
    bias.resize(channels);
    for (int64_t c = 0; c < channels; c++) bias[c] = float(bias[c] * norm.factor[c] + norm.summand[c]);
    factor = std::move(norm.factor);
    for (size_t i = 1; i < 5; i++) sources.push_back(p.known(batchNorm, i));
}

namespace {

/// Gathers the statistics of every channel where no convolution did so.
class StatisticsStep : public Step {
public:
    std::shared_ptr<Statistics> statistics = std::make_shared<Statistics>();
    int source;
    Storage storage;
    int64_t perPart, pixels;

    StatisticsStep(int source, Storage storage, int64_t images, int64_t pixels, int64_t channels) : source(source), storage(storage), pixels(pixels) {
        perPart = std::max<int64_t>(1, std::min<int64_t>(4096, (64 << 10) / channels));
        std::vector<int64_t> sizes;
        for (int64_t i = 0; i < pixels; i += perPart) sizes.push_back(std::min(perPart, pixels - i));
        statistics->prepare(images, channels, std::move(sizes));
        reads = {source};
    }
    int64_t pieces() const override { return statistics->images * statistics->parts; }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        Statistics &s = *statistics;
        int64_t image = piece / s.parts, part = piece % s.parts, at = (image * pixels + part * perPart) * s.channels;
        channelStatistics(storage, memory.at[source] + at * bytesOf(storage), s.pixels[part], s.channels, s.meanOf(image, part), s.deviationOf(image, part));
    }
    void finish(const Memory &) override { for (int64_t i = 0; i < statistics->images; i++) statistics->join(i); }
};

/// y = f(a·x + b (+ r)) with a and b from the statistics, or given.
class ScaleStep : public Step {
public:
    std::shared_ptr<Statistics> statistics;
    std::vector<double> scale, offset;
    int64_t groups = 0;
    double epsilon = 0;
    int source = -1, target = -1, residual = -1;
    Storage storage = Storage::float32;
    int64_t images = 0, pixels = 0, channels = 0, perPiece = 1;
    Activation function;

    int64_t piecesPerImage() const { return (pixels + perPiece - 1) / perPiece; }
    int64_t pieces() const override { return images * piecesPerImage(); }
    void run(int64_t piece, const Memory &memory, Worker &worker) override {
        int64_t image = piece / piecesPerImage(), from = piece % piecesPerImage() * perPiece, some = std::min(perPiece, pixels - from);
        auto a = reinterpret_cast<float *>(worker.room(0, size_t(channels) * 8)), b = a + channels;
        factors(image, a, b);
        int64_t at = (image * pixels + from) * channels * bytesOf(storage);
        scaleChannels(storage, memory.at[source] + at, memory.at[target] + at, some, channels, a, b, residual < 0 ? nullptr : memory.at[residual] + at, function);
    }

private:
    void factors(int64_t image, float *a, float *b) const {
        if (!statistics) {
            for (int64_t c = 0; c < channels; c++) { a[c] = float(scale[c]); b[c] = float(offset[c]); }
            return;
        }
        const double *mean = statistics->meanOf(image, 0), *deviation = statistics->deviationOf(image, 0);
        int64_t each = channels / groups;
        for (int64_t g = 0; g < groups; g++) {
            double m = 0, d = 0;
            for (int64_t c = g * each; c < (g + 1) * each; c++) m += mean[c] / double(each);
            for (int64_t c = g * each; c < (g + 1) * each; c++) d += deviation[c] / double(pixels) + (mean[c] - m) * (mean[c] - m);
            double factor = 1 / std::sqrt(d / double(each) + epsilon);
            for (int64_t c = g * each; c < (g + 1) * each; c++) {
                a[c] = float(factor * scale[c]);
                b[c] = float(offset[c] - m * factor * scale[c]);
            }
        }
    }
};

std::vector<double> perChannel(const ConstantRef &c, int64_t channels, int64_t groups) {
    std::vector<double> v = c->numbers();
    if (int64_t(v.size()) == groups && groups != channels) {
        std::vector<double> spread;
        for (int64_t i = 0; i < channels; i++) spread.push_back(v[i / (channels / groups)]);
        return spread;
    }
    if (int64_t(v.size()) != channels) fail(Trouble::badShape, "its scale has " + std::to_string(v.size()) + " numbers for " + std::to_string(channels) + " channels");
    return v;
}

} // namespace

void planNormalization(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    if (d.size() < 2 || count(d) == 0) fail(Trouble::badShape, "a normalisation of " + text(d));
    auto step = std::make_unique<ScaleStep>();
    step->images = d[0];
    step->channels = d[1];
    step->pixels = count(d, 2);
    step->perPiece = std::max<int64_t>(1, (64 << 10) / d[1]);
    step->epsilon = node.number("epsilon", 1e-5f);
    bool batch = node.op == "BatchNormalization";
    step->storage = p.storageOf(x);
    step->source = p.place(x, Layout::channelsLast, step->storage);
    if (batch) {
        if (node.integer("training_mode", 0)) fail(Trouble::unsupported, "a batch normalisation that is still in training; export the network in evaluation mode");
        FoldedNorm folded(p, t, d[1]);
        step->scale = folded.factor;
        step->offset = folded.summand;
    } else {
        step->groups = node.op == "GroupNormalization" ? node.integer("num_groups", 0) : d[1];
        if (step->groups < 1 || d[1] % step->groups) fail(Trouble::badShape, std::to_string(d[1]) + " channels do not fall into " + std::to_string(step->groups) + " groups");
        step->scale = perChannel(p.known(t, 1), d[1], step->groups);
        step->offset = perChannel(p.known(t, 2), d[1], step->groups);
        auto maker = p.convolutions.find(step->source);
        // Under another shape the buffer's images or channels are others than the convolution's.
        if (maker != p.convolutions.end() && maker->second->channels == d[1] && maker->second->images / maker->second->planes == d[0]) {
            step->statistics = maker->second->statistics ? maker->second->statistics : maker->second->watch();
        } else {
            auto gather = std::make_unique<StatisticsStep>(step->source, step->storage, d[0], step->pixels, d[1]);
            step->statistics = gather->statistics;
            p.add(std::move(gather));
        }
    }
    bool adds = t.add >= 0 && p.dims(t.other) == d, late = t.add >= 0 && !adds;
    if (!late) step->function = t.function;
    step->reads = {step->source};
    if (adds) {
        step->residual = p.place(t.other, Layout::channelsLast, step->storage);
        step->reads.push_back(step->residual);
    }
    step->target = p.newBuffer(count(d), step->storage);
    step->writes = {step->target};
    int source = step->source, target = step->target;
    Storage storage = step->storage;
    p.add(std::move(step));
    p.mayShare(source, target);
    p.define(late ? p.node(t).outputs[0] : t.output, d, Layout::channelsLast, storage, target);
    if (late) planRest(p, t);
}

} // namespace neural
