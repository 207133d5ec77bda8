#pragma once
#include "Kernels/Vector.h"
#include <cstdint>
#include <cstring>

namespace neural {

/// So many floats at once, loaded from and saved to memory as float32 or bfloat16.
template <int count> struct Lanes {
    typedef float Vec __attribute__((ext_vector_type(count), aligned(4)));
    typedef uint16_t Half __attribute__((ext_vector_type(count), aligned(2)));
    typedef uint32_t Word __attribute__((ext_vector_type(count), aligned(4)));
    Vec v;

    static NEURAL_INLINE Lanes load(const float *p) {
        Lanes l;
        memcpy(&l.v, p, 4 * count);
        return l;
    }
    static NEURAL_INLINE Lanes load(const uint16_t *p) {
        Half h;
        memcpy(&h, p, 2 * count);
        Word w = __builtin_convertvector(h, Word) << 16;
        Lanes l;
        memcpy(&l.v, &w, 4 * count);
        return l;
    }
    NEURAL_INLINE void save(float *p) const { memcpy(p, &v, 4 * count); }
    /// Rounds to nearest, ties to even; what is not a number stays so.
    NEURAL_INLINE void save(uint16_t *p) const {
        Word w;
        memcpy(&w, &v, 4 * count);
        Word nan = (Word)((w & 0x7fffffffu) > Word(0x7f800000u));
        Word bits = (((w + 0x7fffu + ((w >> 16) & 1u)) >> 16) & ~nan) | (((w >> 16) | 64u) & nan);
        Half h = __builtin_convertvector(bits, Half);
        memcpy(p, &h, 2 * count);
    }
};

} // namespace neural
