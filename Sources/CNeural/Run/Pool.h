#pragma once
#include <atomic>
#include <condition_variable>
#include <dnnl.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace neural {

/// oneDNN's engine for the processor, one for all.
const dnnl::engine &processor();

/// What a thread needs for itself: a stream of oneDNN and room for intermediate values.
class Worker {
public:
    Worker() : stream(processor()) {}
    dnnl::stream stream;
    /// Memory of at least so many bytes, on a cache line; its content does not last. Two rooms, so that a caller may use one while oneDNN uses the other.
    uint8_t *room(int which, size_t bytes);

private:
    struct Free { void operator()(void *p) const { std::free(p); } };
    std::unique_ptr<uint8_t, Free> memory[2];
    size_t size[2] = {0, 0};
};

/// Sets oneDNN's number of threads to one on the calling thread, for as long as this lives: work is divided here, not there.
class OneThread {
public:
    OneThread();
    ~OneThread();

private:
    int before;
};

/// A fixed number of threads that share numbered pieces of work. The pieces do not depend on the number of threads.
class Pool {
public:
    explicit Pool(int threads);
    ~Pool();
    using Body = std::function<void(int64_t, Worker &)>;
    /// Calls `body` for each piece; back when all are done. The first exception is thrown again.
    void forEach(int64_t pieces, const Body &body);

private:
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::condition_variable wake, done;
    const Body *body = nullptr;
    std::atomic<int64_t> next{0};
    int64_t pieces = 0;
    uint64_t round = 0;
    int busy = 0;
    bool stopping = false;
    std::exception_ptr trouble;
    void serve(Worker &worker);
    void work(Worker &worker);
};

} // namespace neural
