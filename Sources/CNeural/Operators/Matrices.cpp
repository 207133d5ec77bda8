#include "Operators/Operator.h"
#include "Plan/Planner.h"
#include <algorithm>

namespace neural {

namespace {

/// Matrix products with oneDNN, cut into pieces of rows, or of columns where there are few rows.
class ProductStep : public Step {
public:
    int a = -1, b = -1, target = -1;
    int64_t rows, inner, columns, rowsA, columnsA, rowsB, columnsB;
    int64_t perRows, perColumns;
    /// Where each of the products begins in a, b and the result.
    std::vector<std::array<int64_t, 3>> starts;

    int64_t down() const { return (rows + perRows - 1) / perRows; }
    int64_t across() const { return (columns + perColumns - 1) / perColumns; }
    int64_t pieces() const override { return int64_t(starts.size()) * down() * across(); }

    void prepare(float scale) {
        perRows = 128;
        perColumns = rows >= 64 ? columns : std::max<int64_t>(256, (columns + 15) / 16);
        OneThread one;
        for (bool lastRow : {false, true}) for (bool lastColumn : {false, true}) {
            int64_t m = lastRow ? rows - (down() - 1) * perRows : std::min(rows, perRows), n = lastColumn ? columns - (across() - 1) * perColumns : std::min(columns, perColumns);
            auto f32 = dnnl::memory::data_type::f32;
            dnnl::primitive_attr attr;
            attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
            if (scale != 1) attr.set_output_scales(0, {scale});
            dnnl::matmul::desc desc({{m, inner}, f32, Dims{rowsA, columnsA}}, {{inner, n}, f32, Dims{rowsB, columnsB}}, {{m, n}, f32, Dims{columns, 1}});
            dnnl::matmul::primitive_desc made(desc, attr, processor());
            descriptions[lastRow][lastColumn] = made;
            products[lastRow][lastColumn] = dnnl::matmul(made);
        }
    }

    void run(int64_t piece, const Memory &memory, Worker &worker) override {
        auto &s = starts[size_t(piece / (down() * across()))];
        int64_t i = piece % (down() * across()) / across(), j = piece % across();
        auto &d = descriptions[i == down() - 1][j == across() - 1];
        float *pa = memory.get(a) + s[0] + i * perRows * rowsA, *pb = memory.get(b) + s[1] + j * perColumns * columnsB, *y = memory.get(target) + s[2] + i * perRows * columns + j * perColumns;
        dnnl::memory scratch(d.scratchpad_desc(), processor(), worker.room(1, d.scratchpad_desc().get_size()));
        products[i == down() - 1][j == across() - 1].execute(worker.stream, {{DNNL_ARG_SRC, dnnl::memory(d.src_desc(), processor(), pa)}, {DNNL_ARG_WEIGHTS, dnnl::memory(d.weights_desc(), processor(), pb)}, {DNNL_ARG_DST, dnnl::memory(d.dst_desc(), processor(), y)}, {DNNL_ARG_SCRATCHPAD, scratch}});
    }

private:
    dnnl::matmul::primitive_desc descriptions[2][2];
    dnnl::matmul products[2][2];
};

/// Adds the step; gives the buffer of the result. A product over nothing is zero.
int planProduct(Planner &p, std::unique_ptr<ProductStep> step, float scale) {
    int64_t all = product(int64_t(step->starts.size()), product(step->rows, step->columns));
    if (step->inner == 0 || all == 0) return p.constantBuffer(std::vector<float>(size_t(all)));
    step->prepare(scale);
    step->target = p.newBuffer(all);
    step->reads = {step->a, step->b};
    step->writes = {step->target};
    int target = step->target;
    p.add(std::move(step));
    return target;
}

} // namespace

void planMatMul(Planner &p, const Task &t) {
    int a = p.input(t, 0), b = p.input(t, 1);
    Dims da = p.dims(a), db = p.dims(b);
    if (da.empty() || db.empty()) fail(Trouble::badShape, "a product with a single number");
    bool rowVector = da.size() == 1, columnVector = db.size() == 1;
    if (rowVector) da.insert(da.begin(), 1);
    if (columnVector) db.push_back(1);
    auto step = std::make_unique<ProductStep>();
    step->rows = da[da.size() - 2];
    step->inner = da.back();
    step->columns = db.back();
    if (db[db.size() - 2] != step->inner) fail(Trouble::badShape, "matrices of " + text(da) + " and " + text(db) + " cannot be multiplied");
    Dims batchA(da.begin(), da.end() - 2), batchB(db.begin(), db.end() - 2), batch = broadcast(batchA, batchB), out = batch;
    step->rowsA = step->inner;
    step->columnsA = 1;
    step->rowsB = step->columns;
    step->columnsB = 1;
    Dims sa = stretched(batchA, rowMajor(batchA), batch), sb = stretched(batchB, rowMajor(batchB), batch);
    if (count(batch) > 1 << 24) fail(Trouble::tooLarge, "more than 16 million matrix products");
    for (int64_t i = 0, n = count(batch); i < n; i++) {
        int64_t rest = i, pa = 0, pb = 0;
        for (size_t k = batch.size(); k-- > 0; rest /= batch[k]) { pa += rest % batch[k] * sa[k]; pb += rest % batch[k] * sb[k]; }
        step->starts.push_back({pa * step->rows * step->inner, pb * step->inner * step->columns, i * step->rows * step->columns});
    }
    if (!rowVector) out.push_back(step->rows);
    if (!columnVector) out.push_back(step->columns);
    step->a = p.place(a, Layout::plain);
    step->b = p.place(b, Layout::plain);
    p.define(t.output, out, Layout::plain, Storage::float32, planProduct(p, std::move(step), 1));
}

void planGemm(Planner &p, const Task &t) {
    const Node &node = p.source(t);
    int a = p.input(t, 0), b = p.input(t, 1), c = p.input(t, 2);
    const Dims da = p.dims(a), db = p.dims(b);
    if (da.size() != 2 || db.size() != 2) fail(Trouble::badShape, "a product of " + text(da) + " and " + text(db));
    bool turnsA = node.integer("transA", 0) != 0, turnsB = node.integer("transB", 0) != 0;
    auto step = std::make_unique<ProductStep>();
    step->rows = da[turnsA ? 1 : 0];
    step->inner = da[turnsA ? 0 : 1];
    step->columns = db[turnsB ? 0 : 1];
    if (db[turnsB ? 1 : 0] != step->inner) fail(Trouble::badShape, "matrices of " + text(da) + " and " + text(db) + " cannot be multiplied");
    step->rowsA = turnsA ? 1 : da[1];
    step->columnsA = turnsA ? da[1] : 1;
    step->rowsB = turnsB ? 1 : db[1];
    step->columnsB = turnsB ? db[1] : 1;
    step->starts.push_back({0, 0, 0});
    step->a = p.place(a, Layout::plain);
    step->b = p.place(b, Layout::plain);
    Dims out{step->rows, step->columns};
    p.define(t.output, out, Layout::plain, Storage::float32, planProduct(p, std::move(step), node.number("alpha", 1)));
    if (c < 0) return;
    float beta = node.number("beta", 1);
    planScaledSum(p, t.output, c, beta);
}

} // namespace neural
