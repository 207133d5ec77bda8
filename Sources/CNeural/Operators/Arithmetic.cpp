#include "Operators/Arithmetic.h"
#include "Base/Fault.h"
#include "Kernels/Vector.h"
#include <algorithm>
#include <cmath>

namespace neural {

Arithmetic arithmeticNamed(const std::string &op) {
    static const std::pair<const char *, Arithmetic> names[] = {
        {"Add", Arithmetic::add}, {"Sum", Arithmetic::add}, {"Sub", Arithmetic::subtract}, {"Mul", Arithmetic::multiply}, {"Div", Arithmetic::divide}, {"Pow", Arithmetic::power},
        {"Min", Arithmetic::least}, {"Max", Arithmetic::most}, {"PRelu", Arithmetic::prelu}, {"Equal", Arithmetic::equal}, {"Greater", Arithmetic::greater}, {"Less", Arithmetic::less}, {"Mod", Arithmetic::modulo},
    };
    for (auto &[name, kind] : names) if (op == name) return kind;
    fail(Trouble::fault, op + " is no arithmetic");
}

double combine(Arithmetic kind, double a, double b, bool whole) {
    switch (kind) {
    case Arithmetic::add: return a + b;
    case Arithmetic::subtract: return a - b;
    case Arithmetic::multiply: return a * b;
    case Arithmetic::divide:
        if (whole && b == 0) fail(Trouble::badShape, "a division by zero in the computation of a shape");
        return whole ? std::trunc(a / b) : a / b;
    case Arithmetic::power: return std::pow(a, b);
    case Arithmetic::least: return std::min(a, b);
    case Arithmetic::most: return std::max(a, b);
    case Arithmetic::prelu: return a < 0 ? a * b : a;
    case Arithmetic::equal: return a == b;
    case Arithmetic::greater: return a > b;
    case Arithmetic::less: return a < b;
    case Arithmetic::modulo:
        if (b == 0) fail(Trouble::badShape, "a division by zero in the computation of a shape");
        return a - b * std::floor(a / b);
    }
    return 0;
}

/// The common strides get loops of their own, so that they become vector instructions.
template <class F> static NEURAL_INLINE void each(const float *a, int64_t sa, const float *b, int64_t sb, float *y, int64_t n, F f) {
    if (sa == 1 && sb == 1) for (int64_t i = 0; i < n; i++) y[i] = f(a[i], b[i]);
    else if (sa == 1 && sb == 0) for (int64_t i = 0; i < n; i++) y[i] = f(a[i], b[0]);
    else if (sa == 0 && sb == 1) for (int64_t i = 0; i < n; i++) y[i] = f(a[0], b[i]);
    else for (int64_t i = 0; i < n; i++) y[i] = f(a[i * sa], b[i * sb]);
}

NEURAL_VECTOR static void simple(Arithmetic kind, const float *a, int64_t sa, const float *b, int64_t sb, float *y, int64_t n) {
    switch (kind) {
    case Arithmetic::add: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return u + v; }); break;
    case Arithmetic::subtract: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return u - v; }); break;
    case Arithmetic::multiply: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return u * v; }); break;
    case Arithmetic::divide: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return u / v; }); break;
    case Arithmetic::least: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return v < u ? v : u; }); break;
    case Arithmetic::most: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return u < v ? v : u; }); break;
    case Arithmetic::prelu: each(a, sa, b, sb, y, n, [](float u, float v) __attribute__((always_inline)) { return u < 0 ? u * v : u; }); break;
    default: break;
    }
}

void combine(Arithmetic kind, const float *a, int64_t sa, const float *b, int64_t sb, float *y, int64_t n) {
    switch (kind) {
    case Arithmetic::power: for (int64_t i = 0; i < n; i++) y[i] = std::pow(a[i * sa], b[i * sb]); break;
    case Arithmetic::equal: for (int64_t i = 0; i < n; i++) y[i] = a[i * sa] == b[i * sb]; break;
    case Arithmetic::greater: for (int64_t i = 0; i < n; i++) y[i] = a[i * sa] > b[i * sb]; break;
    case Arithmetic::less: for (int64_t i = 0; i < n; i++) y[i] = a[i * sa] < b[i * sb]; break;
    case Arithmetic::modulo: for (int64_t i = 0; i < n; i++) { float u = a[i * sa], v = b[i * sb]; y[i] = u - v * std::floor(u / v); } break;
    default: simple(kind, a, sa, b, sb, y, n);
    }
}

} // namespace neural
