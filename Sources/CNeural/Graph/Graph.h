#pragma once
#include "Kernels/Kernels.h"
#include "Onnx/Model.h"

namespace neural {

struct Operator;

/// A node whose names are resolved to indices of values; -1 is an input that is left out.
struct GraphNode {
    const Node *node;
    const Operator *op;
    std::vector<int> inputs, outputs;
};

/// Something that flows between nodes, or a weight.
struct GraphValue {
    std::string name;
    /// Its content, where the file has it.
    ConstantRef constant;
    /// The nodes that read it; one that reads it twice is there twice.
    std::vector<int> readers;
    bool isOutput = false;
    /// An input whose content, not only its shape, the plan depends on.
    bool fixed = false;
};

/// A node together with the nodes that are done in the same pass over its result: (batch normalisation), (+ other), (activation).
struct Task {
    int node;
    int batchNorm = -1, add = -1, other = -1, activation = -1;
    Activation function;
    /// The value the last of them gives.
    int output = -1;
};

/// What a file computes, checked: every name known, every operator there.
struct Graph {
    std::unique_ptr<Model> model;
    std::vector<GraphNode> nodes;
    std::vector<GraphValue> values;
    /// In the order they are done.
    std::vector<Task> tasks;
    std::vector<int> inputs, outputs;
    std::vector<ModelPort> inputPorts;

    explicit Graph(std::unique_ptr<Model> model);

private:
    void build();
    void fuse();
};

/// The function a node stands for, if it is one of a number alone with settings that are known.
bool activationOf(const Graph &graph, const GraphNode &node, Activation &function);

} // namespace neural
