#pragma once
#include "Plan/Planner.h"

namespace neural {

/// Batch normalisation as a factor and a summand for each channel, from the inputs of its node that begin at `first`.
struct FoldedNorm {
    std::vector<double> factor, summand;
    FoldedNorm(Planner &planner, const Task &node, int64_t channels);
};

} // namespace neural
