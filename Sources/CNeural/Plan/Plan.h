#pragma once
#include "Graph/Graph.h"
#include "Run/Step.h"
#include <list>
#include <map>

namespace neural {

/// Weights as oneDNN wants them, shared by all plans of a network. The key names the constants, by their addresses, and what was done to them.
class WeightStore {
public:
    std::vector<dnnl::memory> &at(const std::string &key) { return packed[key]; }

private:
    std::map<std::string, std::vector<dnnl::memory>> packed;
};

/// A stretch of memory that steps read and fill.
struct Buffer {
    uint64_t bytes = 0;
    /// First and last step that touches it.
    int first = -1, last = -1;
    /// Where it lies in the arena; unused when `given` or `constant` is set.
    uint64_t offset = 0;
    /// The network's input with this index.
    int given = -1;
    /// Content that never changes.
    std::shared_ptr<std::vector<uint8_t>> constant;
};

/// How a network runs on inputs of certain shapes.
struct Plan {
    /// The shapes, and the content of inputs the plan depends on.
    std::vector<Dims> inputDims;
    std::vector<ConstantRef> fixedInputs;

    std::vector<Buffer> buffers;
    std::vector<std::unique_ptr<Step>> steps;
    /// Pairs of buffers, of which a step may put the second where the first was, with that step's index.
    struct Sharing { int from, to, step; };
    std::vector<Sharing> sharing;
    uint64_t arenaBytes = 0;
    /// Weights that came as inputs.
    WeightStore ownWeights;
    /// Constants whose addresses are in such keys.
    std::vector<ConstantRef> kept;

    std::vector<Dims> outputDims;
    std::vector<std::string> outputNames;
    /// Where steps that deliver outputs write; null: nobody wants it.
    std::vector<float *> targets;

    /// Gives each buffer its place, so that buffers needed at the same time do not overlap.
    void layOut(uint64_t most);
    void run(const std::vector<const float *> &inputs, uint8_t *arena, Pool &pool);
};

} // namespace neural
