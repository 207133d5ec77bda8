#include "Kernels/Kernels.h"
#include "Kernels/Lanes.h"

namespace neural {

/// Sums are taken of differences from the first pixel, so that a large mean does not eat the variance's digits.
template <int n, class T> static NEURAL_INLINE void statistics(const T *x, int64_t pixels, int64_t channels, double *mean, double *deviation) {
    using L = Lanes<n>;
    typename L::Vec shift = L::load(x).v, s[4] = {}, q[4] = {};
    int64_t i = 0;
    for (const T *p = x; i + 4 <= pixels; i += 4, p += 4 * channels) {
        for (int k = 0; k < 4; k++) {
            typename L::Vec v = L::load(p + k * channels).v - shift;
            s[k] += v;
            q[k] += v * v;
        }
    }
    for (; i < pixels; i++) {
        typename L::Vec v = L::load(x + i * channels).v - shift;
        s[0] += v;
        q[0] += v * v;
    }
    s[0] = (s[0] + s[1]) + (s[2] + s[3]);
    q[0] = (q[0] + q[1]) + (q[2] + q[3]);
    for (int k = 0; k < n; k++) {
        double sum = double(s[0][k]), d = double(q[0][k]) - sum * sum / double(pixels);
        mean[k] = double(shift[k]) + sum / double(pixels);
        deviation[k] = d < 0 ? 0 : d;
    }
}

template <class T> static NEURAL_INLINE void allStatistics(const T *x, int64_t pixels, int64_t channels, double *mean, double *deviation) {
    int64_t c = 0;
    for (; c + 16 <= channels; c += 16) statistics<16>(x + c, pixels, channels, mean + c, deviation + c);
    for (; c + 8 <= channels; c += 8) statistics<8>(x + c, pixels, channels, mean + c, deviation + c);
    for (; c + 4 <= channels; c += 4) statistics<4>(x + c, pixels, channels, mean + c, deviation + c);
    for (; c < channels; c++) statistics<1>(x + c, pixels, channels, mean + c, deviation + c);
}

template <int n, class T> static NEURAL_INLINE void scaled(const T *x, T *y, int64_t pixels, int64_t channels, const float *a, const float *b, const T *r, float slope) {
    using L = Lanes<n>;
    typename L::Vec va = L::load(a).v, vb = L::load(b).v, zero = 0;
    for (int64_t i = 0; i < pixels * channels; i += channels) {
        L l = L::load(x + i);
        l.v = l.v * va + vb;
        if (r) l.v += L::load(r + i).v;
        // A slope of 0 takes minus infinity to 0 as well.
        typename L::Vec low = slope == 0 ? zero : l.v * slope;
        l.v = l.v < zero ? low : l.v;
        l.save(y + i);
    }
}

/// The slope is 1 where nothing follows, so that one loop serves.
template <class T> static NEURAL_INLINE void allScaled(const T *x, T *y, int64_t pixels, int64_t channels, const float *a, const float *b, const T *r, float slope) {
    int64_t c = 0;
    auto at = [&](int64_t k) { return r ? r + k : nullptr; };
    for (; c + 16 <= channels; c += 16) scaled<16>(x + c, y + c, pixels, channels, a + c, b + c, at(c), slope);
    for (; c + 8 <= channels; c += 8) scaled<8>(x + c, y + c, pixels, channels, a + c, b + c, at(c), slope);
    for (; c + 4 <= channels; c += 4) scaled<4>(x + c, y + c, pixels, channels, a + c, b + c, at(c), slope);
    for (; c < channels; c++) scaled<1>(x + c, y + c, pixels, channels, a + c, b + c, at(c), slope);
}

#define FLOAT static NEURAL_VECTOR void
FLOAT statistics32(const float *x, int64_t pixels, int64_t channels, double *mean, double *deviation) { allStatistics(x, pixels, channels, mean, deviation); }
FLOAT statistics16(const uint16_t *x, int64_t pixels, int64_t channels, double *mean, double *deviation) { allStatistics(x, pixels, channels, mean, deviation); }
FLOAT scaled32(const float *x, float *y, int64_t pixels, int64_t channels, const float *a, const float *b, const float *r, float slope) {
    allScaled(x, y, pixels, channels, a, b, r, slope);
}
FLOAT scaled16(const uint16_t *x, uint16_t *y, int64_t pixels, int64_t channels, const float *a, const float *b, const uint16_t *r, float slope) {
    allScaled(x, y, pixels, channels, a, b, r, slope);
}
FLOAT toBrain16(const float *x, uint16_t *y, int64_t count) {
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) Lanes<16>::load(x + i).save(y + i);
    for (; i < count; i++) Lanes<1>::load(x + i).save(y + i);
}
FLOAT fromBrain16(const uint16_t *x, float *y, int64_t count) {
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) Lanes<16>::load(x + i).save(y + i);
    for (; i < count; i++) Lanes<1>::load(x + i).save(y + i);
}
#undef FLOAT

void channelStatistics(Storage s, const void *x, int64_t pixels, int64_t channels, double *mean, double *deviation) {
    if (s == Storage::float32) statistics32(static_cast<const float *>(x), pixels, channels, mean, deviation);
    else statistics16(static_cast<const uint16_t *>(x), pixels, channels, mean, deviation);
}

void scaleChannels(Storage s, const void *x, void *y, int64_t pixels, int64_t channels, const float *a, const float *b, const void *r, const Activation &f) {
    bool straight = f.kind == Activation::none || f.kind == Activation::leaky;
    float slope = f.kind == Activation::leaky ? f.alpha : 1;
    int64_t block = channels < 8192 ? 8192 / channels : 1;
    for (int64_t i = 0; i < pixels; i += block) {
        int64_t n = pixels - i < block ? pixels - i : block, at = i * channels;
        if (s == Storage::float32) {
            const float *in = static_cast<const float *>(x) + at, *other = r ? static_cast<const float *>(r) + at : nullptr;
            float *out = static_cast<float *>(y) + at;
            scaled32(in, out, n, channels, a, b, other, slope);
            if (!straight) activate(f, out, out, n * channels);
        } else {
            const uint16_t *in = static_cast<const uint16_t *>(x) + at, *other = r ? static_cast<const uint16_t *>(r) + at : nullptr;
            uint16_t *out = static_cast<uint16_t *>(y) + at;
            scaled16(in, out, n, channels, a, b, other, slope);
            if (!straight) activateBrain(f, out, n * channels);
        }
    }
}

void activateBrain(const Activation &f, uint16_t *y, int64_t count) {
    float some[512];
    for (int64_t i = 0; i < count; i += 512) {
        int64_t n = count - i < 512 ? count - i : 512;
        fromBrain(y + i, some, n);
        activate(f, some, some, n);
        toBrain(some, y + i, n);
    }
}

void addActivateBrain(const Activation &f, uint16_t *y, const uint16_t *r, int64_t count) {
    float some[512], other[512];
    for (int64_t i = 0; i < count; i += 512) {
        int64_t n = count - i < 512 ? count - i : 512;
        fromBrain(y + i, some, n);
        fromBrain(r + i, other, n);
        addActivate(f, some, other, n);
        toBrain(some, y + i, n);
    }
}

void toBrain(const float *x, uint16_t *y, int64_t count) { toBrain16(x, y, count); }
void fromBrain(const uint16_t *x, float *y, int64_t count) { fromBrain16(x, y, count); }

} // namespace neural
