#include "CDCMTK.h"
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

struct Fault {
  cdcmtk_status status;
  std::string message;
};

void demand(const OFCondition &condition, cdcmtk_status status, const std::string &what) {
  if (condition.bad()) throw Fault{status, what + condition.text()};
}

/// The longest replacement: more than any identifier, date or cleaned description needs.
constexpr size_t longest = 1024;

bool isText(DcmEVR vr) {
  switch (vr) {
    case EVR_AE: case EVR_AS: case EVR_CS: case EVR_DA: case EVR_DS: case EVR_DT: case EVR_IS: case EVR_LO: case EVR_LT: case EVR_PN:
    case EVR_SH: case EVR_ST: case EVR_TM: case EVR_UC: case EVR_UI: case EVR_UR: case EVR_UT: return true;
    default: return false;
  }
}

bool isKnown(const DcmTagKey &key) {
  const DcmDataDictionary &dictionary = dcmDataDict.rdlock();
  const bool found = dictionary.findEntry(key, nullptr) != nullptr;
  dcmDataDict.rdunlock();
  return found;
}

class Rewriting {
 public:
  Rewriting(cdcmtk_decide decide, void *context) : decide_(decide), context_(context), replacement_(longest) {}

  void edit(DcmItem &item) {
    std::vector<DcmTagKey> keys;
    for (unsigned long i = 0; i < item.card(); i++) keys.push_back(item.getElement(i)->getTag().getXTag());
    for (const DcmTagKey &key : keys) {
      DcmElement *element = nullptr;
      if (item.findAndGetElement(key, element, OFFalse).bad() || element == nullptr) continue;
      apply(ask(item, *element), item, *element);
    }
  }

 private:
  cdcmtk_action ask(DcmItem &item, DcmElement &element) {
    const DcmTag &tag = element.getTag();
    const DcmEVR vr = element.getVR();
    OFString creator, value;
    const Uint16 group = tag.getGroup(), number = tag.getElement();
    if ((group & 1) != 0 && number > 0xFF) {
      // The block's owner stands in the item itself; its own value is padded.
      if (item.findAndGetOFString(DcmTagKey(group, static_cast<Uint16>(number >> 8)), creator).bad()) creator.clear();
      while (!creator.empty() && creator.back() == ' ') creator.erase(creator.size() - 1);
    }
    if (isText(vr) && element.getOFStringArray(value, OFFalse).bad()) value.clear();
    cdcmtk_found found{};
    found.tag = static_cast<uint32_t>(group) << 16 | number;
    std::memcpy(found.vr, DcmVR(vr).getValidVRName(), 2);
    found.creator = creator.c_str();
    found.value = value.c_str();
    found.length = element.getLength();
    found.is_known = isKnown(tag.getXTag()) ? 1 : 0;
    replacement_[0] = 0;
    return decide_(context_, &found, replacement_.data(), replacement_.size());
  }

  void apply(cdcmtk_action action, DcmItem &item, DcmElement &element) {
    const DcmTagKey key = element.getTag().getXTag();
    switch (action) {
      case CDCMTK_REMOVE:
        demand(item.findAndDeleteElement(key, OFTrue, OFFalse), CDCMTK_BAD_ELEMENT, name(key));
        break;
      case CDCMTK_EMPTY:
        demand(element.clear(), CDCMTK_BAD_ELEMENT, name(key));
        break;
      case CDCMTK_REPLACE:
        demand(element.putString(replacement_.data()), CDCMTK_BAD_ELEMENT, name(key));
        break;
      default:
        if (auto *sequence = dynamic_cast<DcmSequenceOfItems *>(&element); sequence != nullptr && element.getVR() == EVR_SQ) {
          for (unsigned long i = 0; i < sequence->card(); i++) edit(*sequence->getItem(i));
        }
    }
  }

  static std::string name(const DcmTagKey &key) { return std::string(key.toString().c_str()) + ": "; }

