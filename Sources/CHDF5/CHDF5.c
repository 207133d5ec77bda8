#include "CHDF5.h"
#include <hdf5/serial/hdf5.h>
#include <string.h>

// Errors are told by return values; the library is not to write to stderr, nor to look at the end for what damaged files left open.
static void silence(void) {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/// Closing a file closes all that is open in it, also after a fault.
static hid_t access_list(void) {
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(list, H5F_CLOSE_STRONG);
    return list;
}

int64_t chdf5_open(const char *path) {
    silence();
    hid_t list = access_list(), file = H5Fopen(path, H5F_ACC_RDONLY, list);
    H5Pclose(list);
    return file;
}

int64_t chdf5_create(const char *path) {
    silence();
    hid_t list = access_list(), file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, list);
    H5Pclose(list);
    return file;
}

int chdf5_close(int64_t file) { return H5Fclose(file); }

int64_t chdf5_count(int64_t file, const char *group) {
    if (H5Lexists(file, group, H5P_DEFAULT) <= 0) return -1;
    H5G_info_t info;
    return H5Gget_info_by_name(file, group, &info, H5P_DEFAULT) < 0 ? -1 : (int64_t)info.nlinks;
}

/// Opens a data set of one class of values, and tells how many there are; below 0 when it cannot.
static hid_t opened(int64_t file, const char *name, int isText, int64_t *length) {
    if (H5Lexists(file, name, H5P_DEFAULT) <= 0) return -1;
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    if (set < 0) return -1;
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    H5T_class_t kind = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    int fits = isText ? kind == H5T_STRING : kind == H5T_FLOAT || kind == H5T_INTEGER;
    *length = space < 0 ? -1 : (int64_t)H5Sget_simple_extent_npoints(space);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (fits && *length >= 0) return set;
    H5Dclose(set);
    return -1;
}

int64_t chdf5_length(int64_t file, const char *name) {
    int64_t length = -1;
    hid_t set = opened(file, name, 0, &length);
    if (set < 0) return -1;
    H5Dclose(set);
    return length;
}

int chdf5_read(int64_t file, const char *name, double *numbers, int64_t length) {
    int64_t found = -1;
    hid_t set = opened(file, name, 0, &found);
    if (set < 0) return -1;
    herr_t status = found == length ? (length == 0 ? 0 : H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers)) : -1;
    H5Dclose(set);
    return status < 0 ? -1 : 0;
}

int chdf5_read_string(int64_t file, const char *name, char *text, int64_t capacity) {
    int64_t length = -1;
    hid_t set = opened(file, name, 1, &length);
    if (set < 0) return -1;
    hid_t type = H5Dget_type(set), space = H5Dget_space(set), memory = H5Tcopy(H5T_C_S1);
    int status = -1;
    memset(text, 0, (size_t)capacity);
    if (length == 1 && H5Tis_variable_str(type) > 0) {
        char *read = NULL;
        H5Tset_size(memory, H5T_VARIABLE);
        H5Tset_cset(memory, H5Tget_cset(type));
        if (H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, &read) >= 0 && read) {
            strncpy(text, read, (size_t)capacity - 1);
            status = 0;
        }
        if (read) H5Dvlen_reclaim(memory, space, H5P_DEFAULT, &read);
    } else if (length == 1 && H5Tget_size(type) < (size_t)capacity) {
        H5Tset_size(memory, (size_t)capacity);
        H5Tset_cset(memory, H5Tget_cset(type));
        status = H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0 ? -1 : 0;
    }
    text[capacity - 1] = 0;
    H5Tclose(memory);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(set);
    return status;
}

int chdf5_write_group(int64_t file, const char *group) {
    hid_t made = H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    return made < 0 ? -1 : H5Gclose(made);
}

int chdf5_write(int64_t file, const char *name, const double *numbers, int64_t length) {
    hsize_t size = (hsize_t)length, chunk = size < 65536 ? size : 65536;
    hid_t space = H5Screate_simple(1, &size, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    if (length > 4096) {
        H5Pset_chunk(how, 1, &chunk);
        H5Pset_deflate(how, 5);
    }
    // No times, so that equal transforms give equal bytes.
    H5Pset_obj_track_times(how, 0);
    hid_t set = H5Dcreate2(file, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, how, H5P_DEFAULT);
    herr_t status = set < 0 ? -1 : length == 0 ? 0 : H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
    if (set >= 0 && H5Dclose(set) < 0) status = -1;
    H5Pclose(how);
    H5Sclose(space);
    return status < 0 ? -1 : 0;
}

int chdf5_write_string(int64_t file, const char *name, const char *text) {
    hsize_t one = 1;
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &one, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    H5Tset_size(type, H5T_VARIABLE);
    H5Pset_obj_track_times(how, 0);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    herr_t status = set < 0 ? -1 : H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text);
    if (set >= 0 && H5Dclose(set) < 0) status = -1;
    H5Pclose(how);
    H5Sclose(space);
    H5Tclose(type);
    return status < 0 ? -1 : 0;
}
