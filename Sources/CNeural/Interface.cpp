#include "include/CNeural.h"
#include "Plan/Planner.h"
#include <cstdio>
#include <new>
#include <unistd.h>

using namespace neural;

/// A network with its plans, the threads that run it and the memory they share.
struct CNeuralNetwork {
    std::unique_ptr<Graph> graph;
    CNeuralOptions options;
    uint64_t most;
    WeightStore weights;
    std::list<std::shared_ptr<Plan>> plans;
    std::unique_ptr<Pool> pool;
    std::unique_ptr<uint8_t, void (*)(void *)> arena{nullptr, std::free};
    uint64_t arenaBytes = 0;
    std::mutex mutex;
};

struct CNeuralPlan {
    CNeuralNetwork *network;
    std::shared_ptr<Plan> plan;
};

namespace {

/// Plans kept for shapes met before.
constexpr size_t mostPlans = 4;

void report(CNeuralStatus *status, Trouble kind, const std::string &message) {
    status->code = int32_t(kind);
    std::snprintf(status->message, sizeof status->message, "%s", message.c_str());
}

/// Runs `body`; what it throws becomes a status, and the result the fallback.
template <class F, class R> R guarded(CNeuralStatus *status, R fallback, F body) {
    status->code = CNEURAL_OK;
    status->message[0] = 0;
    try {
        return body();
    } catch (const Fault &f) {
        report(status, f.kind, f.message);
    } catch (const std::bad_alloc &) {
        report(status, Trouble::tooLarge, "there is not enough memory for this network; give it smaller patches");
    } catch (const std::exception &e) {
        report(status, Trouble::fault, std::string("the engine failed: ") + e.what());
    } catch (...) {
        report(status, Trouble::fault, "the engine failed");
    }
    return fallback;
}

CNeuralNetwork *opened(std::vector<uint8_t> bytes, const std::string &folder, CNeuralOptions options) {
    if (options.bfloat16 && !cneural_has_bfloat16()) fail(Trouble::unsupported, "this processor does not compute in bfloat16; use float32");
    auto n = std::make_unique<CNeuralNetwork>();
    n->graph = std::make_unique<Graph>(readModel(std::move(bytes), folder));
    n->options = options;
    n->most = options.most_bytes ? options.most_bytes : uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE)) / 2;
    return n.release();
}

/// The input with each of the graph's names; every one must be there.
std::vector<const CNeuralArray *> sorted(const Graph &g, const CNeuralArray *inputs, int32_t count) {
    std::vector<const CNeuralArray *> list;
    for (size_t i = 0; i < g.inputPorts.size(); i++) {
        const ModelPort &port = g.inputPorts[i];
        const CNeuralArray *found = nullptr;
        for (int32_t k = 0; k < count; k++) if (port.name == inputs[k].name) found = &inputs[k];
        if (!found) fail(Trouble::badInput, "the network's input '" + port.name + "' is not given");
        Dims given(found->shape, found->shape + found->rank);
        bool fits = !port.ranked || port.dims.size() == given.size();
        if (fits && port.ranked) for (size_t a = 0; a < given.size(); a++) fits = fits && (port.dims[a] < 0 || port.dims[a] == given[a]);
        Dims stated = port.dims;
        std::string expected;
        for (size_t a = 0; a < stated.size(); a++) expected += (a ? "x" : "") + (stated[a] < 0 ? std::string("?") : std::to_string(stated[a]));
        if (!fits) fail(Trouble::badInput, "the network's input '" + port.name + "' has shape " + text(given) + " where the network takes " + expected);
        list.push_back(found);
    }
    if (size_t(count) != list.size()) fail(Trouble::badInput, "there are " + std::to_string(count) + " inputs where the network takes " + std::to_string(list.size()));
    return list;
}

bool sameBytes(const Constant &a, const Constant &b) { return a.dims == b.dims && a.raw.count == b.raw.count && (a.raw.count == 0 || memcmp(a.raw.at, b.raw.at, a.raw.count) == 0); }

std::shared_ptr<Plan> planned(CNeuralNetwork &n, const CNeuralArray *inputs, int32_t inputCount) {
    const Graph &g = *n.graph;
    auto list = sorted(g, inputs, inputCount);
    std::vector<Dims> dims;
    std::vector<ConstantRef> fixed;
    for (size_t i = 0; i < list.size(); i++) {
        dims.emplace_back(list[i]->shape, list[i]->shape + list[i]->rank);
        int64_t size = count(dims[i]);
        fixed.push_back(nullptr);
        if (!g.values[g.inputs[i]].fixed) continue;
        fixed[i] = Constant::make(g.inputPorts[i].type, dims[i], std::vector<double>(list[i]->values, list[i]->values + size));
    }
    for (auto it = n.plans.begin(); it != n.plans.end(); ++it) {
        Plan &p = **it;
        bool same = p.inputDims == dims;
        for (size_t i = 0; same && i < fixed.size(); i++) if (fixed[i]) same = sameBytes(*fixed[i], *p.fixedInputs[i]);
        if (!same) continue;
        n.plans.splice(n.plans.begin(), n.plans, it);
        return n.plans.front();
    }
    auto plan = std::make_shared<Plan>();
    plan->inputDims = dims;
    plan->fixedInputs = fixed;
    OneThread one;
    Planner(g, n.weights, *plan, n.options.bfloat16 != 0, n.most).make(dims);
    n.plans.push_front(plan);
    if (n.plans.size() > mostPlans) n.plans.pop_back();
    return plan;
}

