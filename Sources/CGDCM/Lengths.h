#ifndef CGDCM_LENGTHS_H
#define CGDCM_LENGTHS_H
#include <cstdint>
#include <istream>

namespace cgdcm {

/// Whether every length in the file fits into what is left of it. GDCM makes room for a value before it reads it, up to
/// 4 GiB for one wrong byte. Stops before the pixels unless they are wanted; the stream is left at its beginning.
/// `pixels` receives where they begin, 0 where that is not known.
bool lengthsFit(std::istream &stream, bool with_pixels, uint64_t *pixels = nullptr);

}  // namespace cgdcm
#endif
