#include "Plan/Plan.h"
#include <algorithm>

namespace neural {

/// Buffers that lie in one place, one after the other in time.
struct Plot {
    uint64_t bytes;
    int first, last;
    std::vector<int> buffers;
    uint64_t offset = 0;
};

static void find(std::vector<Buffer> &buffers, const std::vector<std::unique_ptr<Step>> &steps) {
    for (int i = 0; i < int(steps.size()); i++) {
        auto touch = [&](int b) {
            if (buffers[b].first < 0) buffers[b].first = i;
            buffers[b].last = i;
        };
        for (int b : steps[i]->reads) touch(b);
        for (int b : steps[i]->writes) touch(b);
    }
}

void Plan::layOut(uint64_t most) {
    find(buffers, steps);
    auto placed = [&](int b) { return buffers[b].given < 0 && !buffers[b].constant && buffers[b].first >= 0; };
    std::vector<int> home(buffers.size());
    for (int b = 0; b < int(buffers.size()); b++) home[b] = b;
    for (auto &s : sharing) {
        bool ends = placed(s.from) && placed(s.to) && buffers[s.from].last == s.step && buffers[s.to].first == s.step;
        if (ends && buffers[s.from].bytes >= buffers[s.to].bytes) home[s.to] = home[s.from];
    }
    std::vector<Plot> plots;
    std::vector<int> plotOf(buffers.size(), -1);
    for (int b = 0; b < int(buffers.size()); b++) {
        if (!placed(b)) continue;
        int h = home[b];
        if (plotOf[h] < 0) { plotOf[h] = int(plots.size()); plots.push_back({0, buffers[b].first, buffers[b].last, {}}); }
        Plot &p = plots[plotOf[h]];
        p.bytes = std::max(p.bytes, (buffers[b].bytes + 63) / 64 * 64);
        p.first = std::min(p.first, buffers[b].first);
        p.last = std::max(p.last, buffers[b].last);
        p.buffers.push_back(b);
    }
    std::vector<int> order(plots.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = int(i);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return plots[a].bytes > plots[b].bytes; });
    std::vector<int> done;
    for (int i : order) {
        Plot &p = plots[i];
        std::vector<std::pair<uint64_t, uint64_t>> others;
        for (int j : done) if (plots[j].first <= p.last && p.first <= plots[j].last) others.emplace_back(plots[j].offset, plots[j].offset + plots[j].bytes);
        std::sort(others.begin(), others.end());
        for (auto &[from, to] : others) {
            if (p.offset + p.bytes <= from) break;
            p.offset = std::max(p.offset, to);
        }
        done.push_back(i);
        arenaBytes = std::max(arenaBytes, p.offset + p.bytes);
        for (int b : p.buffers) buffers[b].offset = p.offset;
    }
    if (arenaBytes > most) {
        fail(Trouble::tooLarge, "the network needs " + std::to_string(arenaBytes >> 20) + " MB for an input of this size, more than the " + std::to_string(most >> 20) + " MB allowed; give it smaller patches");
    }
}

void Plan::run(const std::vector<const float *> &inputs, uint8_t *arena, Pool &pool) {
    OneThread one;
    Memory memory;
    memory.at.resize(buffers.size());
    for (size_t b = 0; b < buffers.size(); b++) {
        const Buffer &x = buffers[b];
        memory.at[b] = x.given >= 0 ? reinterpret_cast<uint8_t *>(const_cast<float *>(inputs[x.given])) : x.constant ? x.constant->data() : arena + x.offset;
    }
    for (auto &step : steps) {
        try {
            pool.forEach(step->pieces(), [&](int64_t piece, Worker &worker) { step->run(piece, memory, worker); });
            step->finish(memory);
        } catch (const std::exception &e) {
            fail(Trouble::fault, step->title + " failed: " + e.what());
        }
    }
}

} // namespace neural
