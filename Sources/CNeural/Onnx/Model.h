#pragma once
#include "Onnx/Constant.h"
#include <map>

namespace neural {

/// A named setting of a node.
struct Attribute {
    float number = 0;
    int64_t integer = 0;
    std::string text;
    ConstantRef tensor;
    std::vector<float> numbers;
    std::vector<int64_t> integers;
};

/// One operation of the graph, as the file has it.
struct Node {
    std::string name, op, domain;
    std::vector<std::string> inputs, outputs;
    std::map<std::string, Attribute> attributes;

    bool has(const char *key) const { return attributes.count(key) > 0; }
    int64_t integer(const char *key, int64_t fallback) const;
    float number(const char *key, float fallback) const;
    std::string text(const char *key, const char *fallback) const;
    std::vector<int64_t> integers(const char *key) const;
    /// For messages: operator and name.
    std::string title() const;
};

/// An input or output of the graph; -1 is a free axis. `ranked` false: the file does not state a shape.
struct ModelPort {
    std::string name;
    Element type = Element::float32;
    Dims dims;
    bool ranked = false;
};

/// What an ONNX file says.
struct Model {
    int64_t opset = 0;
    std::vector<Node> nodes;
    std::map<std::string, ConstantRef> initializers;
    std::vector<ModelPort> inputs, outputs;
    std::vector<std::pair<std::string, std::string>> metadata;
    /// The file; constants point into it.
    std::vector<uint8_t> bytes;
    /// Weights that lie in files beside it.
    std::vector<std::shared_ptr<std::vector<uint8_t>>> besides;
};

/// Reads a file's bytes. `folder` is where weights in other files may lie; empty: they are refused.
std::unique_ptr<Model> readModel(std::vector<uint8_t> bytes, const std::string &folder);

/// `length` bytes of a file from a place on, or all that follow; a fault when it cannot be read or is shorter.
std::vector<uint8_t> readFile(const std::string &path, uint64_t from = 0, uint64_t length = UINT64_MAX);

} // namespace neural
