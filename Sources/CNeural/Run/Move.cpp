#include "Run/Move.h"
#include "Kernels/Kernels.h"
#include <algorithm>
#include <numeric>

namespace neural {

void joinAxes(Dims &sizes, std::vector<Dims *> strides) {
    size_t n = 0;
    for (size_t i = 0; i < sizes.size(); i++) {
        if (sizes[i] == 1) continue;
        bool joins = n > 0;
        for (Dims *s : strides) if (joins && (*s)[n - 1] != (*s)[i] * sizes[i]) joins = false;
        if (joins) {
            sizes[n - 1] *= sizes[i];
            for (Dims *s : strides) (*s)[n - 1] = (*s)[i];
        } else {
            sizes[n] = sizes[i];
            for (Dims *s : strides) (*s)[n] = (*s)[i];
            n++;
        }
    }
    if (n == 0) {
        sizes.assign(1, 1);
        for (Dims *s : strides) s->assign(1, 1);
        return;
    }
    sizes.resize(n);
    for (Dims *s : strides) s->resize(n);
}

MoveStep::MoveStep(const Dims &dims, const View &from, const View &to) : from(from), to(to) {
    std::vector<int> order(dims.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return to.strides[a] > to.strides[b]; });
    for (int i : order) {
        sizes.push_back(dims[i]);
        fromStrides.push_back(from.strides[i]);
        toStrides.push_back(to.strides[i]);
    }
    bool empty = count(dims) == 0;
    joinAxes(sizes, {&fromStrides, &toStrides});
    pieceCount = empty ? 0 : std::min<int64_t>(64, sizes[0]);
}

namespace {

inline float read(const float *p) { return *p; }
inline float read(const uint16_t *p) {
    float f;
    fromBrain(p, &f, 1);
    return f;
}
inline void write(float *p, float v) { *p = v; }
inline void write(uint16_t *p, float v) { toBrain(&v, p, 1); }

template <class A, class B> void copyRow(const A *a, int64_t sa, B *b, int64_t sb, int64_t n) {
    if (sa == 1 && sb == 1) {
        if constexpr (std::is_same_v<A, B>) { memcpy(b, a, size_t(n) * sizeof(A)); return; }
        else if constexpr (std::is_same_v<A, float>) { toBrain(a, b, n); return; }
        else { fromBrain(a, b, n); return; }
    }
    for (int64_t i = 0; i < n; i++) {
        if constexpr (std::is_same_v<A, B>) b[i * sb] = a[i * sa];
        else write(b + i * sb, read(a + i * sa));
    }
}

/// Two axes at once, in blocks, so that a transposition reads and writes whole cache lines.
template <class A, class B> void copyPlane(const A *a, B *b, int64_t n1, int64_t sa1, int64_t sb1, int64_t n0, int64_t sa0, int64_t sb0) {
    if (sa0 == 1 && sb0 == 1) {
        for (int64_t i = 0; i < n1; i++) copyRow(a + i * sa1, 1, b + i * sb1, 1, n0);
        return;
    }
    for (int64_t i = 0; i < n1; i += 32) for (int64_t j = 0; j < n0; j += 32) {
        int64_t m = std::min<int64_t>(32, n0 - j);
        for (int64_t k = i; k < std::min(n1, i + 32); k++) copyRow(a + k * sa1 + j * sa0, sa0, b + k * sb1 + j * sb0, sb0, m);
    }
}

} // namespace

template <class A, class B> static void copyAll(const Dims &sizes, const Dims &sa, const Dims &sb, const A *a, B *b, int64_t begin, int64_t end) {
    size_t n = sizes.size();
    if (n == 1) return copyRow(a + begin * sa[0], sa[0], b + begin * sb[0], sb[0], end - begin);
    if (n == 2) return copyPlane(a + begin * sa[0], b + begin * sb[0], end - begin, sa[0], sb[0], sizes[1], sa[1], sb[1]);
    int64_t outer = 1;
    for (size_t i = 1; i + 2 < n; i++) outer *= sizes[i];
    for (int64_t o = begin * outer; o < end * outer; o++) {
        int64_t rest = o, pa = 0, pb = 0;
        for (size_t i = n - 2; i-- > 1;) {
            pa += rest % sizes[i] * sa[i];
            pb += rest % sizes[i] * sb[i];
            rest /= sizes[i];
        }
        pa += rest * sa[0];
        pb += rest * sb[0];
        copyPlane(a + pa, b + pb, sizes[n - 2], sa[n - 2], sb[n - 2], sizes[n - 1], sa[n - 1], sb[n - 1]);
    }
}

void MoveStep::copy(int64_t piece, const uint8_t *source, uint8_t *target) const {
    int64_t begin = sizes[0] * piece / pieceCount, end = sizes[0] * (piece + 1) / pieceCount;
    source += from.offset * bytesOf(from.storage);
    target += to.offset * bytesOf(to.storage);
    auto a32 = reinterpret_cast<const float *>(source);
    auto a16 = reinterpret_cast<const uint16_t *>(source);
    auto b32 = reinterpret_cast<float *>(target);
    auto b16 = reinterpret_cast<uint16_t *>(target);
    bool wideFrom = from.storage == Storage::float32, wideTo = to.storage == Storage::float32;
    if (wideFrom && wideTo) copyAll(sizes, fromStrides, toStrides, a32, b32, begin, end);
    else if (wideFrom) copyAll(sizes, fromStrides, toStrides, a32, b16, begin, end);
    else if (wideTo) copyAll(sizes, fromStrides, toStrides, a16, b32, begin, end);
    else copyAll(sizes, fromStrides, toStrides, a16, b16, begin, end);
}

void MoveStep::run(int64_t piece, const Memory &memory, Worker &) { copy(piece, memory.at[from.buffer], memory.at[to.buffer]); }

DeliverStep::DeliverStep(const Dims &dims, const View &from, const std::vector<float *> *targets, int index)
    : MoveStep(dims, from, {-1, Storage::float32, 0, rowMajor(dims)}), targets(targets), index(index) {}

void DeliverStep::run(int64_t piece, const Memory &memory, Worker &) {
    if (float *target = (*targets)[index]) copy(piece, memory.at[from.buffer], reinterpret_cast<uint8_t *>(target));
}

} // namespace neural
