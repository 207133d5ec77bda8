#include "Guard.h"
#include "Lengths.h"
#include <gdcmCSAHeader.h>
#include <gdcmGlobal.h>
#include <gdcmPrivateTag.h>
#include <gdcmReader.h>
#include <gdcmSequenceOfItems.h>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace {

struct Wanted {
  uint32_t tag;
  std::string vr;
};

// Standard elements by tag; private ones by group, last byte and creator, because their block may lie anywhere.
struct Selection {
  std::map<uint32_t, Wanted> standard;
  std::map<std::pair<uint32_t, std::string>, Wanted> owned;

  explicit Selection(const char *text) {
    while (*text) {
      const char *end = std::strchr(text, '\n');
      std::string line = end ? std::string(text, end) : std::string(text);
      text = end ? end + 1 : text + line.size();
      if (line.size() < 12) continue;
      Wanted w{static_cast<uint32_t>(std::stoul(line.substr(0, 8), nullptr, 16)), line.substr(9, 2)};
      size_t bar = line.find('|');
      if (bar == std::string::npos) {
        standard[w.tag] = w;
      } else {
        owned[{w.tag & 0xFFFF00FFu, line.substr(bar + 1, line.rfind('|') - bar - 1)}] = w;
      }
    }
  }

  const Wanted *find(const gdcm::DataSet &set, const gdcm::Tag &tag) const {
    if (!tag.IsPrivate()) {
      auto hit = standard.find(tag.GetElementTag());
      return hit == standard.end() ? nullptr : &hit->second;
    }
    if (tag.GetElement() < 0x1000) return nullptr;
    auto low = owned.lower_bound({tag.GetElementTag() & 0xFFFF00FFu, std::string()});
    if (low == owned.end() || low->first.first != (tag.GetElementTag() & 0xFFFF00FFu)) return nullptr;
    std::string owner = set.GetPrivateCreator(tag);
    while (!owner.empty() && (owner.back() == ' ' || owner.back() == 0)) owner.pop_back();
    auto hit = owned.find({tag.GetElementTag() & 0xFFFF00FFu, owner});
    return hit == owned.end() ? nullptr : &hit->second;
  }
};

template <typename T> std::string numbers(const char *bytes, size_t length) {
  std::string text;
  for (size_t at = 0; at + sizeof(T) <= length && at / sizeof(T) < 4096; at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes + at, sizeof(T));
    char digits[64];
    auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    if (at) text += '\\';
    text.append(digits, end);
  }
  return text;
}

std::string text(const std::string &vr, const char *bytes, size_t length) {
  if (vr == "US") return numbers<uint16_t>(bytes, length);
  if (vr == "SS") return numbers<int16_t>(bytes, length);
  if (vr == "UL") return numbers<uint32_t>(bytes, length);
  if (vr == "SL") return numbers<int32_t>(bytes, length);
  if (vr == "FL") return numbers<float>(bytes, length);
  if (vr == "FD") return numbers<double>(bytes, length);
  return std::string(bytes, std::min<size_t>(length, 65536));
}

struct Walk {
  const Selection &selection;
  const cgdcm_visitor &visitor;
  void *context;

  void tell(const gdcm::DataSet &set, int depth) const {
    if (depth > 16) return;
    for (const gdcm::DataElement &e : set.GetDES()) {
      const Wanted *wanted = selection.find(set, e.GetTag());
      if (!wanted || e.IsEmpty()) continue;
      if (wanted->vr == "SQ") {
        gdcm::SmartPointer<gdcm::SequenceOfItems> items = e.GetValueAsSQ();
        if (!items) continue;
        for (gdcm::SequenceOfItems::SizeType i = 1; i <= items->GetNumberOfItems(); i++) {
          visitor.begin_item(context, wanted->tag);
          tell(items->GetItem(i).GetNestedDataSet(), depth + 1);
          visitor.end_item(context, wanted->tag);
        }
      } else if (const gdcm::ByteValue *value = e.GetByteValue()) {
        // A file's own VR counts, unless it has none or the unspecific one.
        std::string vr = gdcm::VR::GetVRString(e.GetVR());
        if (e.GetVR() == gdcm::VR::INVALID || e.GetVR() == gdcm::VR::UN || vr.size() != 2) vr = wanted->vr;
        std::string told = text(vr, value->GetPointer(), value->GetLength());
        visitor.element(context, wanted->tag, told.data(), told.size());
      }
    }
  }

  void tellCSA(const gdcm::DataSet &set) const {
    const gdcm::PrivateTag tag = gdcm::CSAHeader::GetCSAImageHeaderInfoTag();
    if (!set.FindDataElement(tag)) return;
    gdcm::CSAHeader csa;
    if (!csa.LoadFromDataElement(set.GetDataElement(tag))) return;
    for (const char *name : {"NumberOfImagesInMosaic", "SliceNormalVector", "ProtocolSliceNumber"}) {
      if (!csa.FindCSAElementByName(name)) continue;
      const gdcm::ByteValue *value = csa.GetCSAElementByName(name).GetByteValue();
      if (value) visitor.csa(context, name, value->GetPointer(), value->GetLength());
    }
  }
};

}  // namespace

int cgdcm_read_header(const char *path, const char *wanted, int with_csa, const cgdcm_visitor *visitor, void *context, char *error, size_t error_size) {
  std::ifstream stream(path, std::ios::binary);
  return cgdcm::guarded(error, error_size, [&] {
    const Selection selection(wanted);
    uint64_t pixels = 0;
    if (!cgdcm::lengthsFit(stream, false, &pixels)) return cgdcm::refuse(CGDCM_CUT_SHORT, "a length in the header is wrong, or the file was cut short; copy it again", error, error_size);
    // GDCM looks at the value it should stop before, so it is shown no more than the header.
    std::string head(pixels, 0);
    stream.read(head.data(), static_cast<std::streamsize>(pixels));
    std::istringstream text(head);
    gdcm::Reader reader;
    reader.SetStream(pixels ? static_cast<std::istream &>(text) : stream);
    if (!reader.ReadUpToTag(gdcm::Tag(0x7FE0, 0x0010))) {
      return cgdcm::refuse(CGDCM_DAMAGED, "the DICOM header is damaged or cut short", error, error_size);
    }
    const gdcm::File &file = reader.GetFile();
    const char *syntax = gdcm::TransferSyntax::GetTSString(file.GetHeader().GetDataSetTransferSyntax());
    if (syntax) visitor->element(context, 0x00020010, syntax, std::strlen(syntax));
    const Walk walk{selection, *visitor, context};
    walk.tell(file.GetDataSet(), 0);
    if (with_csa) walk.tellCSA(file.GetDataSet());
    return static_cast<int>(CGDCM_OK);
  });
}
