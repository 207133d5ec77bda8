// A DICOM file written again with other elements, through DCMTK 3.6. The caller is asked about each element, in items too, and decides; pixels
// and whatever else is kept go over as they are, in the transfer syntax of the file.
#ifndef CDCMTK_REWRITE_H
#define CDCMTK_REWRITE_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  /// As it is; for a sequence, its items are asked about.
  CDCMTK_KEEP = 0,
  CDCMTK_REMOVE = 1,
  /// Without a value; for a sequence, without items.
  CDCMTK_EMPTY = 2,
  /// With the value that was written into `replacement`.
  CDCMTK_REPLACE = 3
} cdcmtk_action;

/// An element that was met. The texts are valid during the call.
typedef struct {
  uint32_t tag;
  /// The value representation, two capital letters.
  char vr[2];
  /// Who defined a private element; empty where nobody says, and for standard elements.
  const char *creator;
  /// The value of a representation that is text, values separated by backslashes; empty for others.
  const char *value;
  /// Bytes of the value, of whatever representation; for a sequence what its items take.
  size_t length;
  /// Whether the standard, as DCMTK's dictionary has it, knows the tag.
  int is_known;
} cdcmtk_found;

/// Decides about one element. A replacement is text that ends with a zero byte, values separated by backslashes.
typedef cdcmtk_action (*cdcmtk_decide)(void *context, const cdcmtk_found *found, char *replacement, size_t replacement_size);

/// A text element that is put into the data set, in place of one that is there.
typedef struct {
  uint32_t tag;
  char vr[2];
  const char *value;
} cdcmtk_added;

/// Reads `from`, asks about each element, and writes `to` with new meta information and an empty preamble. `added` is put into it last; `methods` are pairs of a code of
/// DICOM's own scheme and its meaning: they become the De-identification Method Code Sequence (0012,0064). Files with overlays inside the pixels are refused.
int cdcmtk_rewrite(const char *from, const char *to, cdcmtk_decide decide, void *context, const cdcmtk_added *added, size_t added_count, const char *const *methods, size_t method_count, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
