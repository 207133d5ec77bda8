#include "CNifti.h"

int cnifti_close(znzFile file) { return znzclose(file); }
