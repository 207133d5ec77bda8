#pragma once

// A function marked so is compiled for AVX-512, for AVX2 and for any x86-64; the loader chooses.
#if defined(__x86_64__) && defined(__linux__)
#define NEURAL_VECTOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NEURAL_VECTOR
#endif
#define NEURAL_INLINE inline __attribute__((always_inline))
