// Keeps C++ exceptions and failed assertions inside, and GDCM quiet.
#ifndef CGDCM_GUARD_H
#define CGDCM_GUARD_H
#include "CGDCM.h"
#include <gdcmTrace.h>
#include <csetjmp>
#include <cstdio>
#include <exception>
#include <mutex>
#include <new>

namespace cgdcm {

/// Where a failed assertion of this thread goes; see Assertions.cpp.
extern thread_local std::jmp_buf *landing;

struct Landing {
  std::jmp_buf *before;
  explicit Landing(std::jmp_buf *here) : before(landing) { landing = here; }
  ~Landing() { landing = before; }
};

inline int refuse(int status, const char *message, char *error, size_t size) {
  if (size > 0) std::snprintf(error, size, "%s", message);
  return status;
}

/// `body` owns nothing that must be given back but memory: an assertion leaves its frames without unwinding.
template <typename Body> int guarded(char *error, size_t size, Body body) noexcept {
  static std::once_flag once;
  try {
    std::call_once(once, [] {
      gdcm::Trace::DebugOff();
      gdcm::Trace::WarningOff();
      gdcm::Trace::ErrorOff();
    });
    std::jmp_buf here;
    const Landing scope(&here);
    if (setjmp(here)) return refuse(CGDCM_DAMAGED, "the file is damaged: it breaks the rules of its own encoding", error, size);
    return body();
  } catch (const std::bad_alloc &) {
    return refuse(CGDCM_DAMAGED, "a length in the file asks for more memory than there is", error, size);
  } catch (const std::exception &e) {
    return refuse(CGDCM_DAMAGED, e.what(), error, size);
  } catch (...) {
    return refuse(CGDCM_DAMAGED, "the file cannot be parsed", error, size);
  }
}

}  // namespace cgdcm
#endif
