#include "Bridge.h"
#include <itkImageRegistrationMethodv4.h>
#include <itkMattesMutualInformationImageToImageMetricv4.h>
#include <itkRegistrationParameterScalesFromPhysicalShift.h>
#include <itkRegularStepGradientDescentOptimizerv4.h>
#include <itkVersorRigid3DTransform.h>

namespace {

using Rigid = itk::VersorRigid3DTransform<double>;
using Metric = itk::MattesMutualInformationImageToImageMetricv4<citk::Image, citk::Image>;
using Optimizer = itk::RegularStepGradientDescentOptimizerv4<double>;
using Registration = itk::ImageRegistrationMethodv4<citk::Image, citk::Image, Rigid>;

Rigid::Pointer made(const citk_rigid &t) {
    auto rigid = Rigid::New();
    Rigid::InputPointType centre;
    Rigid::OutputVectorType translation;
    for (unsigned d = 0; d < 3; ++d) {
        centre[d] = t.centre[d];
        translation[d] = t.translation[d];
    }
    Rigid::VersorType versor;
    versor.Set(t.quaternion[0], t.quaternion[1], t.quaternion[2], t.quaternion[3]);
    rigid->SetCenter(centre);
    rigid->SetRotation(versor);
    rigid->SetTranslation(translation);
    return rigid;
}

void store(const Rigid &rigid, citk_rigid &t) {
    const auto versor = rigid.GetVersor();
    t.quaternion[0] = versor.GetX();
    t.quaternion[1] = versor.GetY();
    t.quaternion[2] = versor.GetZ();
    t.quaternion[3] = versor.GetW();
    for (unsigned d = 0; d < 3; ++d) {
        t.centre[d] = rigid.GetCenter()[d];
        t.translation[d] = rigid.GetTranslation()[d];
    }
}

Metric::Pointer metric(const citk_volume &fixed, const citk_volume &moving, int32_t bins) {
    auto metric = Metric::New();
    metric->SetNumberOfHistogramBins(static_cast<itk::SizeValueType>(bins));
    metric->SetUseMovingImageGradientFilter(false);
    metric->SetUseFixedImageGradientFilter(false);
    metric->SetMaximumNumberOfWorkUnits(1);
    if (auto mask = citk::mask(fixed)) metric->SetFixedImageMask(mask);
    if (auto mask = citk::mask(moving)) metric->SetMovingImageMask(mask);
    return metric;
}

Optimizer::Pointer optimizer(Metric *metric, const citk_rigid_options &options) {
    using Scales = itk::RegistrationParameterScalesFromPhysicalShift<Metric>;
    auto scales = Scales::New();
    scales->SetMetric(metric);
    auto optimizer = Optimizer::New();
    optimizer->SetScalesEstimator(scales);
    optimizer->SetDoEstimateLearningRateOnce(false);
    optimizer->SetDoEstimateLearningRateAtEachIteration(false);
    // With scales from physical shift, the length of a step is about the mean shift of a voxel in mm.
    optimizer->SetLearningRate(options.largest_step);
    optimizer->SetMinimumStepLength(options.smallest_step);
    optimizer->SetRelaxationFactor(0.6);
    optimizer->SetNumberOfIterations(static_cast<itk::SizeValueType>(options.iterations));
    optimizer->SetGradientMagnitudeTolerance(1e-9);
    optimizer->SetReturnBestParametersAndValue(true);
    return optimizer;
}

}  // namespace

int32_t citk_register_rigid(citk_volume fixed, citk_volume moving, citk_rigid_options options,
                            citk_rigid *transform, citk_rigid_ending *ending, char *message, int64_t capacity) {
    return citk::guarded(message, capacity, [&] {
        auto rigid = made(*transform);
        auto mutual = metric(fixed, moving, options.bins);
        auto descent = optimizer(mutual, options);
        auto registration = Registration::New();
        registration->SetFixedImage(citk::image(fixed));
        registration->SetMovingImage(citk::image(moving));
        registration->SetMetric(mutual);
        registration->SetOptimizer(descent);
        registration->SetInitialTransform(rigid);
        registration->InPlaceOn();
        // The pyramid is Carpus's own, so that thick slices are not blurred: one level here, as the volumes are.
        registration->SetNumberOfLevels(1);
        Registration::ShrinkFactorsArrayType shrink(1);
        Registration::SmoothingSigmasArrayType sigma(1);
        shrink.Fill(1);
        sigma.Fill(0);
        registration->SetShrinkFactorsPerLevel(shrink);
        registration->SetSmoothingSigmasPerLevel(sigma);
        if (options.sampling < 1) {
            registration->SetMetricSamplingStrategy(Registration::MetricSamplingStrategyEnum::REGULAR);
            registration->SetMetricSamplingPercentage(options.sampling);
            registration->MetricSamplingReinitializeSeed(static_cast<int>(options.seed));
        } else {
            registration->SetMetricSamplingStrategy(Registration::MetricSamplingStrategyEnum::NONE);
        }
        registration->Update();
        store(*rigid, *transform);
        ending->metric = descent->GetValue();
        ending->iterations = static_cast<int32_t>(descent->GetCurrentIteration());
        ending->converged = descent->GetCurrentStepLength() <= options.smallest_step * 1.000001 || ending->iterations < options.iterations ? 1 : 0;
    });
}
