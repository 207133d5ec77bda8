#pragma once
#include "Base/Fault.h"
#include <cstdint>
#include <cstring>
#include <string>

namespace neural {

/// Bytes of a file that someone else owns.
struct Bytes {
    const uint8_t *at = nullptr;
    size_t count = 0;
    std::string text() const { return std::string(reinterpret_cast<const char *>(at), count); }
};

/// Reads one protocol-buffers message field by field. Every length is checked against what is left.
class WireReader {
public:
    explicit WireReader(Bytes message) : at(message.at), end(message.at + message.count) {}

    /// Goes to the next field; false at the end.
    bool next() {
        if (at == end) return false;
        uint64_t tag = varint();
        number = uint32_t(tag >> 3);
        kind = int(tag & 7);
        if (tag >> 32 || number == 0) damaged("a field number");
        switch (kind) {
        case 0: value = varint(); break;
        case 1: value = fixed(8); break;
        case 5: value = fixed(4); break;
        case 2: {
            uint64_t length = varint();
            if (length > uint64_t(end - at)) damaged("a length");
            bytes = {at, size_t(length)};
            at += length;
            break;
        }
        default: damaged("a field type");
        }
        return true;
    }

    /// The current field's number in its message.
    uint32_t number = 0;
    int64_t integer() const { return need(0), int64_t(value); }
    Bytes message() const { return need(2), bytes; }
    float float32() const {
        need(5);
        uint32_t low = uint32_t(value);
        float f;
        memcpy(&f, &low, 4);
        return f;
    }

    /// A repeated integer: one value, or many packed together.
    template <class F> void integers(F take) const {
        if (kind != 2) return take(integer());
        for (WireReader packed(bytes); packed.at != packed.end;) take(int64_t(packed.varint()));
    }
    /// A repeated number of fixed width, likewise.
    template <class T, class F> void numbers(F take) const {
        if (kind != 2) {
            need(sizeof(T) == 4 ? 5 : 1);
            T one;
            memcpy(&one, &value, sizeof one);
            return take(one);
        }
        if (bytes.count % sizeof(T)) damaged("packed numbers");
        for (size_t i = 0; i < bytes.count; i += sizeof(T)) {
            T one;
            memcpy(&one, bytes.at + i, sizeof one);
            take(one);
        }
    }

private:
    const uint8_t *at, *end;
    int kind = 0;
    uint64_t value = 0;
    Bytes bytes;

    [[noreturn]] static void damaged(const char *what) { fail(Trouble::unreadable, std::string("no ONNX file, or a damaged one: ") + what + " makes no sense; export it again"); }
    void need(int wanted) const { if (kind != wanted) damaged("a field's type"); }
    uint64_t varint() {
        uint64_t v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) damaged("a number at the end");
            uint8_t b = *at++;
            v |= uint64_t(b & 127) << shift;
            if (!(b & 128)) return v;
        }
        damaged("a number of more than 64 bits");
    }
    uint64_t fixed(size_t width) {
        if (size_t(end - at) < width) damaged("a number at the end");
        uint64_t v = 0;
        memcpy(&v, at, width);
        at += width;
        return v;
    }
};

} // namespace neural
