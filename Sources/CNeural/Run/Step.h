#pragma once
#include "Base/Dims.h"
#include "Run/Pool.h"

namespace neural {

/// Where the buffers of a plan lie during a run.
class Memory {
public:
    std::vector<uint8_t *> at;
    template <class T = float> T *get(int buffer) const { return reinterpret_cast<T *>(at[buffer]); }
};

/// One thing done during a run, in pieces that may run at the same time.
class Step {
public:
    virtual ~Step() = default;
    /// The node it comes from, for messages.
    std::string title;
    /// Buffers it needs and buffers it fills; one that it changes in place is in both.
    std::vector<int> reads, writes;

    virtual int64_t pieces() const = 0;
    virtual void run(int64_t piece, const Memory &memory, Worker &worker) = 0;
    /// After all pieces, on one thread.
    virtual void finish(const Memory &) {}
};

} // namespace neural
