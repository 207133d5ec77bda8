#include "Operators/AxisFilter.h"
#include "Operators/Operator.h"
#include "Plan/Planner.h"
#include "Run/Move.h"
#include "Operators/Arithmetic.h"
#include <cmath>

namespace neural {

namespace {

/// y = f(x), number by number.
class ActivationStep : public Step {
public:
    Activation function;
    int source = -1, target = -1;
    int64_t elements = 0;
    static constexpr int64_t perPiece = 32 << 10;
    int64_t pieces() const override { return (elements + perPiece - 1) / perPiece; }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        int64_t from = piece * perPiece;
        activate(function, memory.get(source) + from, memory.get(target) + from, std::min(perPiece, elements - from));
    }
};

/// y = a ∘ b with either stretched along axes of size one.
class ArithmeticStep : public Step {
public:
    Arithmetic kind;
    int a = -1, b = -1, target = -1;
    Dims sizes, stridesA, stridesB, strides;
    int64_t pieces() const override { return count(sizes) == 0 ? 0 : std::min<int64_t>(64, sizes[0]); }
    void run(int64_t piece, const Memory &memory, Worker &) override {
        int64_t n = pieces(), begin = sizes[0] * piece / n, end = sizes[0] * (piece + 1) / n;
        const float *pa = memory.get(a), *pb = memory.get(b);
        float *y = memory.get(target);
        size_t rank = sizes.size();
        if (rank == 1) return combine(kind, pa + begin * stridesA[0], stridesA[0], pb + begin * stridesB[0], stridesB[0], y + begin, end - begin);
        int64_t outer = 1;
        for (size_t i = 1; i + 1 < rank; i++) outer *= sizes[i];
        for (int64_t o = begin * outer; o < end * outer; o++) {
            int64_t rest = o, atA = 0, atB = 0, at = 0;
            for (size_t i = rank - 1; i-- > 1;) {
                int64_t k = rest % sizes[i];
                atA += k * stridesA[i]; atB += k * stridesB[i]; at += k * strides[i];
                rest /= sizes[i];
            }
            atA += rest * stridesA[0]; atB += rest * stridesB[0]; at += rest * strides[0];
            combine(kind, pa + atA, stridesA[rank - 1], pb + atB, stridesB[rank - 1], y + at, sizes[rank - 1]);
        }
    }
};

ConstantRef combineConstants(Arithmetic kind, const ConstantRef &a, const ConstantRef &b, Element type) {
    Dims out = broadcast(a->dims, b->dims);
    std::vector<double> x = stretchedTo(a, out)->numbers(), y = stretchedTo(b, out)->numbers(), z;
    bool whole = isInteger(a->type);
    for (size_t i = 0; i < x.size(); i++) z.push_back(combine(kind, x[i], y[i], whole));
    return Constant::make(type, out, z);
}

void planPair(Planner &p, Arithmetic kind, int a, int b, int output) {
    bool logical = kind == Arithmetic::equal || kind == Arithmetic::greater || kind == Arithmetic::less;
    if (p.constant(a) && p.constant(b)) {
        return p.define(output, combineConstants(kind, p.constant(a), p.constant(b), logical ? Element::boolean : p.type(a)));
    }
    const Dims da = p.dims(a), db = p.dims(b), out = broadcast(da, db);
    int leader = da == out && !p.constant(a) ? a : db == out ? b : a;
    Layout layout = p.dims(leader).size() == out.size() ? p.layoutOf(leader) : Layout::plain;
    Layout la = da.size() == out.size() ? layout : Layout::plain, lb = db.size() == out.size() ? layout : Layout::plain;
    auto step = std::make_unique<ArithmeticStep>();
    step->kind = kind;
    step->a = p.place(a, la);
    step->b = p.place(b, lb);
    Dims sa = stretched(da, stridesOf(la, da), out), sb = stretched(db, stridesOf(lb, db), out), so = stridesOf(layout, out);
    for (int i : memoryOrder(layout, out.size())) {
        step->sizes.push_back(out[i]);
        step->stridesA.push_back(sa[i]);
        step->stridesB.push_back(sb[i]);
        step->strides.push_back(so[i]);
    }
    joinAxes(step->sizes, {&step->stridesA, &step->stridesB, &step->strides});
    step->target = p.newBuffer(count(out));
    step->reads = {step->a, step->b};
    step->writes = {step->target};
    int target = step->target, from = leader == a ? step->a : step->b, other = leader == a ? step->b : step->a;
    p.add(std::move(step));
    if (p.dims(leader) == out && from != other) p.mayShare(from, target);
    p.define(output, out, layout, Storage::float32, target);
}

} // namespace

