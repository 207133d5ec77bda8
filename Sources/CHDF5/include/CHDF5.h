// libhdf5 for ITK's files of transforms: groups that hold strings and rows of numbers. Not for several threads at once.
#ifndef CHDF5_H
#define CHDF5_H
#include <stdint.h>

/// Opens a file to read; below 0 when it is none of HDF5.
int64_t chdf5_open(const char *path);
/// Makes a file, replacing what is there; below 0 when it cannot.
int64_t chdf5_create(const char *path);
/// Closes a file; below 0 when what was written could not be kept.
int chdf5_close(int64_t file);

/// How many things lie in a group; below 0 when there is no such group.
int64_t chdf5_count(int64_t file, const char *group);
/// How many numbers a data set of numbers holds; below 0 when there is none of that name.
int64_t chdf5_length(int64_t file, const char *name);
/// Reads all numbers of a data set of that many; 0 when it worked.
int chdf5_read(int64_t file, const char *name, double *numbers, int64_t length);
/// Reads a string, cut to capacity - 1 bytes and ended by 0; 0 when it worked.
int chdf5_read_string(int64_t file, const char *name, char *text, int64_t capacity);

/// Makes a group; 0 when it worked.
int chdf5_write_group(int64_t file, const char *group);
/// Writes a row of numbers, compressed when it is long; 0 when it worked.
int chdf5_write(int64_t file, const char *name, const double *numbers, int64_t length);
/// Writes a string; 0 when it worked.
int chdf5_write_string(int64_t file, const char *name, const char *text);
#endif
