#pragma once
#include <cstdint>
#include <string>

namespace neural {

/// Functions of two numbers.
enum class Arithmetic { add, subtract, multiply, divide, power, least, most, prelu, equal, greater, less, modulo };

Arithmetic arithmeticNamed(const std::string &op);
/// For constants; `whole` numbers are divided as such.
double combine(Arithmetic kind, double a, double b, bool whole);
/// y[i] = a[i·sa] ∘ b[i·sb].
void combine(Arithmetic kind, const float *a, int64_t sa, const float *b, int64_t sb, float *y, int64_t n);

} // namespace neural
