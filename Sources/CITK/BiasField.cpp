#include "Bridge.h"
#include <cmath>
#include <itkBSplineControlPointImageFilter.h>
#include <itkN4BiasFieldCorrectionImageFilter.h>
#include <itkVersion.h>

namespace {

using N4 = itk::N4BiasFieldCorrectionImageFilter<citk::Image, citk::Mask, citk::Image>;
using Reconstruction = itk::BSplineControlPointImageFilter<N4::BiasFieldControlPointLatticeType, N4::ScalarImageType>;

}  // namespace

int32_t citk_n4(citk_volume volume, citk_n4_options options, float *log_field, char *message, int64_t capacity) {
    return citk::guarded(message, capacity, [&] {
        auto image = citk::image(volume);
        auto n4 = N4::New();
        n4->SetInput(image);
        n4->SetMaskImage(citk::borrowed<unsigned char>(volume.mask, volume));
        n4->SetMaskLabel(1);
        const auto levels = static_cast<unsigned>(options.levels);
        N4::ArrayType fitting;
        fitting.Fill(levels);
        n4->SetNumberOfFittingLevels(fitting);
        N4::VariableSizeArrayType iterations(levels);
        iterations.Fill(static_cast<unsigned>(options.iterations));
        n4->SetMaximumNumberOfIterations(iterations);
        n4->SetConvergenceThreshold(options.convergence);
        n4->Update();

        auto reconstruction = Reconstruction::New();
        reconstruction->SetInput(n4->GetLogBiasFieldControlPointLattice());
        reconstruction->SetSplineOrder(n4->GetSplineOrder());
        reconstruction->SetSize(image->GetLargestPossibleRegion().GetSize());
        reconstruction->SetOrigin(image->GetOrigin());
        reconstruction->SetDirection(image->GetDirection());
        reconstruction->SetSpacing(image->GetSpacing());
        reconstruction->Update();
        const auto *field = reconstruction->GetOutput()->GetBufferPointer();
        const auto count = image->GetLargestPossibleRegion().GetNumberOfPixels();
        for (itk::SizeValueType i = 0; i < count; ++i) log_field[i] = field[i][0];
    });
}

const char *citk_version(void) {
    static const std::string version = itk::Version::GetITKVersion();
    return version.c_str();
}
