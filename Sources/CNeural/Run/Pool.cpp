#include "Run/Pool.h"
#include <cstdlib>
#include <system_error>

// From GCC's OpenMP run time, which oneDNN is built with; its header is not on clang's path.
extern "C" void omp_set_num_threads(int);
extern "C" int omp_get_max_threads(void);

namespace neural {

const dnnl::engine &processor() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

OneThread::OneThread() : before(omp_get_max_threads()) { omp_set_num_threads(1); }
OneThread::~OneThread() { omp_set_num_threads(before); }

uint8_t *Worker::room(int which, size_t bytes) {
    if (bytes > size[which] || !memory[which]) {
        size_t rounded = (bytes + 64 + 63) / 64 * 64;
        memory[which].reset();
        memory[which].reset(static_cast<uint8_t *>(std::aligned_alloc(64, rounded)));
        if (!memory[which]) { size[which] = 0; throw std::bad_alloc(); }
        size[which] = bytes;
    }
    return memory[which].get();
}

Pool::Pool(int count) {
    for (int i = 0; i < count; i++) workers.push_back(std::make_unique<Worker>());
    threads.reserve(size_t(count));
    try {
        for (int i = 1; i < count; i++) threads.emplace_back([this, i] { serve(*workers[i]); });
    } catch (const std::system_error &) {
        // The system gives no more: fewer do the same work.
    }
}

Pool::~Pool() {
    {
        std::lock_guard<std::mutex> lock(mutex);
        stopping = true;
    }
    wake.notify_all();
    for (auto &t : threads) t.join();
}

void Pool::serve(Worker &worker) {
    OneThread one;
    uint64_t seen = 0;
    for (;;) {
        {
            std::unique_lock<std::mutex> lock(mutex);
            wake.wait(lock, [&] { return stopping || round != seen; });
            if (stopping) return;
            seen = round;
        }
        work(worker);
        std::lock_guard<std::mutex> lock(mutex);
        if (--busy == 0) done.notify_one();
    }
}

void Pool::work(Worker &worker) {
    try {
        for (int64_t i; (i = next.fetch_add(1)) < pieces;) (*body)(i, worker);
    } catch (...) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!trouble) trouble = std::current_exception();
        next = pieces;
    }
}

void Pool::forEach(int64_t count, const Body &f) {
    if (threads.empty() || count <= 1) {
        for (int64_t i = 0; i < count; i++) f(i, *workers[0]);
        return;
    }
    {
        std::lock_guard<std::mutex> lock(mutex);
        body = &f;
        pieces = count;
        next = 0;
        trouble = nullptr;
        busy = int(threads.size());
        round++;
    }
    wake.notify_all();
    work(*workers[0]);
    std::unique_lock<std::mutex> lock(mutex);
    done.wait(lock, [&] { return busy == 0; });
    if (trouble) std::rethrow_exception(trouble);
}

} // namespace neural
