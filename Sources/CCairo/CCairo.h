// cairo as the system gives it: image surfaces, PNG, SVG, and the toy text interface.
#include <cairo/cairo.h>
#include <cairo/cairo-svg.h>