void run(CNeuralNetwork &n, Plan &plan, const CNeuralArray *inputs, int32_t inputCount, float *const *outputs) {
    auto list = sorted(*n.graph, inputs, inputCount);
    std::vector<const float *> values;
    for (size_t i = 0; i < list.size(); i++) {
        if (Dims(list[i]->shape, list[i]->shape + list[i]->rank) != plan.inputDims[i]) fail(Trouble::badInput, "an input has another shape than the plan was made for");
        values.push_back(list[i]->values);
    }
    if (n.arenaBytes < plan.arenaBytes) {
        n.arena.reset();
        n.arenaBytes = 0;
        n.arena.reset(static_cast<uint8_t *>(std::aligned_alloc(64, plan.arenaBytes)));
        if (!n.arena) throw std::bad_alloc();
        n.arenaBytes = plan.arenaBytes;
    }
    if (!n.pool) n.pool = std::make_unique<Pool>(std::max(1, n.options.threads));
    for (size_t i = 0; i < plan.targets.size(); i++) plan.targets[i] = outputs[i];
    plan.run(values, n.arena.get(), *n.pool);
}

CNeuralPort port(const std::string &name, const Dims &dims, bool ranked = true) { return {name.c_str(), dims.data(), ranked ? int32_t(dims.size()) : -1}; }

} // namespace

extern "C" {

CNeuralNetwork *cneural_open_file(const char *path, CNeuralOptions options, CNeuralStatus *status) {
    return guarded(status, static_cast<CNeuralNetwork *>(nullptr), [&] {
        std::string name = path;
        size_t slash = name.rfind('/');
        return opened(readFile(name), slash == std::string::npos ? "." : name.substr(0, slash), options);
    });
}

CNeuralNetwork *cneural_open_bytes(const uint8_t *bytes, size_t count, CNeuralOptions options, CNeuralStatus *status) {
    return guarded(status, static_cast<CNeuralNetwork *>(nullptr), [&] { return opened(std::vector<uint8_t>(bytes, bytes + count), "", options); });
}

void cneural_close(CNeuralNetwork *network) { delete network; }

int32_t cneural_input_count(const CNeuralNetwork *n) { return int32_t(n->graph->inputPorts.size()); }
int32_t cneural_output_count(const CNeuralNetwork *n) { return int32_t(n->graph->model->outputs.size()); }
int32_t cneural_metadata_count(const CNeuralNetwork *n) { return int32_t(n->graph->model->metadata.size()); }
CNeuralPort cneural_input(const CNeuralNetwork *n, int32_t i) { auto &p = n->graph->inputPorts[size_t(i)]; return port(p.name, p.dims, p.ranked); }
CNeuralPort cneural_output(const CNeuralNetwork *n, int32_t i) { auto &p = n->graph->model->outputs[size_t(i)]; return port(p.name, p.dims, p.ranked); }
const char *cneural_metadata_key(const CNeuralNetwork *n, int32_t i) { return n->graph->model->metadata[size_t(i)].first.c_str(); }
const char *cneural_metadata_value(const CNeuralNetwork *n, int32_t i) { return n->graph->model->metadata[size_t(i)].second.c_str(); }

int32_t cneural_has_bfloat16(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") ? 1 : 0;
#else
    return 0;
#endif
}

CNeuralPlan *cneural_plan(CNeuralNetwork *network, const CNeuralArray *inputs, int32_t count, CNeuralStatus *status) {
    return guarded(status, static_cast<CNeuralPlan *>(nullptr), [&] {
        std::lock_guard<std::mutex> lock(network->mutex);
        return new CNeuralPlan{network, planned(*network, inputs, count)};
    });
}

void cneural_plan_release(CNeuralPlan *plan) { delete plan; }

CNeuralPort cneural_plan_output(const CNeuralPlan *plan, int32_t i) { return port(plan->plan->outputNames[size_t(i)], plan->plan->outputDims[size_t(i)]); }

int32_t cneural_run(CNeuralPlan *plan, const CNeuralArray *inputs, int32_t count, float *const *outputs, CNeuralStatus *status) {
    return guarded(status, int32_t(CNEURAL_FAULT), [&] {
        std::lock_guard<std::mutex> lock(plan->network->mutex);
        run(*plan->network, *plan->plan, inputs, count, outputs);
        return int32_t(CNEURAL_OK);
    });
}

} // extern "C"
