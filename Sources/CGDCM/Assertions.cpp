// Debian builds GDCM with its assertions on, and damaged files meet them: the process would end. Here a failed assertion
// inside a guarded call ends that call instead. No exception could do that, for the compiler knows __assert_fail never to
// throw; a jump leaves behind the memory of the parser's frames, a price paid for damaged files only. Assertions outside of
// guarded calls end the process as ever.
#include "Guard.h"
#include <cstdlib>

namespace cgdcm {
thread_local std::jmp_buf *landing = nullptr;
}

extern "C" __attribute__((noreturn, visibility("default"))) void __assert_fail(const char *assertion, const char *file, unsigned int line, const char *function) noexcept {
  if (cgdcm::landing) std::longjmp(*cgdcm::landing, 1);
  std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function ? function : "", assertion);
  std::abort();
}
