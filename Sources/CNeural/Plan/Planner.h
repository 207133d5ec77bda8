#pragma once
#include "Plan/Plan.h"
#include <set>

namespace neural {

/// How the elements of an array follow each other: as ONNX has them, or with the channels (axis 1) innermost.
enum class Layout { plain, channelsLast };

/// The axes, outermost in memory first.
std::vector<int> memoryOrder(Layout layout, size_t rank);
/// Strides of the axes of ONNX in such an array.
Dims stridesOf(Layout layout, const Dims &dims);
bool sameMemory(const Dims &dims);

/// One way in which a value lies in memory.
struct Form {
    Layout layout;
    Storage storage;
    int buffer;
};

/// A value within a plan: known, or in one or more buffers, or a row of values along the channels that nobody has put together yet.
struct Item {
    Dims dims;
    Element type = Element::float32;
    ConstantRef constant;
    std::vector<Form> forms;
    std::vector<int> parts;
    bool defined = false;
};

/// An array in a buffer, walked with strides counted in elements.
struct View {
    int buffer;
    Storage storage;
    int64_t offset;
    Dims strides;
};

/// Makes a plan, task by task. Operators define their outputs here and add steps.
class Planner {
public:
    Planner(const Graph &graph, WeightStore &weights, Plan &plan, bool brain, uint64_t most);
    void make(const std::vector<Dims> &inputDims);

    const Graph &graph;
    Plan &plan;
    /// What convolutions compute with.
    const Storage precision;

    const GraphNode &node(const Task &t) const { return graph.nodes[t.node]; }
    const Node &source(const Task &t) const { return *graph.nodes[t.node].node; }
    /// The value at an input of a node, -1 when left out.
    int input(const Task &t, size_t index) const { return index < node(t).inputs.size() ? node(t).inputs[index] : -1; }
    const Dims &dims(int value) const { return items[value].dims; }
    Element type(int value) const { return items[value].type; }
    ConstantRef constant(int value) const { return value < 0 ? nullptr : items[value].constant; }
    /// The same; a fault when the value is not known when the plan is made.
    ConstantRef known(const Task &t, size_t index) const;
    const std::vector<int> &parts(int value) const { return items[value].parts; }

    /// A value that is not in the graph.
    int newValue() { items.emplace_back(); return int(items.size()) - 1; }
    void define(int value, Dims dims, Layout layout, Storage storage, int buffer);
    void define(int value, ConstantRef constant);
    void defineParts(int value, Dims dims, std::vector<int> parts);
    /// The same elements, in ONNX's order, under another shape.
    void alias(int value, int of, Dims dims);

    /// A buffer with the value in this form, after a step that puts it so, if need be.
    int place(int value, Layout layout, Storage storage = Storage::float32);
    /// The layout it has already.
    Layout layoutOf(int value) const;
    Storage storageOf(int value) const;
    int newBuffer(int64_t elements, Storage storage = Storage::float32);
    int constantBuffer(const std::vector<float> &values);
    /// Adds a step; reads and writes must be set.
    template <class S> S &add(std::unique_ptr<S> step) {
        step->title = current;
        S &s = *step;
        plan.steps.push_back(std::move(step));
        return s;
    }
    /// The last step may write `to` where `from` was, if nobody needs that any more.
    void mayShare(int from, int to) { plan.sharing.push_back({from, to, int(plan.steps.size()) - 1}); }
    void move(const Dims &dims, const View &from, const View &to);
    /// Room for weights made of these constants, packed; where not all are in the file they live with the plan.
    std::vector<dnnl::memory> &packed(const std::vector<ConstantRef> &sources, const std::string &what);
    /// Room for a value in bytes must stay below this.
    const uint64_t most;
    /// Steps whose results may be watched, by the buffer they fill.
    std::map<int, class ConvolutionStep *> convolutions;

private:
    std::vector<Item> items;
    WeightStore &weights;
    std::string current;
    std::set<const Constant *> fileConstants;
    /// A fault when something the task needs was not defined, such as an output its operator does not have.
    void check(const Task &t) const;
    void deliver(int output, int value);
    void define(Item item, int value);
};

} // namespace neural
