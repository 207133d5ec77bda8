// DICOM files written through DCMTK 3.6. No exception and no ownership crosses this header: everything that goes in is
// borrowed for the call, and errors are written into the caller's buffer. What the elements mean is the caller's business.
#ifndef CDCMTK_H
#define CDCMTK_H
#include <stddef.h>
#include <stdint.h>
#include "CDCMTKRewrite.h"
#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CDCMTK_OK = 0,
  /// An element, or how items nest, is against the rules of the encoding.
  CDCMTK_BAD_ELEMENT = 1,
  CDCMTK_CANNOT_WRITE = 2,
  /// The file that elements are taken over from.
  CDCMTK_CANNOT_READ = 3
} cdcmtk_status;

typedef enum {
  CDCMTK_VALUE = 0,
  /// What follows belongs to a new item at the end of the sequence `tag`, until the matching CDCMTK_END_ITEM.
  CDCMTK_BEGIN_ITEM = 1,
  CDCMTK_END_ITEM = 2
} cdcmtk_kind;

/// One step in the making of a data set, in any order of tags.
typedef struct {
  cdcmtk_kind kind;
  uint32_t tag;
  /// The value representation: two capital letters, not terminated.
  char vr[2];
  /// Where the value lies in `text`: several values are separated by backslashes, numbers are printed in decimal.
  size_t offset, length;
} cdcmtk_element;

/// Pixel Data: words (OW) or bytes (OB, an even number of them); none when both counts are 0.
typedef struct {
  const uint16_t *words;
  size_t word_count;
  const uint8_t *bytes;
  size_t byte_count;
} cdcmtk_pixels;

/// An element that is taken over from another file as it is, sequences and their items with it: the first of `from` that holds a
/// value there becomes `to`. A tag of 0 ends the list.
typedef struct {
  uint32_t to;
  uint32_t from[4];
} cdcmtk_loan;

/// Writes a Part 10 file as Explicit VR Little Endian. The meta information is made from the data set's SOP class and instance,
/// and names DCMTK as the implementation.
///
/// `lender` is the file whose elements are taken over, replacing those given; NULL for none. Its pixels are not read.
int cdcmtk_write(
    const char *path, const char *text, const cdcmtk_element *elements, size_t element_count, const cdcmtk_pixels *pixels, const char *lender, const cdcmtk_loan *loans,
    size_t loan_count, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
