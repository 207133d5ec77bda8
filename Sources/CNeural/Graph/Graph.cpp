#include "Graph/Graph.h"
#include "Operators/Operator.h"
#include <algorithm>
#include <unordered_map>

namespace neural {

Graph::Graph(std::unique_ptr<Model> m) : model(std::move(m)) {
    if (model->opset < 7 || model->opset > 28) {
        fail(Trouble::unsupported, "the network uses version " + std::to_string(model->opset) + " of ONNX's operators; this engine knows 7 to 28");
    }
    build();
    fuse();
}

void Graph::build() {
    std::unordered_map<std::string, int> known;
    auto define = [&](const std::string &name) {
        if (!known.emplace(name, int(values.size())).second) fail(Trouble::unreadable, "the network gives the name '" + name + "' to two values; it is damaged");
        values.emplace_back();
        values.back().name = name;
        return int(values.size()) - 1;
    };
    for (auto &[name, constant] : model->initializers) values[define(name)].constant = constant;
    for (auto &port : model->inputs) {
        if (model->initializers.count(port.name)) continue;
        inputs.push_back(define(port.name));
        inputPorts.push_back(port);
        values.back().fixed = isInteger(port.type);
    }
    std::string lacking;
    for (auto &node : model->nodes) {
        const Operator *op = node.domain.empty() || node.domain == "ai.onnx" ? operatorNamed(node.op) : nullptr;
        if (!op) {
            if (lacking.size() < 300) lacking += (lacking.empty() ? "" : ", ") + node.title();
            continue;
        }
        GraphNode g{&node, op, {}, {}};
        for (auto &name : node.inputs) {
            auto it = known.find(name);
            if (!name.empty() && it == known.end()) {
                if (!lacking.empty()) continue;
                fail(Trouble::unreadable, "the node " + node.title() + " needs '" + name + "', which nothing before it gives");
            }
            g.inputs.push_back(name.empty() ? -1 : it->second);
            if (!name.empty()) values[it->second].readers.push_back(int(nodes.size()));
        }
        for (auto &name : node.outputs) g.outputs.push_back(name.empty() ? -1 : define(name));
        int least = op->leastInputs;
        bool holes = int(g.inputs.size()) < least || std::find(g.inputs.begin(), g.inputs.begin() + std::min<size_t>(least, g.inputs.size()), -1) != g.inputs.begin() + std::min<size_t>(least, g.inputs.size());
        if (lacking.empty() && (holes || g.outputs.empty() || g.outputs[0] < 0)) fail(Trouble::unreadable, "the node " + node.title() + " has too few inputs or outputs");
        for (size_t i = 0; i < g.inputs.size(); i++) {
            if (g.inputs[i] >= 0 && (i < 31 ? op->constants >> i & 1 : 0)) values[g.inputs[i]].fixed = true;
        }
        nodes.push_back(std::move(g));
    }
    if (!lacking.empty()) fail(Trouble::unsupported, "the network needs operators that this engine lacks: " + lacking + "; export it without them");
    for (auto &port : model->outputs) {
        auto it = known.find(port.name);
        if (it == known.end()) fail(Trouble::unreadable, "nothing gives the network's output '" + port.name + "'");
        outputs.push_back(it->second);
        values[it->second].isOutput = true;
    }
    if (outputs.empty()) fail(Trouble::unreadable, "the network has no output");
}

} // namespace neural