  cdcmtk_decide decide_;
  void *context_;
  std::vector<char> replacement_;
};

/// Overlays of old lie in bits of the pixels that no value uses, where nothing takes them out.
void refuseHiddenOverlays(DcmDataset &set) {
  for (Uint16 group = 0x6000; group <= 0x60FE; group += 2) {
    Uint16 bit = 0;
    if (set.findAndGetUint16(DcmTagKey(group, 0x0102), bit).good() && bit != 0 && !set.tagExists(DcmTagKey(group, 0x3000))) {
      throw Fault{CDCMTK_BAD_ELEMENT, "an overlay lies in unused bits of the pixels, and may show names"};
    }
  }
}

void putMethods(DcmDataset &set, const char *const *methods, size_t count) {
  for (size_t i = 0; i < count; i++) {
    DcmItem *item = nullptr;
    demand(set.findOrCreateSequenceItem(DcmTag(0x0012, 0x0064, EVR_SQ), item, -2), CDCMTK_BAD_ELEMENT, "(0012,0064): ");
    demand(item->putAndInsertString(DcmTag(0x0008, 0x0100, EVR_SH), methods[2 * i]), CDCMTK_BAD_ELEMENT, "(0008,0100): ");
    demand(item->putAndInsertString(DcmTag(0x0008, 0x0102, EVR_SH), "DCM"), CDCMTK_BAD_ELEMENT, "(0008,0102): ");
    demand(item->putAndInsertString(DcmTag(0x0008, 0x0104, EVR_LO), methods[2 * i + 1]), CDCMTK_BAD_ELEMENT, "(0008,0104): ");
  }
}

}  // namespace

int cdcmtk_rewrite(const char *from, const char *to, cdcmtk_decide decide, void *context, const cdcmtk_added *added, size_t added_count, const char *const *methods, size_t method_count, char *error, size_t error_size) {
  static std::once_flag once;
  try {
    std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
    if (!dcmDataDict.isDictionaryLoaded()) throw Fault{CDCMTK_CANNOT_WRITE, "DCMTK's data dictionary is missing; install libdcmtk"};
    DcmFileFormat read;
    demand(read.loadFile(from, EXS_Unknown, EGL_noChange), CDCMTK_BAD_ELEMENT, "");
    const E_TransferSyntax syntax = read.getDataset()->getOriginalXfer();
    refuseHiddenOverlays(*read.getDataset());
    Rewriting(decide, context).edit(*read.getDataset());
    // A new file around the old data set: nothing of the preamble and the meta information goes over.
    DcmFileFormat written(read.getAndRemoveDataset(), OFFalse);
    for (size_t i = 0; i < added_count; i++) {
      const cdcmtk_added &a = added[i];
      const DcmTag tag(static_cast<Uint16>(a.tag >> 16), static_cast<Uint16>(a.tag & 0xFFFF), DcmVR(std::string(a.vr, 2).c_str()));
      demand(written.getDataset()->putAndInsertString(tag, a.value), CDCMTK_BAD_ELEMENT, "what is added: ");
    }
    putMethods(*written.getDataset(), methods, method_count);
    demand(
        written.saveFile(to, syntax, EET_ExplicitLength, EGL_withoutGL, EPD_withoutPadding, 0, 0, EWM_createNewMeta), CDCMTK_CANNOT_WRITE, "");
    return CDCMTK_OK;
  } catch (const Fault &f) {
    if (error_size > 0) std::snprintf(error, error_size, "%s", f.message.c_str());
    return f.status;
  } catch (const std::exception &e) {
    if (error_size > 0) std::snprintf(error, error_size, "%s", e.what());
    return CDCMTK_CANNOT_WRITE;
  } catch (...) {
    if (error_size > 0) std::snprintf(error, error_size, "%s", "an unknown C++ exception");
    return CDCMTK_CANNOT_WRITE;
  }
}