void planActivation(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int x = p.input(t, 0);
    Activation f;
    if (!activationOf(p.graph, p.node(t), f)) {
        // Clip whose bounds the file does not hold itself.
        ConstantRef low = p.known(t, 1), high = p.known(t, 2);
        f = {Activation::clip, low ? float(low->first()) : node.number("min", -INFINITY), high ? float(high->first()) : node.number("max", INFINITY)};
    }
    if (ConstantRef c = p.constant(x)) {
        std::vector<double> v = c->numbers();
        for (double &d : v) d = apply(f, d);
        return p.define(t.output, Constant::make(c->type, c->dims, v));
    }
    auto step = std::make_unique<ActivationStep>();
    const Dims d = p.dims(x);
    Layout layout = p.layoutOf(x);
    step->function = f;
    step->source = p.place(x, layout);
    step->elements = count(d);
    step->target = p.newBuffer(step->elements);
    step->reads = {step->source};
    step->writes = {step->target};
    int source = step->source, target = step->target;
    p.add(std::move(step));
    p.mayShare(source, target);
    p.define(t.output, d, layout, Storage::float32, target);
}

void planArithmetic(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    if (node.op == "PRelu") {
        Activation f;
        if (activationOf(p.graph, p.node(t), f) && !p.constant(p.input(t, 0))) return planActivation(p, t);
        if (broadcast(p.dims(p.input(t, 0)), p.dims(p.input(t, 1))) != p.dims(p.input(t, 0))) fail(Trouble::badShape, "its slopes do not fit its input");
    }
    Arithmetic kind = arithmeticNamed(node.op);
    size_t n = p.node(t).inputs.size();
    if (n == 1) return p.alias(t.output, p.input(t, 0), p.dims(p.input(t, 0)));
    int left = p.input(t, 0);
    for (size_t i = 1; i < n; i++) {
        if (p.input(t, i) < 0) fail(Trouble::badShape, "an operand is missing");
        planPair(p, kind, left, p.input(t, i), t.output);
        left = t.output;
    }
}

void planRest(Planner &p, const Task &t) {
    if (t.add >= 0) planArithmetic(p, Task{t.add, -1, -1, -1, -1, {}, p.graph.nodes[t.add].outputs[0]});
    if (t.activation >= 0) planActivation(p, Task{t.activation, -1, -1, -1, -1, {}, t.output});
}

void planScaledSum(Planner &p, int value, int other, float factor) {
    if (factor == 0) return;
    Dims out = p.dims(value);
    if (broadcast(out, p.dims(other)) != out) fail(Trouble::badShape, text(p.dims(other)) + " cannot be added to " + text(out));
    if (factor != 1) {
        int scaled = p.newValue(), number = p.newValue();
        p.define(number, Constant::make(Element::float32, {}, {factor}));
        planPair(p, Arithmetic::multiply, other, number, scaled);
        other = scaled;
    }
    planPair(p, Arithmetic::add, value, other, value);
}

void planCast(Planner &p, const Task &t) {
    Element to = Element(int(p.source(t).integer("to", 1)));
    width(to);
    int x = p.input(t, 0);
    if (ConstantRef c = p.constant(x)) {
        std::vector<double> v = c->numbers();
        if (isInteger(to) && !isInteger(c->type)) for (double &d : v) d = to == Element::boolean ? d != 0 : std::trunc(d);
        return p.define(t.output, Constant::make(to, c->dims, v));
    }
    // Between floating types nothing is done: what flows is float32 whatever the file calls it.
    if (isInteger(to)) fail(Trouble::unsupported, "a cast to whole numbers of something computed while the network runs");
    p.alias(t.output, x, p.dims(x));
}

void planWhere(Planner &p, const Task &t) {
    ConstantRef c = p.known(t, 0), a = p.known(t, 1), b = p.known(t, 2);
    Dims out = broadcast(c->dims, broadcast(a->dims, b->dims));
    std::vector<double> vc = stretchedTo(c, out)->numbers(), va = stretchedTo(a, out)->numbers(), vb = stretchedTo(b, out)->numbers(), z;
    for (size_t i = 0; i < vc.size(); i++) z.push_back(vc[i] != 0 ? va[i] : vb[i]);
    p.define(t.output, Constant::make(a->type, out, z));
}

} // namespace neural
