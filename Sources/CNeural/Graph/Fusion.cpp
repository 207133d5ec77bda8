#include "Graph/Graph.h"
#include "Operators/Operator.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace neural {

static double settingOf(const Graph &graph, const GraphNode &n, size_t input, const char *attribute, double fallback, bool &known) {
    if (n.node->has(attribute)) return n.node->number(attribute, 0);
    if (input >= n.inputs.size() || n.inputs[input] < 0) return fallback;
    const ConstantRef &c = graph.values[n.inputs[input]].constant;
    if (!c || c->size() != 1) { known = false; return fallback; }
    return c->first();
}

bool activationOf(const Graph &graph, const GraphNode &n, Activation &f) {
    const Node &node = *n.node;
    auto set = [&](Activation::Kind kind, float alpha = 0, float beta = 0) { f = {kind, alpha, beta}; return true; };
    const std::string &op = node.op;
    if (op == "Relu") return set(Activation::leaky, 0);
    if (op == "LeakyRelu") return set(Activation::leaky, node.number("alpha", 0.01f));
    if (op == "Elu") return set(Activation::elu, node.number("alpha", 1));
    if (op == "Selu") return set(Activation::selu, node.number("alpha", 1.67326319217681884765625f), node.number("gamma", 1.05070102214813232421875f));
    if (op == "Celu") return set(Activation::celu, node.number("alpha", 1));
    if (op == "Sigmoid") return set(Activation::sigmoid);
    if (op == "HardSigmoid") return set(Activation::hardSigmoid, node.number("alpha", 0.2f), node.number("beta", 0.5f));
    if (op == "HardSwish") return set(Activation::hardSwish);
    if (op == "Tanh") return set(Activation::tanh);
    if (op == "Softplus") return set(Activation::softplus);
    if (op == "Mish") return set(Activation::mish);
    if (op == "Gelu") return set(node.text("approximate", "none") == "tanh" ? Activation::geluTanh : Activation::gelu);
    if (op == "Exp") return set(Activation::exp);
    if (op == "Log") return set(Activation::log);
    if (op == "Sqrt") return set(Activation::sqrt);
    if (op == "Reciprocal") return set(Activation::reciprocal);
    if (op == "Neg") return set(Activation::negate);
    if (op == "Abs") return set(Activation::absolute);
    if (op == "Floor") return set(Activation::floor);
    if (op == "Ceil") return set(Activation::ceil);
    if (op == "Round") return set(Activation::round);
    if (op == "Erf") return set(Activation::erf);
    if (op == "Sign") return set(Activation::sign);
    if (op == "Sin") return set(Activation::sin);
    if (op == "Cos") return set(Activation::cos);
    if (op == "ThresholdedRelu") return set(Activation::thresholdedRelu, node.number("alpha", 1));
    bool known = true;
    if (op == "Clip") {
        double low = settingOf(graph, n, 1, "min", -std::numeric_limits<float>::infinity(), known), high = settingOf(graph, n, 2, "max", std::numeric_limits<float>::infinity(), known);
        return known && set(Activation::clip, float(low), float(high));
    }
    if (op == "PRelu" && n.inputs.size() == 2) {
        const ConstantRef &slope = graph.values[n.inputs[1]].constant;
        return slope && slope->size() == 1 && slope->dims.size() <= 1 && set(Activation::leaky, float(slope->first()));
    }
    return false;
}

/// The one node that reads a value, if there is just one and the value is no output.
static int onlyReader(const Graph &graph, int value) {
    const GraphValue &v = graph.values[value];
    return v.isOutput || v.readers.size() != 1 ? -1 : v.readers[0];
}

static bool normalizesInOnePass(const std::string &op) { return op == "InstanceNormalization" || op == "GroupNormalization" || op == "BatchNormalization"; }

void Graph::fuse() {
    std::vector<bool> taken(nodes.size());
    std::vector<std::pair<int, Task>> placed;
    for (int i = 0; i < int(nodes.size()); i++) {
        if (taken[i]) continue;
        const std::string &op = nodes[i].node->op;
        Task task;
        task.node = i;
        task.output = nodes[i].outputs[0];
        int last = i;
        bool convolves = op == "Conv" || op == "ConvTranspose";
        auto follow = [&] { int next = onlyReader(*this, task.output); return next < 0 || taken[next] || nodes[next].inputs.empty() ? -1 : next; };
        auto take = [&](int next) {
            taken[next] = true;
            task.output = nodes[next].outputs[0];
            last = next;
            return next;
        };
        if (convolves) {
            int next = follow();
            if (next >= 0 && nodes[next].node->op == "BatchNormalization" && nodes[next].inputs[0] == task.output && !nodes[next].node->integer("training_mode", 0)) task.batchNorm = take(next);
        }
        if (op == "Conv" || normalizesInOnePass(op)) {
            int next = follow();
            // The other summand must be there by the time the sum is due, which is where this task is then done.
            if (next >= 0 && nodes[next].node->op == "Add" && nodes[next].inputs.size() == 2 && nodes[next].inputs[0] != nodes[next].inputs[1]) {
                task.other = nodes[next].inputs[nodes[next].inputs[0] == task.output ? 1 : 0];
                task.add = take(next);
            }
        }
        if (convolves || normalizesInOnePass(op)) {
            int next = follow();
            if (next >= 0 && nodes[next].inputs[0] == task.output && activationOf(*this, nodes[next], task.function)) task.activation = take(next);
        }
        placed.emplace_back(last, task);
    }
    std::stable_sort(placed.begin(), placed.end(), [](auto &a, auto &b) { return a.first < b.first; });
    for (auto &p : placed) tasks.push_back(p.second);
}

} // namespace neural
