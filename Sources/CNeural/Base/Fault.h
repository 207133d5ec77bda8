#pragma once
#include <string>

namespace neural {

/// Numbers as in CNeural.h.
enum class Trouble : int { unreadable = 1, unsupported = 2, badShape = 3, badInput = 4, tooLarge = 5, fault = 6 };

/// What is thrown within the engine; Interface.cpp makes a status of it.
struct Fault {
    Trouble kind;
    std::string message;
};

[[noreturn]] inline void fail(Trouble kind, std::string message) { throw Fault{kind, std::move(message)}; }

} // namespace neural
