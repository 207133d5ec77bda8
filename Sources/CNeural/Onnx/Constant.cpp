#include "Onnx/Constant.h"
#include <cmath>

namespace neural {

size_t width(Element type) {
    switch (type) {
    case Element::uint8: case Element::int8: case Element::boolean: return 1;
    case Element::uint16: case Element::int16: case Element::float16: case Element::bfloat16: return 2;
    case Element::float32: case Element::int32: case Element::uint32: return 4;
    case Element::int64: case Element::uint64: case Element::float64: return 8;
    }
    fail(Trouble::unsupported, "an array has elements of ONNX type " + std::to_string(int(type)) + ", which this engine lacks");
}

bool isInteger(Element type) { return type != Element::float32 && type != Element::float16 && type != Element::float64 && type != Element::bfloat16; }

static float fromHalf(uint16_t h) {
    uint32_t sign = uint32_t(h >> 15) << 31, exponent = (h >> 10) & 31, fraction = h & 1023;
    if (exponent == 0) return (sign ? -1.0f : 1.0f) * std::ldexp(float(fraction), -24);
    uint32_t bits = sign | (exponent == 31 ? 255u << 23 : (exponent + 112) << 23) | fraction << 13;
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

static float fromBrain(uint16_t h) {
    uint32_t bits = uint32_t(h) << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

static uint16_t toHalf(float f) {
    uint32_t bits;
    memcpy(&bits, &f, 4);
    uint16_t sign = uint16_t(bits >> 16 & 0x8000);
    float size = std::fabs(f);
    if (std::isnan(f)) return sign | 0x7e00;
    if (size >= 65520) return sign | 0x7c00;
    if (size < 6.103515625e-05f) return sign | uint16_t(std::nearbyint(std::ldexp(size, 24)));
    uint32_t up = (bits & 0x7fffffff) + 0xfff + (bits >> 13 & 1);
    return sign | uint16_t((up >> 13) - (112 << 10));
}

static uint16_t toBrain(float f) {
    uint32_t bits;
    memcpy(&bits, &f, 4);
    return std::isnan(f) ? uint16_t(bits >> 16 | 64) : uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <class T> static T load(const uint8_t *p) {
    T v;
    memcpy(&v, p, sizeof v);
    return v;
}

/// Calls `take` with each element in its own type.
template <class F> static void each(const Constant &c, F take) {
    int64_t n = c.size();
    const uint8_t *p = c.raw.at;
    switch (c.type) {
    case Element::float32: for (int64_t i = 0; i < n; i++) take(load<float>(p + 4 * i)); break;
    case Element::float64: for (int64_t i = 0; i < n; i++) take(load<double>(p + 8 * i)); break;
    case Element::float16: for (int64_t i = 0; i < n; i++) take(fromHalf(load<uint16_t>(p + 2 * i))); break;
    case Element::bfloat16: for (int64_t i = 0; i < n; i++) take(fromBrain(load<uint16_t>(p + 2 * i))); break;
    case Element::int64: for (int64_t i = 0; i < n; i++) take(load<int64_t>(p + 8 * i)); break;
    case Element::uint64: for (int64_t i = 0; i < n; i++) take(load<uint64_t>(p + 8 * i)); break;
    case Element::int32: for (int64_t i = 0; i < n; i++) take(load<int32_t>(p + 4 * i)); break;
    case Element::uint32: for (int64_t i = 0; i < n; i++) take(load<uint32_t>(p + 4 * i)); break;
    case Element::int16: for (int64_t i = 0; i < n; i++) take(load<int16_t>(p + 2 * i)); break;
    case Element::uint16: for (int64_t i = 0; i < n; i++) take(load<uint16_t>(p + 2 * i)); break;
    case Element::int8: for (int64_t i = 0; i < n; i++) take(load<int8_t>(p + i)); break;
    case Element::uint8: for (int64_t i = 0; i < n; i++) take(p[i]); break;
    case Element::boolean: for (int64_t i = 0; i < n; i++) take(p[i] != 0); break;
    }
}

std::vector<float> Constant::floats() const {
    std::vector<float> v;
    v.reserve(size());
    each(*this, [&](auto x) { v.push_back(float(x)); });
    return v;
}

std::vector<double> Constant::numbers() const {
    std::vector<double> v;
    v.reserve(size());
    each(*this, [&](auto x) { v.push_back(double(x)); });
    return v;
}

static int64_t whole(double x) { return std::isnan(x) ? 0 : x >= 9.2e18 ? INT64_MAX : x <= -9.2e18 ? INT64_MIN : int64_t(x); }

std::vector<int64_t> Constant::integers() const {
    std::vector<int64_t> v;
    v.reserve(size());
    each(*this, [&](auto x) {
        if constexpr (std::is_floating_point_v<decltype(x)>) v.push_back(whole(double(x)));
        else v.push_back(int64_t(x));
    });
    return v;
}

double Constant::first() const {
    if (size() < 1) fail(Trouble::badShape, "an array is empty where a number is needed");
    return numbers()[0];
}

template <class T> static void store(std::vector<uint8_t> &to, T v) {
    to.resize(to.size() + sizeof v);
    memcpy(to.data() + to.size() - sizeof v, &v, sizeof v);
}

ConstantRef Constant::make(Element type, Dims dims, const std::vector<double> &values) {
    auto c = std::make_shared<Constant>();
    c->type = type;
    c->dims = std::move(dims);
    if (c->size() != int64_t(values.size())) fail(Trouble::fault, "an array's shape does not fit its values");
    c->owned.reserve(values.size() * width(type));
    for (double v : values) switch (type) {
        case Element::float32: store(c->owned, float(v)); break;
        case Element::float64: store(c->owned, v); break;
        case Element::float16: store(c->owned, toHalf(float(v))); break;
        case Element::bfloat16: store(c->owned, toBrain(float(v))); break;
        case Element::boolean: store(c->owned, uint8_t(v != 0)); break;
        default: {
            int64_t whole64 = whole(v);
            size_t bytes = width(type), before = c->owned.size();
            c->owned.resize(before + bytes);
            memcpy(c->owned.data() + before, &whole64, bytes);
        }
    }
    c->raw = {c->owned.data(), c->owned.size()};
    return c;
}

ConstantRef Constant::reshaped(const ConstantRef &c, Dims dims) {
    auto r = std::make_shared<Constant>();
    r->type = c->type;
    r->dims = std::move(dims);
    r->raw = c->raw;
    r->base = c;
    return r;
}

ConstantRef Constant::makeIntegers(const std::vector<int64_t> &values) {
    auto c = std::make_shared<Constant>();
    c->type = Element::int64;
    c->dims = {int64_t(values.size())};
    for (int64_t v : values) store(c->owned, v);
    c->raw = {c->owned.data(), c->owned.size()};
    return c;
}

} // namespace neural
