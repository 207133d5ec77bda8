#include "Kernels/Kernels.h"
#include "Kernels/Vector.h"
#include <algorithm>
#include <cmath>

namespace neural {

/// A value times its gate; 0 where the gate is shut, at minus infinity too.
template <class T> static T gated(T x, T gate) { return gate == 0 ? T(0) : x * gate; }

/// Comparisons and the order of their operands let what is not a number through; a slope of 0 takes infinity to 0.
template <class T> static T value(const Activation &f, T x) {
    const T a = T(f.alpha), b = T(f.beta);
    switch (f.kind) {
    case Activation::none: return x;
    case Activation::leaky: return x < 0 ? (a == 0 ? T(0) : a * x) : x;
    case Activation::clip: return std::isnan(x) ? x : std::min(std::max(x, a), b);
    case Activation::elu: return x < 0 ? a * std::expm1(x) : x;
    case Activation::selu: return x <= 0 ? b * a * std::expm1(x) : b * x;
    case Activation::celu: return std::max(x, T(0)) + std::min(a * std::expm1(x / a), T(0));
    case Activation::sigmoid: return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
    case Activation::hardSigmoid: return std::max(std::min(a * x + b, T(1)), T(0));
    case Activation::hardSwish: return gated(x, std::max(T(0), std::min(T(1), x / 6 + T(0.5))));
    case Activation::tanh: return std::tanh(x);
    case Activation::softplus: return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case Activation::gelu: return gated(x, T(0.5) * (1 + std::erf(x * T(0.70710678118654752))));
    case Activation::geluTanh: return gated(x, T(0.5) * (1 + std::tanh(T(0.79788456080286536) * (x + T(0.044715) * x * x * x))));
    case Activation::exp: return std::exp(x);
    case Activation::log: return std::log(x);
    case Activation::sqrt: return std::sqrt(x);
    case Activation::reciprocal: return 1 / x;
    case Activation::negate: return -x;
    case Activation::absolute: return std::fabs(x);
    case Activation::floor: return std::floor(x);
    case Activation::ceil: return std::ceil(x);
    case Activation::round: return std::nearbyint(x);
    case Activation::erf: return std::erf(x);
    case Activation::thresholdedRelu: return x > a ? x : T(0);
    case Activation::mish: return gated(x, std::tanh(x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x))));
    case Activation::sign: return T((x > 0) - (x < 0));
    case Activation::sin: return std::sin(x);
    case Activation::cos: return std::cos(x);
    }
    return x;
}

double apply(const Activation &f, double x) { return value(f, x); }

NEURAL_VECTOR static void leaky(float slope, const float *x, float *y, int64_t count) {
    if (slope == 0) for (int64_t i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
    else for (int64_t i = 0; i < count; i++) y[i] = x[i] < 0 ? slope * x[i] : x[i];
}

NEURAL_VECTOR static void addLeaky(float slope, float *y, const float *r, int64_t count) {
    if (slope == 0) for (int64_t i = 0; i < count; i++) {
        float v = y[i] + r[i];
        y[i] = v < 0 ? 0 : v;
    } else for (int64_t i = 0; i < count; i++) {
        float v = y[i] + r[i];
        y[i] = v < 0 ? slope * v : v;
    }
}

NEURAL_VECTOR static void clip(float low, float high, const float *x, float *y, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        float v = x[i] < low ? low : x[i];
        y[i] = v > high ? high : v;
    }
}

void activate(const Activation &f, const float *x, float *y, int64_t count) {
    switch (f.kind) {
    case Activation::leaky: leaky(f.alpha, x, y, count); break;
    case Activation::clip: clip(f.alpha, f.beta, x, y, count); break;
    default: for (int64_t i = 0; i < count; i++) y[i] = value(f, x[i]);
    }
}

void addActivate(const Activation &f, float *y, const float *r, int64_t count) {
    bool straight = f.kind == Activation::none || f.kind == Activation::leaky;
    addLeaky(f.kind == Activation::leaky ? f.alpha : 1, y, r, count);
    if (!straight) activate(f, y, y, count);
}

} // namespace neural
