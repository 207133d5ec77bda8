// libnifti, version 1: files that may be compressed (znz), and the NIfTI-1 library's facts about data types.
// Never version 2: ITK exports the same symbols, and the first library loaded would answer for both.
#ifndef CNIFTI_H
#define CNIFTI_H
#include <nifti/nifti1_io.h>

/// Closes a stream; not 0 when what was written could not be kept.
int cnifti_close(znzFile file);
#endif
