/* FFTW 3 in single precision. */
#include <fftw3.h>
