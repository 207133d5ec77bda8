// Between the C header and ITK: images over borrowed memory, and exceptions turned into sentences.
#pragma once
#include "ITKForClang.h"
#include "CITK.h"
// ITK's own Eigen uses what C++17 deprecates.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#include <cstring>
#include <exception>
#include <itkImage.h>
#include <itkImageMaskSpatialObject.h>
#include <itkImportImageFilter.h>
#include <itkMultiThreaderBase.h>
#include <mutex>

namespace citk {

using Image = itk::Image<float, 3>;
using Mask = itk::Image<unsigned char, 3>;

/// ITK sums over threads in the order in which they end. One thread each keeps results the same to the last bit; Carpus
/// itself does several things at a time.
inline void prepare() {
    static std::once_flag once;
    std::call_once(once, [] {
        itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(1);
        itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
    });
}

/// Runs `body`; what it throws becomes a number and a sentence.
template <typename Body> int32_t guarded(char *message, int64_t capacity, Body body) noexcept {
    auto say = [&](const char *text) {
        if (capacity <= 0) return;
        std::strncpy(message, text, static_cast<size_t>(capacity - 1));
        message[capacity - 1] = 0;
    };
    try {
        prepare();
        body();
        return 0;
    } catch (const itk::ExceptionObject &e) {
        say(e.GetDescription());
        return 1;
    } catch (const std::exception &e) {
        say(e.what());
        return 2;
    } catch (...) {
        say("an unknown C++ exception");
        return 3;
    }
}

/// An image over borrowed scalars of either type.
template <typename Pixel> typename itk::Image<Pixel, 3>::Pointer borrowed(const Pixel *scalars, const citk_volume &v) {
    using Import = itk::ImportImageFilter<Pixel, 3>;
    auto import = Import::New();
    typename Import::RegionType region;
    typename Import::DirectionType direction;
    for (unsigned d = 0; d < 3; ++d) {
        region.SetSize(d, static_cast<itk::SizeValueType>(v.size[d]));
        for (unsigned c = 0; c < 3; ++c) direction(d, c) = v.direction[3 * d + c];
    }
    import->SetRegion(region);
    import->SetSpacing(v.spacing);
    import->SetOrigin(v.origin);
    import->SetDirection(direction);
    import->SetImportPointer(const_cast<Pixel *>(scalars), region.GetNumberOfPixels(), false);
    import->Update();
    typename itk::Image<Pixel, 3>::Pointer image = import->GetOutput();
    image->DisconnectPipeline();
    return image;
}

inline Image::Pointer image(const citk_volume &v) { return borrowed<float>(v.scalars, v); }

/// The mask as a thing in space, or null.
inline itk::ImageMaskSpatialObject<3>::Pointer mask(const citk_volume &v) {
    if (v.mask == nullptr) return nullptr;
    auto object = itk::ImageMaskSpatialObject<3>::New();
    object->SetImage(borrowed<unsigned char>(v.mask, v));
    object->Update();
    return object;
}

}  // namespace citk
