#include "Plan/Planner.h"
#include "Operators/Operator.h"
#include "Run/Move.h"

namespace neural {

std::vector<int> memoryOrder(Layout layout, size_t rank) {
    std::vector<int> order;
    for (int i = 0; i < int(rank); i++) if (layout == Layout::plain || rank < 3 || i != 1) order.push_back(i);
    if (order.size() < rank) order.push_back(1);
    return order;
}

Dims stridesOf(Layout layout, const Dims &dims) {
    Dims strides(dims.size());
    int64_t n = 1;
    std::vector<int> order = memoryOrder(layout, dims.size());
    for (size_t i = order.size(); i-- > 0;) { strides[order[i]] = n; n *= dims[order[i]]; }
    return strides;
}

bool sameMemory(const Dims &dims) { return dims.size() < 3 || dims[1] == 1 || count(dims, 2) == 1; }

Planner::Planner(const Graph &graph, WeightStore &weights, Plan &plan, bool brain, uint64_t most)
    : graph(graph), plan(plan), precision(brain ? Storage::bfloat16 : Storage::float32), most(most), items(graph.values.size()), weights(weights) {}

void Planner::make(const std::vector<Dims> &inputDims) {
    for (size_t i = 0; i < graph.values.size(); i++) if (graph.values[i].constant) {
        define(int(i), graph.values[i].constant);
        fileConstants.insert(graph.values[i].constant.get());
    }
    for (size_t i = 0; i < graph.inputs.size(); i++) {
        int value = graph.inputs[i];
        if (plan.fixedInputs[i]) { define(value, plan.fixedInputs[i]); continue; }
        int b = newBuffer(count(inputDims[i]));
        plan.buffers[b].given = int(i);
        define(value, inputDims[i], Layout::plain, Storage::float32, b);
        items[value].type = graph.inputPorts[i].type;
    }
    for (auto &task : graph.tasks) {
        current = source(task).title();
        try {
            check(task);
            node(task).op->plan(*this, task);
        } catch (const Fault &f) {
            throw Fault{f.kind, "the node " + current + ": " + f.message};
        } catch (const dnnl::error &e) {
            fail(Trouble::unsupported, "the node " + current + ": oneDNN refuses it: " + e.what());
        }
    }
    for (size_t i = 0; i < graph.outputs.size(); i++) deliver(int(i), graph.outputs[i]);
    plan.targets.resize(graph.outputs.size());
    plan.layOut(most);
}

void Planner::check(const Task &t) const {
    std::vector<int> needed = node(t).inputs;
    for (int n : {t.batchNorm, t.activation}) if (n >= 0) needed.insert(needed.end(), graph.nodes[n].inputs.begin() + 1, graph.nodes[n].inputs.end());
    needed.push_back(t.other);
    for (int value : needed) if (value >= 0 && !items[value].defined) {
        fail(Trouble::unsupported, "it needs '" + graph.values[value].name + "', an output of another node that this engine does not give");
    }
}

ConstantRef Planner::known(const Task &t, size_t index) const {
    int value = input(t, index);
    if (value < 0) return nullptr;
    if (!items[value].constant) fail(Trouble::unsupported, "its input '" + graph.values[value].name + "' is computed while the network runs; this engine needs it beforehand");
    return items[value].constant;
}

void Planner::define(int value, Dims dims, Layout layout, Storage storage, int buffer) {
    Item item;
    item.dims = std::move(dims);
    item.forms = {{layout, storage, buffer}};
    define(std::move(item), value);
}

void Planner::define(int value, ConstantRef constant) {
    Item item;
    item.dims = constant->dims;
    item.type = constant->type;
    item.constant = std::move(constant);
    define(std::move(item), value);
}

void Planner::defineParts(int value, Dims dims, std::vector<int> parts) {
    Item item;
    item.dims = std::move(dims);
    item.parts = std::move(parts);
    define(std::move(item), value);
}

void Planner::define(Item item, int value) {
    if (value < 0) return;
    items[value] = std::move(item);
    items[value].defined = true;
}

void Planner::alias(int value, int of, Dims dims) {
    if (dims == items[of].dims) return define(Item(items[of]), value);
    if (items[of].constant) return define(value, Constant::reshaped(items[of].constant, std::move(dims)));
    int buffer = place(of, Layout::plain);
    define(value, std::move(dims), Layout::plain, Storage::float32, buffer);
}

int Planner::newBuffer(int64_t elements, Storage storage) {
    Buffer b;
    b.bytes = uint64_t(product(elements, bytesOf(storage)));
    if (b.bytes > most) fail(Trouble::tooLarge, "its result would take " + std::to_string(b.bytes >> 20) + " MB, more than the " + std::to_string(most >> 20) + " MB allowed; give the network smaller patches");
    plan.buffers.push_back(std::move(b));
    return int(plan.buffers.size()) - 1;
}

int Planner::constantBuffer(const std::vector<float> &values) {
    int b = newBuffer(int64_t(values.size()));
    auto bytes = std::make_shared<std::vector<uint8_t>>(values.size() * 4);
    if (!values.empty()) memcpy(bytes->data(), values.data(), bytes->size());
    plan.buffers[b].constant = bytes;
    return b;
}

Layout Planner::layoutOf(int value) const {
    const Item &item = items[value];
    if (!item.parts.empty()) return Layout::channelsLast;
    return item.forms.empty() ? Layout::plain : item.forms[0].layout;
}

Storage Planner::storageOf(int value) const {
    const Item &item = items[value];
    if (!item.parts.empty()) return storageOf(item.parts[0]);
    return item.forms.empty() ? Storage::float32 : item.forms[0].storage;
}

int Planner::place(int value, Layout layout, Storage storage) {
    Item &item = items[value];
    if (item.constant && item.forms.empty()) item.forms.push_back({Layout::plain, Storage::float32, constantBuffer(item.constant->floats())});
    for (auto &f : item.forms) if (f.storage == storage && (f.layout == layout || sameMemory(item.dims))) return f.buffer;
    int b = newBuffer(count(item.dims), storage);
    View to{b, storage, 0, stridesOf(layout, item.dims)};
    if (!item.parts.empty()) {
        for (int part : item.parts) {
            Dims d = items[part].dims;
            Layout from = layoutOf(part);
            Storage kept = storageOf(part);
            int source = place(part, from, kept);
            move(d, {source, kept, 0, stridesOf(from, d)}, to);
            to.offset += d[1] * to.strides[1];
        }
    } else {
        Form f = item.forms[0];
        move(item.dims, {f.buffer, f.storage, 0, stridesOf(f.layout, item.dims)}, to);
    }
    items[value].forms.push_back({layout, storage, b});
    return b;
}

void Planner::move(const Dims &dims, const View &from, const View &to) {
    auto step = std::make_unique<MoveStep>(dims, from, to);
    step->reads = {from.buffer};
    step->writes = {to.buffer};
    add(std::move(step));
}

std::vector<dnnl::memory> &Planner::packed(const std::vector<ConstantRef> &sources, const std::string &what) {
    std::string key;
    bool lasts = true;
    for (auto &c : sources) {
        key += std::to_string(reinterpret_cast<uintptr_t>(c.get())) + " ";
        lasts = lasts && fileConstants.count(c.get());
    }
    key += what;
    if (lasts) return weights.at(key);
    plan.kept.insert(plan.kept.end(), sources.begin(), sources.end());
    return plan.ownWeights.at(key);
}

void Planner::deliver(int index, int value) {
    Item &item = items[value];
    if (!item.defined) fail(Trouble::fault, "nothing gives the output '" + graph.values[value].name + "'");
    current = "the output '" + graph.values[value].name + "'";
    if (item.constant && item.forms.empty()) place(value, Layout::plain);
    if (!item.parts.empty() && item.forms.empty()) place(value, Layout::channelsLast, storageOf(value));
    const Form form = items[value].forms[0];
    auto step = std::make_unique<DeliverStep>(items[value].dims, View{form.buffer, form.storage, 0, stridesOf(form.layout, items[value].dims)}, &plan.targets, index);
    step->reads = {form.buffer};
    add(std::move(step));
    plan.outputDims.push_back(items[value].dims);
    plan.outputNames.push_back(graph.values[value].name);
}

} // namespace neural
