// Keeps C++ exceptions inside, and GDCM quiet.
#ifndef CGDCM_GUARD_H
#define CGDCM_GUARD_H
#include "CGDCM.h"
#include <gdcmTrace.h>
#include <cstdio>
#include <exception>
#include <mutex>
#include <new>

namespace cgdcm {

inline int refuse(int status, const char *message, char *error, size_t size) {
  if (size > 0) std::snprintf(error, size, "%s", message);
  return status;
}

template <typename Body> int guarded(char *error, size_t size, Body body) noexcept {
  static std::once_flag once;
  try {
    std::call_once(once, [] {
      gdcm::Trace::DebugOff();
      gdcm::Trace::WarningOff();
      gdcm::Trace::ErrorOff();
    });
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
