#include "Operators/AxisFilter.h"
#include "Operators/Operator.h"
#include "Operators/Window.h"
#include <algorithm>
#include <cmath>

namespace neural {

/// Numbers from an input, or in old opsets from an attribute.
static std::vector<int64_t> listAt(Planner &p, const Task &t, size_t index, const char *attribute) {
    if (ConstantRef c = p.known(t, index)) return c->integers();
    return p.source(t).integers(attribute);
}

/// Makes the output a view of the input: a step that copies, or a constant.
static void planView(Planner &p, int x, int output, const Dims &dims, const std::function<View(const Dims &strides)> &view, bool keepsLayout) {
    if (p.constant(x)) {
        View v = view(rowMajor(p.dims(x)));
        return p.define(output, viewed(p.constant(x), dims, v.offset, v.strides));
    }
    Layout from = p.layoutOf(x), to = keepsLayout ? from : Layout::plain;
    int buffer = p.place(x, from);
    View v = view(stridesOf(from, p.dims(x)));
    v.buffer = buffer;
    int target = p.newBuffer(count(dims));
    p.move(dims, v, {target, Storage::float32, 0, stridesOf(to, dims)});
    p.define(output, dims, to, Storage::float32, target);
}

void planConcat(Planner &p, const Task &t) {
    std::vector<int> values;
    bool constant = true;
    for (size_t i = 0; i < p.node(t).inputs.size(); i++) {
        if (p.input(t, i) < 0) fail(Trouble::badShape, "an input is missing");
        values.push_back(p.input(t, i));
        constant = constant && p.constant(values.back());
    }
    Dims out = p.dims(values[0]);
    size_t axis = size_t(axisIn(p.source(t).integer("axis", 1), int64_t(out.size())));
    out[axis] = 0;
    Layout layout = Layout::plain;
    bool lazy = axis == 1 && out.size() >= 3;
    for (int v : values) {
        Dims d = p.dims(v);
        if (d.size() != out.size()) fail(Trouble::badShape, text(d) + " beside " + text(out));
        for (size_t k = 0; k < d.size(); k++) if (k != axis && d[k] != out[k]) fail(Trouble::badShape, "arrays of " + text(p.dims(values[0])) + " and " + text(d) + " cannot be put together along axis " + std::to_string(axis));
        out[axis] += d[axis];
        if (!p.constant(v) && p.layoutOf(v) == Layout::channelsLast) layout = Layout::channelsLast;
        lazy = lazy && !p.constant(v) && count(d) > 0;
    }
    if (constant) {
        std::vector<double> all;
        int64_t outer = count(out, 0, axis);
        std::vector<std::vector<double>> numbers;
        for (int v : values) numbers.push_back(p.constant(v)->numbers());
        for (int64_t o = 0; o < outer; o++) for (size_t i = 0; i < values.size(); i++) {
            int64_t each = count(p.dims(values[i]), axis);
            all.insert(all.end(), numbers[i].begin() + o * each, numbers[i].begin() + (o + 1) * each);
        }
        return p.define(t.output, Constant::make(p.type(values[0]), out, all));
    }
    if (lazy) {
        // Convolutions take the parts one by one; only others have them put together.
        std::vector<int> parts;
        for (int v : values) {
            if (p.parts(v).empty()) parts.push_back(v);
            else parts.insert(parts.end(), p.parts(v).begin(), p.parts(v).end());
        }
        return p.defineParts(t.output, out, parts);
    }
    int target = p.newBuffer(count(out));
    View to{target, Storage::float32, 0, stridesOf(layout, out)};
    for (int v : values) {
        const Dims d = p.dims(v);
        Layout from = p.layoutOf(v);
        int source = p.place(v, from);
        p.move(d, {source, Storage::float32, 0, stridesOf(from, d)}, to);
        to.offset += d[axis] * to.strides[axis];
    }
    p.define(t.output, out, layout, Storage::float32, target);
}

void planSplit(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    size_t axis = size_t(axisIn(p.source(t).integer("axis", 0), int64_t(d.size()))), n = p.node(t).outputs.size();
    std::vector<int64_t> sizes = listAt(p, t, 1, "split");
    if (sizes.empty()) {
        int64_t each = (d[axis] + int64_t(n) - 1) / int64_t(n);
        for (size_t i = 0; i < n; i++) sizes.push_back(std::max<int64_t>(0, std::min(each, d[axis] - int64_t(i) * each)));
    }
    int64_t sum = 0;
    for (int64_t s : sizes) sum += checked(s, 0, "a part");
    if (sizes.size() != n || sum != d[axis]) fail(Trouble::badShape, "its parts do not add up to its input");
    int64_t from = 0;
    for (size_t i = 0; i < n; i++) {
        Dims part = d;
        part[axis] = sizes[i];
        planView(p, x, p.node(t).outputs[i], part, [&](const Dims &s) { return View{-1, Storage::float32, from * s[axis], s}; }, true);
        from += sizes[i];
    }
}

void planSlice(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    std::vector<int64_t> starts = listAt(p, t, 1, "starts"), ends = listAt(p, t, 2, "ends"), axes = listAt(p, t, 3, "axes"), steps = listAt(p, t, 4, "steps");
    if (axes.empty()) for (size_t i = 0; i < starts.size(); i++) axes.push_back(int64_t(i));
    if (steps.empty()) steps.assign(starts.size(), 1);
    if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) fail(Trouble::badShape, "its starts, ends, axes and steps differ in number");
    Dims out = d, first(d.size(), 0), step(d.size(), 1);
    for (size_t i = 0; i < starts.size(); i++) {
        size_t a = size_t(axisIn(axes[i], int64_t(d.size())));
        int64_t n = d[a], s = steps[i];
        if (s == 0 || s == INT64_MIN) fail(Trouble::badShape, "a step makes no sense");
        auto place = [&](int64_t v, int64_t low, int64_t high) { return std::clamp(v < 0 ? (v < -n ? low : v + n) : v, low, high); };
        int64_t from = s > 0 ? place(starts[i], 0, n) : place(starts[i], 0, n - 1);
        int64_t to = s > 0 ? place(ends[i], 0, n) : (ends[i] < -n ? -1 : place(ends[i], -1, n));
        out[a] = s > 0 ? (to > from ? (to - from - 1) / s + 1 : 0) : (from > to && n > 0 ? (from - to - 1) / -s + 1 : 0);
        first[a] = from;
        step[a] = s;
    }
    planView(p, x, t.output, out, [&](const Dims &s) {
        View v{-1, Storage::float32, 0, s};
        if (count(out)) for (size_t a = 0; a < d.size(); a++) {
            v.offset += first[a] * s[a];
            v.strides[a] = out[a] > 1 ? s[a] * step[a] : s[a];
        }
        return v;
    }, true);
}

