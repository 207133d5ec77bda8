// cairo as the system gives it: image surfaces, PNG, and the toy text interface.
#include <cairo/cairo.h>
