#pragma once
#include <cstdint>

// Loops over contiguous numbers, compiled for several generations of processors and chosen at run time.

namespace neural {

/// A number in a buffer.
enum class Storage { float32, bfloat16 };
inline int64_t bytesOf(Storage s) { return s == Storage::float32 ? 4 : 2; }

/// Functions of one number that follow a convolution or normalisation, or stand alone.
struct Activation {
    enum Kind { none, leaky, clip, elu, selu, celu, sigmoid, hardSigmoid, hardSwish, tanh, softplus, gelu, geluTanh, exp, log, sqrt, reciprocal, negate, absolute, floor, ceil, round, erf, thresholdedRelu, mish, sign, sin, cos };
    Kind kind = none;
    /// Slope, alpha, or the lower bound of clip.
    float alpha = 0;
    /// Gamma, beta, or the upper bound of clip.
    float beta = 0;
};

/// A function's value, in double precision, for constants.
double apply(const Activation &f, double x);
/// y = f(x) for `count` numbers; x and y may be the same.
void activate(const Activation &f, const float *x, float *y, int64_t count);
/// y = f(y + r).
void addActivate(const Activation &f, float *y, const float *r, int64_t count);

/// The same on bfloat16.
void activateBrain(const Activation &f, uint16_t *y, int64_t count);
void addActivateBrain(const Activation &f, uint16_t *y, const uint16_t *r, int64_t count);

/// Mean and sum of squared deviations of each channel over `pixels` rows of `channels` numbers.
void channelStatistics(Storage s, const void *x, int64_t pixels, int64_t channels, double *mean, double *deviation);
/// y = f(a·x + b (+ r)), with a and b for each channel. y may be x. r may be null.
void scaleChannels(Storage s, const void *x, void *y, int64_t pixels, int64_t channels, const float *a, const float *b, const void *r, const Activation &f);

void toBrain(const float *x, uint16_t *y, int64_t count);
void fromBrain(const uint16_t *x, float *y, int64_t count);

} // namespace neural
