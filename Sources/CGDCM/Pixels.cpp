#include "Guard.h"
#include "Lengths.h"
#include <gdcmImageReader.h>
#include <fstream>

int cgdcm_read_pixels(const char *path, cgdcm_pixel_format *format, void *(*allocate)(void *context, const cgdcm_pixel_format *format), void *context, char *error, size_t error_size) {
  std::ifstream stream(path, std::ios::binary);
  return cgdcm::guarded(error, error_size, [&] {
    if (!cgdcm::lengthsFit(stream, true)) return cgdcm::refuse(CGDCM_CUT_SHORT, "the file was cut short, or a length in it is wrong; copy it again", error, error_size);
    gdcm::ImageReader reader;
    reader.SetStream(stream);
    if (!reader.Read()) {
      return cgdcm::refuse(CGDCM_DAMAGED, "the pixels are missing, cut short or damaged", error, error_size);
    }
    const gdcm::Image &image = reader.GetImage();
    const gdcm::PixelFormat &pixel = image.GetPixelFormat();
    const unsigned int *size = image.GetDimensions();
    *format = cgdcm_pixel_format{};
    format->columns = size[0];
    format->rows = size[1];
    format->frames = image.GetNumberOfDimensions() > 2 ? size[2] : 1;
    format->samples = pixel.GetSamplesPerPixel();
    format->bits_allocated = pixel.GetBitsAllocated();
    format->bits_stored = pixel.GetBitsStored();
    format->high_bit = pixel.GetHighBit();
    format->is_signed = pixel.GetPixelRepresentation() == 1;
    format->bytes = image.GetBufferLength();
    void *room = allocate(context, format);
    if (!room) return cgdcm::refuse(CGDCM_UNSUPPORTED, "the decoded pixels have not the size the header names", error, error_size);
    if (!image.GetBuffer(static_cast<char *>(room))) {
      return cgdcm::refuse(CGDCM_DAMAGED, "the pixels cannot be decoded; they are damaged, cut short, or compressed in a way GDCM does not know", error, error_size);
    }
    return static_cast<int>(CGDCM_OK);
  });
}