void planTranspose(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    std::vector<int64_t> order = p.source(t).integers("perm");
    if (order.empty()) for (size_t i = d.size(); i-- > 0;) order.push_back(int64_t(i));
    std::vector<bool> seen(d.size());
    if (order.size() != d.size()) fail(Trouble::badShape, "its order of axes does not fit its input");
    Dims out;
    for (int64_t a : order) {
        if (a < 0 || a >= int64_t(d.size()) || seen[a]) fail(Trouble::badShape, "its order of axes makes no sense");
        seen[a] = true;
        out.push_back(d[a]);
    }
    planView(p, x, t.output, out, [&](const Dims &s) {
        View v{-1, Storage::float32, 0, {}};
        for (int64_t a : order) v.strides.push_back(s[a]);
        return v;
    }, false);
}

void planExpand(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    Dims shape = p.known(t, 1)->integers();
    for (int64_t s : shape) checked(s, 0, "a size");
    Dims out = broadcast(d, shape);
    planView(p, x, t.output, out, [&](const Dims &s) { return View{-1, Storage::float32, 0, stretched(d, s, out)}; }, false);
}

void planTile(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    std::vector<int64_t> repeats = p.known(t, 1)->integers();
    if (repeats.size() != d.size()) fail(Trouble::badShape, "its repeats do not fit its input");
    std::vector<std::pair<size_t, AxisFilter>> filters;
    for (size_t a = 0; a < d.size(); a++) {
        if (repeats[a] == 1) continue;
        int64_t n = product(d[a], checked(repeats[a], 0, "a repeat"));
        if (n > 1 << 26) fail(Trouble::tooLarge, "an axis of more than 64 million points");
        std::vector<int64_t> index;
        for (int64_t i = 0; i < n; i++) index.push_back(i % d[a]);
        filters.emplace_back(a, AxisFilter::pick(index));
    }
    planFilters(p, x, t.output, filters);
}

void planGather(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    ConstantRef at = p.known(t, 1);
    size_t axis = size_t(axisIn(p.source(t).integer("axis", 0), int64_t(d.size())));
    std::vector<int64_t> index = at->integers();
    for (int64_t &i : index) i = axisIn(i, d[axis]);
    Dims out(d.begin(), d.begin() + int64_t(axis));
    out.insert(out.end(), at->dims.begin(), at->dims.end());
    out.insert(out.end(), d.begin() + int64_t(axis) + 1, d.end());
    planFilters(p, x, t.output, {{axis, AxisFilter::pick(index)}});
    p.alias(t.output, t.output, out);
}

void planPad(Planner &p, const Task &t) {
    int x = p.input(t, 0);
    const Dims d = p.dims(x);
    int64_t rank = int64_t(d.size());
    std::vector<int64_t> pads = listAt(p, t, 1, "pads"), axes;
    if (ConstantRef c = p.known(t, 3)) axes = c->integers();
    else for (int64_t i = 0; i < rank; i++) axes.push_back(i);
    ConstantRef given = p.known(t, 2);
    float value = given && given->size() ? float(given->first()) : p.source(t).number("value", 0);
    if (pads.size() != 2 * axes.size()) fail(Trouble::badShape, "its pads do not fit its input");
    std::string mode = p.source(t).text("mode", "constant");
    std::vector<std::pair<size_t, AxisFilter>> filters;
    for (size_t k = 0; k < axes.size(); k++) {
        size_t a = size_t(axisIn(axes[k], rank));
        int64_t begin = pads[k], end = pads[axes.size() + k], n = d[a];
        if (begin == 0 && end == 0) continue;
        if (std::abs(begin) > 1 << 26 || std::abs(end) > 1 << 26) fail(Trouble::tooLarge, "a padding of more than 64 million points");
        if (n + begin + end < 0 || (n == 0 && mode != "constant")) fail(Trouble::badShape, "its padding takes away more than there is");
        std::vector<int64_t> index;
        for (int64_t i = -begin; i < n + end; i++) {
            int64_t j = i;
            if (mode == "constant") j = i < 0 || i >= n ? -1 : i;
            else if (mode == "edge") j = std::clamp<int64_t>(i, 0, n - 1);
            else if (mode == "wrap") j = (i % n + n) % n;
            else if (mode == "reflect") {
                int64_t period = std::max<int64_t>(1, 2 * (n - 1));
                j = (i % period + period) % period;
                if (j >= n) j = period - j;
            } else fail(Trouble::unsupported, "padding of mode '" + mode + "'");
            index.push_back(j);
        }
        filters.emplace_back(a, AxisFilter::pick(index, value));
    }
    planFilters(p, x, t.output, filters);
}

} // namespace neural
