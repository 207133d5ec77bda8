#include "CDCMTK.h"
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

struct Refusal {
  cdcmtk_status status;
  std::string message;
};

void check(const OFCondition &condition, cdcmtk_status status, const std::string &what) {
  if (condition.bad()) throw Refusal{status, what + condition.text()};
}

std::string name(uint32_t tag) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", static_cast<unsigned>(tag >> 16), static_cast<unsigned>(tag & 0xFFFF));
  return text;
}

/// The VR is the caller's, so that no dictionary is asked.
DcmTag dcmTag(uint32_t tag, const char vr[2]) {
  return DcmTag(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF), DcmVR(std::string(vr, 2).c_str()));
}

void put(DcmItem &item, const cdcmtk_element &e, const std::string &value) {
  DcmElement *made = nullptr;
  check(DcmItem::newDicomElementWithVR(made, dcmTag(e.tag, e.vr)), CDCMTK_BAD_ELEMENT, name(e.tag) + ": ");
  std::unique_ptr<DcmElement> element(made);
  if (!value.empty()) check(element->putString(value.c_str()), CDCMTK_BAD_ELEMENT, name(e.tag) + ": ");
  check(item.insert(element.get(), OFTrue), CDCMTK_BAD_ELEMENT, name(e.tag) + ": ");
  element.release();
}

void fill(DcmDataset &set, const char *text, const cdcmtk_element *elements, size_t count) {
  std::vector<DcmItem *> open{&set};
  for (size_t i = 0; i < count; i++) {
    const cdcmtk_element &e = elements[i];
    if (e.kind == CDCMTK_BEGIN_ITEM) {
      DcmItem *item = nullptr;
      check(open.back()->findOrCreateSequenceItem(dcmTag(e.tag, "SQ"), item, -2), CDCMTK_BAD_ELEMENT, name(e.tag) + ": ");
      open.push_back(item);
    } else if (e.kind == CDCMTK_END_ITEM) {
      if (open.size() < 2) throw Refusal{CDCMTK_BAD_ELEMENT, "an item ends that never began"};
      open.pop_back();
    } else {
      put(*open.back(), e, std::string(text + e.offset, e.length));
    }
  }
  if (open.size() > 1) throw Refusal{CDCMTK_BAD_ELEMENT, "an item never ends"};
}

/// A copy of an element under another tag of the same VR.
DcmElement *copyOf(DcmElement &found, uint32_t tag) {
  if (DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF)) == found.getTag().getXTag()) return OFstatic_cast(DcmElement *, found.clone());
  OFString value;
  check(found.getOFStringArray(value), CDCMTK_CANNOT_READ, name(tag) + ": ");
  DcmElement *made = nullptr;
  check(DcmItem::newDicomElementWithVR(made, DcmTag(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF), found.getTag().getVR())), CDCMTK_BAD_ELEMENT, name(tag) + ": ");
  std::unique_ptr<DcmElement> element(made);
  check(element->putOFStringArray(value), CDCMTK_BAD_ELEMENT, name(tag) + ": ");
  return element.release();
}

void lend(DcmDataset &set, const char *lender, const cdcmtk_loan *loans, size_t count) {
  DcmFileFormat file;
  const DcmTagKey pixels(0x7FE0, 0x0000);
  check(file.loadFileUntilTag(lender, EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect, pixels), CDCMTK_CANNOT_READ, "the source file cannot be read: ");
  for (size_t i = 0; i < count; i++) {
    for (uint32_t from : loans[i].from) {
      DcmElement *found = nullptr;
      const DcmTagKey key(static_cast<Uint16>(from >> 16), static_cast<Uint16>(from & 0xFFFF));
      if (from == 0 || file.getDataset()->findAndGetElement(key, found).bad() || !found || found->isEmpty()) continue;
      std::unique_ptr<DcmElement> copy(copyOf(*found, loans[i].to));
      check(set.insert(copy.get(), OFTrue), CDCMTK_BAD_ELEMENT, name(loans[i].to) + ": ");
      copy.release();
      break;
    }
  }
}

void putPixels(DcmDataset &set, const cdcmtk_pixels &pixels) {
  if (pixels.word_count > 0) {
    check(set.putAndInsertUint16Array(DcmTag(0x7FE0, 0x0010, EVR_OW), pixels.words, pixels.word_count), CDCMTK_BAD_ELEMENT, "the pixels: ");
  } else if (pixels.byte_count > 0) {
    check(set.putAndInsertUint8Array(DcmTag(0x7FE0, 0x0010, EVR_OB), pixels.bytes, pixels.byte_count), CDCMTK_BAD_ELEMENT, "the pixels: ");
  }
}

int refuse(int status, const char *message, char *error, size_t size) {
  if (size > 0) std::snprintf(error, size, "%s", message);
  return status;
}

template <typename Body> int guarded(char *error, size_t size, Body body) noexcept {
  static std::once_flag once;
  try {
    std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
    body();
    return CDCMTK_OK;
  } catch (const Refusal &r) {
    return refuse(r.status, r.message.c_str(), error, size);
  } catch (const std::exception &e) {
    return refuse(CDCMTK_CANNOT_WRITE, e.what(), error, size);
  } catch (...) {
    return refuse(CDCMTK_CANNOT_WRITE, "an unknown C++ exception", error, size);
  }
}

}  // namespace

int cdcmtk_write(
    const char *path, const char *text, const cdcmtk_element *elements, size_t element_count, const cdcmtk_pixels *pixels, const char *lender, const cdcmtk_loan *loans,
    size_t loan_count, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    DcmFileFormat file;
    fill(*file.getDataset(), text, elements, element_count);
    if (lender) lend(*file.getDataset(), lender, loans, loan_count);
    putPixels(*file.getDataset(), *pixels);
    check(file.saveFile(path, EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_withoutGL, EPD_withoutPadding), CDCMTK_CANNOT_WRITE, "");
  });
}
