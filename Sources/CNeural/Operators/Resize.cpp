#include "Operators/AxisFilter.h"
#include "Operators/Operator.h"
#include <algorithm>
#include <cmath>

namespace neural {

namespace {

struct ResizeSettings {
    std::string mode, coordinates, nearest;
    double cubic = -0.75;
    float extrapolation = 0;
    bool excludesOutside = false, antialias = false;
};

/// Where a point of the result lies in the input.
double sourceOf(const ResizeSettings &s, double x, double scale, double in, double out, double start, double end, bool &outside) {
    double exact = scale * in;
    if (s.coordinates == "half_pixel") return (x + 0.5) / scale - 0.5;
    if (s.coordinates == "pytorch_half_pixel") return out > 1 ? (x + 0.5) / scale - 0.5 : 0;
    if (s.coordinates == "align_corners") return exact == 1 || out == 1 ? 0 : x * (in - 1) / (exact - 1);
    if (s.coordinates == "asymmetric") return x / scale;
    if (s.coordinates == "half_pixel_symmetric") return in / 2 * (1 - out / exact) + (x + 0.5) / scale - 0.5;
    if (s.coordinates == "tf_crop_and_resize") {
        double v = out > 1 ? start * (in - 1) + x * (end - start) * (in - 1) / (out - 1) : 0.5 * (start + end) * (in - 1);
        outside = v < 0 || v > in - 1;
        return v;
    }
    fail(Trouble::unsupported, "coordinates '" + s.coordinates + "'");
}

double cubicAt(double x, double a) {
    x = std::fabs(x);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

AxisFilter filterOf(const ResizeSettings &s, int64_t in, int64_t out, double scale, double start, double end) {
    AxisFilter f;
    f.outside = s.extrapolation;
    bool nearest = s.mode == "nearest", cubic = s.mode == "cubic";
    double shrink = s.antialias ? std::min(scale, 1.0) : 1, reach = cubic ? 2 : 1;
    int64_t half = nearest ? 0 : 1 - int64_t(std::floor(-reach / shrink) + 1);
    if (half > 1 << 16) fail(Trouble::unsupported, "it shrinks too much for an antialiased filter");
    f.taps = nearest ? 1 : 2 * half;
    if (product(out, f.taps) > int64_t(1) << 28) fail(Trouble::tooLarge, "a filter too large to be made");
    for (int64_t j = 0; j < out; j++) {
        bool outside = false;
        double x = sourceOf(s, double(j), scale, double(in), double(out), start, end, outside);
        if (!std::isfinite(x)) fail(Trouble::badShape, "its scale makes no sense");
        x = std::clamp(x, -1e9, 1e9);
        if (outside) {
            f.index.insert(f.index.end(), size_t(f.taps), -1);
            f.weight.insert(f.weight.end(), size_t(f.taps), 0);
            continue;
        }
        if (nearest) {
            double r = s.nearest == "floor" ? std::floor(x) : s.nearest == "ceil" ? std::ceil(x) : s.nearest == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5);
            f.index.push_back(std::clamp<int64_t>(int64_t(r), 0, in - 1));
            f.weight.push_back(1);
            continue;
        }
        // The pixel on the left is preferred, as in ONNX's own description.
        double base = std::floor(x) == x ? x - 1 : std::floor(x), ratio = x - base, sum = 0;
        std::vector<double> weights;
        for (int64_t i = 1 - half; i <= half; i++) {
            double d = (double(i) - ratio) * shrink, w = cubic ? cubicAt(d, s.cubic) : std::max(0.0, 1 - std::fabs(d));
            int64_t k = int64_t(base) + i;
            if (s.excludesOutside && (k < 0 || k >= in)) w = 0;
            weights.push_back(w);
            sum += w;
            f.index.push_back(std::clamp<int64_t>(k, 0, in - 1));
        }
        bool normalizes = s.excludesOutside || s.antialias;
        for (double w : weights) f.weight.push_back(float(normalizes ? w / sum : w));
    }
    return f;
}

} // namespace

void planResize(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    size_t rank = d.size();
    bool old = node.op == "Upsample" || p.graph.model->opset < 11;
    ResizeSettings s;
    s.mode = node.text("mode", "nearest");
    if (s.mode == "bilinear") s.mode = "linear";
    if (s.mode != "nearest" && s.mode != "linear" && s.mode != "cubic") fail(Trouble::unsupported, "mode '" + s.mode + "'");
    s.coordinates = old ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel");
    s.nearest = old ? "floor" : node.text("nearest_mode", "round_prefer_floor");
    s.cubic = node.number("cubic_coeff_a", -0.75f);
    s.extrapolation = node.number("extrapolation_value", 0);
    s.excludesOutside = node.integer("exclude_outside", 0) != 0;
    s.antialias = node.integer("antialias", 0) != 0;
    ConstantRef region = old ? nullptr : p.known(t, 1), scales = p.known(t, old ? 1 : 2), sizes = old ? nullptr : p.known(t, 3);
    std::vector<int64_t> axes = node.integers("axes");
    if (axes.empty()) for (size_t i = 0; i < rank; i++) axes.push_back(int64_t(i));
    for (int64_t &a : axes) a = axisIn(a, int64_t(rank));
    std::vector<double> scale, roi = region ? region->numbers() : std::vector<double>(), wanted = sizes && sizes->size() ? sizes->numbers() : std::vector<double>();
    if (scales && scales->size()) scale = scales->numbers();
    else if (old && node.has("scales")) scale.assign(node.attributes.at("scales").numbers.begin(), node.attributes.at("scales").numbers.end());
    if ((wanted.empty() ? scale : wanted).size() != axes.size()) fail(Trouble::badShape, "its scales or sizes do not fit its input");
    std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
    double common = 0;
    if (!wanted.empty() && policy != "stretch") for (size_t k = 0; k < axes.size(); k++) {
        double r = wanted[k] / double(d[axes[k]]);
        common = k == 0 ? r : policy == "not_larger" ? std::min(common, r) : std::max(common, r);
    }
    std::vector<std::pair<size_t, AxisFilter>> filters;
    for (size_t k = 0; k < axes.size(); k++) {
        size_t a = size_t(axes[k]);
        double r = wanted.empty() ? scale[k] : common > 0 ? common : wanted[k] / double(d[a]);
        double size = wanted.empty() ? std::floor(double(d[a]) * r) : common > 0 ? std::floor(common * double(d[a]) + 0.5) : wanted[k];
        if (!(r > 0) || !(size >= 1) || size > 1e9 || d[a] < 1) fail(Trouble::badShape, "an axis of " + std::to_string(d[a]) + " would become one of " + std::to_string(size));
        double start = roi.size() == 2 * axes.size() ? roi[k] : 0, end = roi.size() == 2 * axes.size() ? roi[axes.size() + k] : 1;
        bool crops = s.coordinates == "tf_crop_and_resize" && (start != 0 || end != 1);
        if (int64_t(size) == d[a] && r == 1 && !crops) continue;
        filters.emplace_back(a, filterOf(s, d[a], int64_t(size), r, start, end));
    }
    planFilters(p, x, t.output, filters);
}

} // namespace neural
