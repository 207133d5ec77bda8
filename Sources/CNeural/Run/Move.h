#pragma once
#include "Plan/Planner.h"

namespace neural {

/// Copies an array from one set of strides to another, turning bfloat16 into float32 and back where asked.
class MoveStep : public Step {
public:
    MoveStep(const Dims &dims, const View &from, const View &to);
    int64_t pieces() const override { return pieceCount; }
    void run(int64_t piece, const Memory &memory, Worker &) override;

protected:
    View from, to;
    /// The axes that are left after joining, the smallest step of the target last.
    Dims sizes, fromStrides, toStrides;
    int64_t pieceCount;
    void copy(int64_t piece, const uint8_t *source, uint8_t *target) const;
};

/// Copies a value, as float32 in ONNX's order, to where the caller wants it.
class DeliverStep : public MoveStep {
public:
    DeliverStep(const Dims &dims, const View &from, const std::vector<float *> *targets, int index);
    void run(int64_t piece, const Memory &memory, Worker &) override;

private:
    const std::vector<float *> *targets;
    int index;
};

/// Drops axes of size one and joins neighbours that are walked as one, in any number of stride sets. Leaves at least one axis.
void joinAxes(Dims &sizes, std::vector<Dims *> strides);

} // namespace neural
