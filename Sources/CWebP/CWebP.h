// libwebp as the system gives it: encoding, and decoding for tests.
#include <webp/decode.h>
#include <webp/encode.h>
