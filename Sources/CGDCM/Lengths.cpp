#include "Lengths.h"
#include <cstdint>
#include <cstring>
#include <string>

namespace {

constexpr uint32_t undefined = 0xFFFFFFFF, item = 0xFFFEE000, item_end = 0xFFFEE00D, sequence_end = 0xFFFEE0DD;

struct Walk {
  std::istream &stream;
  uint64_t size;
  bool with_pixels;
  bool fits = true;
  bool lost = false;  // what follows is not understood; GDCM decides
  std::string syntax;
  uint64_t pixels = 0;  // where they begin, when they were not wanted

  uint64_t at() { return static_cast<uint64_t>(stream.tellg()); }
  bool done() const { return !fits || lost; }

  bool read(void *to, size_t n) {
    stream.read(static_cast<char *>(to), static_cast<std::streamsize>(n));
    if (!stream) lost = true;
    return !lost;
  }

  template <typename T> T number(bool big) {
    unsigned char b[sizeof(T)] = {};
    read(b, sizeof b);
    T value = 0;
    for (size_t i = 0; i < sizeof b; i++) value = static_cast<T>(value << 8 | b[big ? i : sizeof b - 1 - i]);
    return value;
  }

  void skip(uint32_t length, uint64_t end) {
    uint64_t here = at();
    if (here + length > end) {
      fits = false;
    } else {
      stream.seekg(static_cast<std::streamoff>(here + length));
    }
  }

  // Items up to a delimiter or `end`; fragments of pixels are items whose content is not looked into.
  void items(uint64_t end, bool is_explicit, bool big, bool fragments, int depth) {
    while (!done() && at() + 8 <= end) {
      uint32_t tag = static_cast<uint32_t>(number<uint16_t>(big)) << 16;
      tag |= number<uint16_t>(big);
      uint32_t length = number<uint32_t>(big);
      if (tag == sequence_end) return;
      if (tag != item) {
        lost = true;
      } else if (length == undefined) {
        elements(end, is_explicit, big, depth + 1);
      } else if (at() + length > end) {
        fits = false;
      } else if (fragments) {
        skip(length, end);
      } else {
        uint64_t after = at() + length;
        elements(after, is_explicit, big, depth + 1);
        if (!done()) stream.seekg(static_cast<std::streamoff>(after));
      }
    }
  }

  // Elements of a data set, or of an item, up to `end` or the item's delimiter. With `meta_only`, those of group 2.
  void elements(uint64_t end, bool is_explicit, bool big, int depth, bool meta_only = false) {
    if (depth > 32) lost = true;
    while (!done() && at() + 8 <= end) {
      uint64_t start = at();
      uint32_t tag = static_cast<uint32_t>(number<uint16_t>(big)) << 16;
      tag |= number<uint16_t>(big);
      if (meta_only ? tag >> 16 != 2 : depth == 0 && tag >= 0x7FE00010 && !with_pixels) {
        if (!meta_only) pixels = start;
        stream.seekg(static_cast<std::streamoff>(start));
        return;
      }
      if (tag == item_end) {
        number<uint32_t>(big);
        return;
      }
      char vr[3] = "UN";
      uint32_t length;
      if (is_explicit) {
        read(vr, 2);
        if (lost || vr[0] < 'A' || vr[0] > 'Z' || vr[1] < 'A' || vr[1] > 'Z') {
          lost = true;
          return;
        }
        bool is_long = std::strstr("OB OD OF OL OV OW SQ SV UC UN UR UT UV", vr) != nullptr;
        if (is_long) number<uint16_t>(big);
        length = is_long ? number<uint32_t>(big) : number<uint16_t>(big);
      } else {
        length = number<uint32_t>(big);
      }
      if (tag == 0x00020010 && length < 128 && at() + length <= end) {
        syntax.resize(length);
        read(syntax.data(), length);
        while (!syntax.empty() && (syntax.back() == 0 || syntax.back() == ' ')) syntax.pop_back();
        continue;
      }
      bool is_sequence = std::strcmp(vr, "SQ") == 0;
      if (length == undefined) {
        // An unknown VR of undefined length holds implicit items.
        items(end, is_explicit && std::strcmp(vr, "UN") != 0, big, tag == 0x7FE00010, depth);
      } else if (at() + length > end) {
        fits = false;
      } else if (is_sequence) {
        uint64_t after = at() + length;
        items(after, is_explicit, big, false, depth);
        if (!done()) stream.seekg(static_cast<std::streamoff>(after));
      } else {
        skip(length, end);
      }
    }
  }

  void file() {
    char head[132] = {};
    read(head, sizeof head);
    bool preamble = !lost && std::memcmp(head + 128, "DICM", 4) == 0;
    lost = false;
    stream.clear();
    stream.seekg(preamble ? 132 : 0);
    elements(size, true, false, 0, true);
    if (done() || syntax == "1.2.840.10008.1.2.1.99" || at() + 8 > size) return;
    char first[6] = {};
    uint64_t start = at();
    read(first, sizeof first);
    stream.seekg(static_cast<std::streamoff>(start));
    // The bytes themselves tell the encoding more reliably than the file's word for it.
    bool is_explicit = first[4] >= 'A' && first[4] <= 'Z' && first[5] >= 'A' && first[5] <= 'Z';
    bool big = is_explicit && first[0] == 0 && first[1] != 0;
    elements(size, is_explicit, big, 0);
  }
};

}  // namespace

bool cgdcm::lengthsFit(std::istream &stream, bool with_pixels, uint64_t *pixels) {
  stream.seekg(0, std::ios::end);
  Walk walk{stream, static_cast<uint64_t>(stream.tellg()), with_pixels};
  stream.seekg(0);
  walk.file();
  stream.clear();
  stream.seekg(0);
  if (pixels) *pixels = walk.pixels;
  return walk.fits && !walk.lost;
}
