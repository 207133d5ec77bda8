#pragma once
#include "Plan/Planner.h"

namespace neural {

/// Batch normalisation as a factor and a summand for each channel.
struct FoldedNorm {
    std::vector<double> factor, summand;
    FoldedNorm(Planner &planner, const Task &node, int64_t channels);
};

/// What becomes of a convolution's weights and bias with the batch normalisation of its task, if there is one.
struct FoldedWeights {
    /// By which each output channel's weights are multiplied; empty: they stay.
    std::vector<double> factor;
    /// Of each output channel; empty: none is added.
    std::vector<float> bias;
    /// The constants the weights are made of.
    std::vector<ConstantRef> sources;
    /// Inputs 1 and 2 of the task are weights and bias.
    FoldedWeights(Planner &planner, const Task &task, int64_t channels);
};

} // namespace neural
