#pragma once
#include "Plan/Planner.h"

namespace neural {

/// How each point along an axis of the result is a sum of points along that axis of the input. Resizing, padding, tiling and gathering are this.
struct AxisFilter {
    /// Summands of each point, the same for all.
    int64_t taps = 1;
    /// Point after point; -1: the point is `outside`, whatever the input.
    std::vector<int64_t> index;
    std::vector<float> weight;
    float outside = 0;
    int64_t size() const { return int64_t(index.size()) / taps; }
    /// One tap each, of weight 1.
    static AxisFilter pick(std::vector<int64_t> index, float outside = 0);
};

/// Filters a value along one axis; gives a buffer in `layout`, in which the input must be.
int filterAxis(Planner &p, int source, Dims &dims, Layout layout, size_t axis, const AxisFilter &filter);
/// The same for several axes of a value, in order; defines the output. Constants stay constants.
void planFilters(Planner &p, int value, int output, const std::vector<std::pair<size_t, AxisFilter>> &filters);
/// A constant seen through strides.
ConstantRef viewed(const ConstantRef &c, Dims dims, int64_t offset, const Dims &strides);
/// A constant stretched to a shape that it fits.
ConstantRef stretchedTo(const ConstantRef &c, const Dims &shape);

} // namespace neural
