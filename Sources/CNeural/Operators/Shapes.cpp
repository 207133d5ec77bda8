#include "Operators/Operator.h"
#include "Operators/Window.h"
#include "Plan/Planner.h"
#include <algorithm>
#include <cmath>

namespace neural {

void planReshape(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    int64_t rank = int64_t(d.size()), all = count(d);
    Dims out;
    if (node.op == "Flatten") {
        int64_t axis = node.integer("axis", 1);
        if (axis < -rank || axis > rank) fail(Trouble::badShape, "axis " + std::to_string(axis) + " does not exist in an array of " + std::to_string(rank) + " axes");
        size_t at = size_t(axis < 0 ? axis + rank : axis);
        return p.alias(t.output, x, {count(d, 0, at), count(d, at)});
    }
    ConstantRef given = p.known(t, 1);
    std::vector<int64_t> list = given ? given->integers() : node.integers(node.op == "Reshape" ? "shape" : "axes");
    if (node.op == "Reshape") {
        int64_t known = 1, open = -1;
        for (size_t i = 0; i < list.size(); i++) {
            if (list[i] == -1 && open < 0) { open = int64_t(i); out.push_back(1); continue; }
            if (list[i] == 0 && !node.integer("allowzero", 0) && int64_t(i) >= rank) fail(Trouble::badShape, "its new shape copies an axis that is not there");
            out.push_back(list[i] == 0 && !node.integer("allowzero", 0) ? d[i] : checked(list[i], 0, "a size"));
            known = product(known, out.back());
        }
        if (open >= 0) {
            if (known == 0 || all % known) fail(Trouble::badShape, text(d) + " cannot take the shape asked for");
            out[size_t(open)] = all / known;
        }
        if (count(out) != all) fail(Trouble::badShape, text(d) + " cannot take the shape " + text(out));
    } else if (node.op == "Squeeze") {
        std::vector<bool> drop(d.size());
        for (int64_t a : list) drop[size_t(axisIn(a, rank))] = true;
        for (size_t i = 0; i < d.size(); i++) {
            bool gone = list.empty() ? d[i] == 1 : drop[i];
            if (gone && d[i] != 1) fail(Trouble::badShape, "axis " + std::to_string(i) + " has size " + std::to_string(d[i]) + " and cannot be dropped");
            if (!gone) out.push_back(d[i]);
        }
    } else {
        int64_t full = rank + int64_t(list.size());
        if (full > 64) fail(Trouble::badShape, "too many axes");
        std::vector<bool> fresh(size_t(full), false);
        for (int64_t a : list) fresh[size_t(axisIn(a, full))] = true;
        size_t next = 0;
        for (int64_t i = 0; i < full; i++) {
            if (!fresh[size_t(i)] && next >= d.size()) fail(Trouble::badShape, "its new axes make no sense");
            out.push_back(fresh[size_t(i)] ? 1 : d[next++]);
        }
    }
    p.alias(t.output, x, out);
}

void planIdentity(Planner &p, const Task &t) {
    ConstantRef training = p.source(t).op == "Dropout" ? p.known(t, 2) : nullptr, ratio = p.source(t).op == "Dropout" ? p.known(t, 1) : nullptr;
    if (training && training->first() != 0 && !(ratio && ratio->first() == 0)) fail(Trouble::unsupported, "it drops values at random; export the network in evaluation mode");
    const Dims d = p.dims(p.input(t, 0));
    p.alias(t.output, p.input(t, 0), d);
    if (p.node(t).outputs.size() > 1 && p.node(t).outputs[1] >= 0) {
        if (count(d) > 1 << 26) fail(Trouble::tooLarge, "a mask of more than 64 million numbers");
        p.define(p.node(t).outputs[1], Constant::make(Element::boolean, d, std::vector<double>(size_t(count(d)), 1)));
    }
}

void planConstant(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    auto number = node.attributes.begin();
    if (node.has("value") && node.attributes.at("value").tensor) return p.define(t.output, node.attributes.at("value").tensor);
    if ((number = node.attributes.find("value_float")) != node.attributes.end()) return p.define(t.output, Constant::make(Element::float32, {}, {number->second.number}));
    if ((number = node.attributes.find("value_int")) != node.attributes.end()) return p.define(t.output, Constant::reshaped(Constant::makeIntegers({number->second.integer}), {}));
    if ((number = node.attributes.find("value_ints")) != node.attributes.end()) return p.define(t.output, Constant::makeIntegers(number->second.integers));
    if ((number = node.attributes.find("value_floats")) != node.attributes.end()) {
        auto &v = number->second.numbers;
        return p.define(t.output, Constant::make(Element::float32, {int64_t(v.size())}, std::vector<double>(v.begin(), v.end())));
    }
    fail(Trouble::unsupported, "a constant that is neither a number nor an array of numbers");
}

void planConstantOfShape(Planner &p, const Task &t) {
    Dims d = p.known(t, 0)->integers();
    for (int64_t s : d) checked(s, 0, "a size");
    if (count(d) > 1 << 26) fail(Trouble::tooLarge, "a constant of more than 64 million numbers");
    auto it = p.source(t).attributes.find("value");
    ConstantRef value = it == p.source(t).attributes.end() ? nullptr : it->second.tensor;
    p.define(t.output, Constant::make(value ? value->type : Element::float32, d, std::vector<double>(size_t(count(d)), value ? value->first() : 0)));
}

void planRange(Planner &p, const Task &t) {
    double start = p.known(t, 0)->first(), limit = p.known(t, 1)->first(), step = p.known(t, 2)->first(), n = std::max(0.0, std::ceil((limit - start) / step));
    if (!(n <= 1 << 26)) fail(Trouble::tooLarge, "a range without end, or of more than 64 million numbers");
    std::vector<double> v;
    for (int64_t i = 0; i < int64_t(n); i++) v.push_back(start + double(i) * step);
    p.define(t.output, Constant::make(p.known(t, 0)->type, {int64_t(n)}, v));
}

void planShape(Planner &p, const Task &t) {
    const Dims d = p.dims(p.input(t, 0));
    if (p.source(t).op == "Size") return p.define(t.output, Constant::reshaped(Constant::makeIntegers({count(d)}), {}));
    int64_t rank = int64_t(d.size()), from = p.source(t).integer("start", 0), to = p.source(t).integer("end", rank);
    from = std::clamp<int64_t>(from < 0 ? from + rank : from, 0, rank);
    to = std::clamp<int64_t>(to < 0 ? to + rank : to, 0, rank);
    p.define(t.output, Constant::makeIntegers(from < to ? Dims(d.begin() + from, d.begin() + to) : Dims()));
}

} // namespace neural
