#include "Onnx/Model.h"
#include <cstdio>
#include <sys/stat.h>

namespace neural {

std::vector<uint8_t> readFile(const std::string &path, uint64_t from, uint64_t length) {
    struct stat info;
    FILE *file = std::fopen(path.c_str(), "rb");
    if (!file) fail(Trouble::unreadable, "cannot open " + path + "; check that it is there and may be read");
    std::unique_ptr<FILE, int (*)(FILE *)> closer(file, std::fclose);
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)) fail(Trouble::unreadable, path + " is no regular file");
    uint64_t size = uint64_t(info.st_size);
    if (length == UINT64_MAX && from <= size) length = size - from;
    if (from > size || length > size - from) fail(Trouble::unreadable, path + " is shorter than the network says; copy it again");
    std::vector<uint8_t> bytes(length);
    if (fseeko(file, off_t(from), SEEK_SET) != 0 || std::fread(bytes.data(), 1, length, file) != length) fail(Trouble::unreadable, "cannot read " + path + " to its end");
    return bytes;
}

} // namespace neural
