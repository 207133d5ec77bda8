// DICOM files through GDCM 3.0. No exception and no ownership crosses this header: values are handed to callbacks and
// are valid during the call only; pixels go where the caller's allocator says; errors are written into the caller's buffer.
#ifndef CGDCM_H
#define CGDCM_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CGDCM_OK = 0,
  CGDCM_NOT_DICOM = 1,
  CGDCM_DAMAGED = 2,
  CGDCM_UNSUPPORTED = 3,
  CGDCM_CUT_SHORT = 4
} cgdcm_status;

/// What a header is told to, element by element, sequences as nested items.
typedef struct {
  /// A value as text; several values are separated by backslashes, binary numbers are printed so that they round-trip.
  void (*element)(void *context, uint32_t tag, const char *value, size_t length);
  void (*begin_item)(void *context, uint32_t tag);
  void (*end_item)(void *context, uint32_t tag);
  /// An entry of the Siemens CSA image header.
  void (*csa)(void *context, const char *name, const char *value, size_t length);
} cgdcm_visitor;

/// Reads up to the pixels. `wanted` lists the elements that are told, a line each: "GGGGEEEE VR Keyword|private creator|".
/// The transfer syntax is told as element 0002,0010. `with_csa` also reads the Siemens CSA image header.
int cgdcm_read_header(const char *path, const char *wanted, int with_csa, const cgdcm_visitor *visitor, void *context, char *error, size_t error_size);

typedef struct {
  uint32_t columns, rows, frames, samples;
  uint16_t bits_allocated, bits_stored, high_bit, is_signed;
  size_t bytes;
} cgdcm_pixel_format;

/// Reads and decodes all frames. `allocate` returns room for the bytes, or NULL to decline; it is called at most once.
int cgdcm_read_pixels(const char *path, cgdcm_pixel_format *format, void *(*allocate)(void *context, const cgdcm_pixel_format *format), void *context, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
