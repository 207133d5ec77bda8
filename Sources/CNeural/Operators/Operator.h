#pragma once
#include "Graph/Graph.h"

namespace neural {

class Planner;

/// How an operator of ONNX becomes steps.
struct Operator {
    const char *name;
    int leastInputs;
    /// Bit i is set when input i must be known when the plan is made: shapes, weights, settings.
    uint32_t constants;
    void (*plan)(Planner &planner, const Task &task);
};

/// The operator of this name, or null.
const Operator *operatorNamed(const std::string &name);

// Each in a file of its own kind.
void planConvolution(Planner &, const Task &);
void planTransposedConvolution(Planner &, const Task &);
void planNormalization(Planner &, const Task &);
void planLayerNormalization(Planner &, const Task &);
void planActivation(Planner &, const Task &);
void planArithmetic(Planner &, const Task &);
/// value = value + factor · other.
void planScaledSum(Planner &, int value, int other, float factor);
/// What was fused into a task but cannot be done along with its first node: the sum, the function.
void planRest(Planner &, const Task &);
void planCast(Planner &, const Task &);
void planWhere(Planner &, const Task &);
void planPooling(Planner &, const Task &);
void planGlobalPooling(Planner &, const Task &);
void planConcat(Planner &, const Task &);
void planSplit(Planner &, const Task &);
void planPad(Planner &, const Task &);
void planSlice(Planner &, const Task &);
void planGather(Planner &, const Task &);
void planTile(Planner &, const Task &);
void planExpand(Planner &, const Task &);
void planTranspose(Planner &, const Task &);
void planResize(Planner &, const Task &);
void planReshape(Planner &, const Task &);
void planConstant(Planner &, const Task &);
void planConstantOfShape(Planner &, const Task &);
void planRange(Planner &, const Task &);
void planShape(Planner &, const Task &);
void planIdentity(Planner &, const Task &);
void planReduce(Planner &, const Task &);
void planSoftmax(Planner &, const Task &);
void planMatMul(Planner &, const Task &);
void planGemm(Planner &, const Task &);

} // namespace neural
