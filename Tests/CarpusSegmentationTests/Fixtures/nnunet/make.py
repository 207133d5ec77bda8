"""Makes this folder with nnU-Net's own code: python make.py

Needs nnunetv2 (made with 2.8.1), torch, onnx and onnxscript. Each case is a folder with what nnU-Net keeps beside a network, images, and the
labels nnU-Net's predictor gives on the processor: as it is (expected),
and with logits summed in single precision (single), in which two all but equal classes are told apart as they should be. Four cases have a single convolution for a network (weights.json), so that everything around
a network is tested without an engine; `unet` is a real PlainConvUNet in miniature, trained for a minute on blobs, exported to ONNX.
"""
import json
import os
import shutil
import types
from pathlib import Path

for name in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
    os.environ[name] = "/nowhere"

import nibabel
import numpy as np
import onnx
import SimpleITK as sitk
import torch
import nnunetv2.inference.predict_from_raw_data as predicting
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from scipy.ndimage import gaussian_filter


def in_single_precision():
    """nnU-Net's predictor with its sums in single precision instead of half."""
    module = types.ModuleType("single")
    module.__file__ = predicting.__file__
    exec(compile(Path(predicting.__file__).read_text().replace("torch.half", "torch.float"), predicting.__file__, "exec"), module.__dict__)
    return module.nnUNetPredictor


HERE = Path(__file__).parent
torch.manual_seed(3)
torch.set_num_threads(1)


# Signal of background and labels in the two channels.
LEVELS = [[450, 250, 650, 850], [450, 800, 300, 600]]


def blobs(rng, size, classes):
    """Labels (z, y, x) of round things, and two channels that show them, 0 outside a body."""
    z, y, x = np.meshgrid(*[np.linspace(-1, 1, n) for n in size], indexing="ij")
    body = (z * 0.6) ** 2 + y**2 + x**2 < 0.85
    labels = np.zeros(size, int)
    for k in range(1, classes):
        for _ in range(2):
            c, r = rng.uniform(-0.5, 0.5, 3), rng.uniform(0.2, 0.4)
            labels[((z - c[0]) * 0.6) ** 2 + (y - c[1]) ** 2 + (x - c[2]) ** 2 < r * r] = k
    labels[~body] = 0
    channels = []
    for usual in LEVELS:
        level = np.array(usual[:classes]) + rng.normal(0, 20, classes)
        image = gaussian_filter(level[labels], 0.6) + rng.normal(0, 15, size)
        channels.append(np.where(body, image, 0).clip(0).round().astype(np.int16))
    return labels, channels


def plans(reader, transpose, channels, configurations):
    backward = [transpose.index(i) for i in range(3)]
    intensities = dict(mean=480.0, std=170.0, percentile_00_5=150.0, percentile_99_5=820.0, median=470.0, min=0.0, max=990.0)
    return dict(
        dataset_name="Dataset900_Miniature", plans_name="nnUNetPlans", image_reader_writer=reader, transpose_forward=transpose, transpose_backward=backward,
        label_manager="LabelManager", foreground_intensity_properties_per_channel={str(i): intensities for i in range(channels)}, configurations=configurations)


def configuration(patch, spacing, schemes, masked, architecture):
    kwargs = dict(is_seg=False, order=3, order_z=0, force_separate_z=None)
    return dict(
        data_identifier="miniature", preprocessor_name="DefaultPreprocessor", batch_size=2, patch_size=patch, spacing=spacing, normalization_schemes=schemes,
        use_mask_for_norm=masked, batch_dice=False, median_image_size_in_voxels=patch,
        resampling_fn_data="resample_data_or_seg_to_shape", resampling_fn_data_kwargs=kwargs,
        resampling_fn_seg="resample_data_or_seg_to_shape", resampling_fn_seg_kwargs=dict(kwargs, is_seg=True, order=1),
        resampling_fn_probabilities="resample_data_or_seg_to_shape", resampling_fn_probabilities_kwargs=dict(kwargs, order=1), architecture=architecture)


ARCHITECTURE = dict(
    network_class_name="dynamic_network_architectures.architectures.unet.PlainConvUNet",
    arch_kwargs=dict(
        n_stages=3, features_per_stage=[8, 16, 16], conv_op="torch.nn.modules.conv.Conv3d", kernel_sizes=[[1, 3, 3], [3, 3, 3], [3, 3, 3]],
        strides=[[1, 1, 1], [1, 2, 2], [2, 2, 2]], n_conv_per_stage=[1, 1, 1], n_conv_per_stage_decoder=[1, 1], conv_bias=True,
        norm_op="torch.nn.modules.instancenorm.InstanceNorm3d", norm_op_kwargs=dict(eps=1e-05, affine=True), dropout_op=None, dropout_op_kwargs=None,
        nonlin="torch.nn.LeakyReLU", nonlin_kwargs=dict(inplace=True)),
    _kw_requires_import=["conv_op", "norm_op", "dropout_op", "nonlin"])


def convolution(heads, flat):
    layer = (torch.nn.Conv2d if flat else torch.nn.Conv3d)(2, heads, 3, padding=1)
    with torch.no_grad():
        layer.weight.normal_(0, 0.25)
        layer.bias.normal_(0, 0.3)
    return layer


def trained(plan, name, rng):
    """A tiny U-Net that has seen a minute of blobs."""
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans
    c = PlansManager(plan).get_configuration(name)
    network = get_network_from_plans(c.network_arch_class_name, c.network_arch_init_kwargs, c.network_arch_init_kwargs_req_import, 2, 4, deep_supervision=False)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    for step in range(400):
        labels, channels = blobs(rng, [int(rng.integers(8, 14)), 40, 36], 4)
        at = [int(rng.integers(0, n - p + 1)) for n, p in zip(labels.shape, c.patch_size)]
        data = torch.from_numpy(np.stack([(i - i.mean()) / max(i.std(), 1e-8) for i in map(np.float32, channels)]))[None]
        window = tuple(slice(a, a + p) for a, p in zip(at, c.patch_size))
        data, labels = data[(slice(None), slice(None), *window)], labels[window]
        loss = torch.nn.functional.cross_entropy(network(data), torch.from_numpy(labels)[None])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print("loss", loss.item())
    return network.eval()


def save_images(folder, channels, spacing, reader):
    """NIfTI with axes that are turned, and one of them backwards."""
    direction = np.array([[0.96, 0.28, 0], [-0.28, 0.96, 0], [0, 0, 1]]) if "SimpleITK" in reader else np.array([[0, 0, 1], [-1, 0, 0], [0, 1, 0]], float)
    paths = []
    for i, array in enumerate(channels):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(spacing)
        image.SetDirection(direction.ravel())
        image.SetOrigin((11, -7, 3))
        paths.append(str(folder / f"case_{i:04d}.nii.gz"))
        sitk.WriteImage(image, paths[-1])
    return paths


def case(name, size, spacing, plan, chosen, labels, order=None, mirror=(0, 1, 2), network=None, heads=None):
    rng = np.random.default_rng(len(name) + size[0])
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    paths = save_images(folder, blobs(rng, size, 4)[1], spacing, plan["image_reader_writer"])
    dataset = dict(channel_names={"0": "T1", "1": "STIR"}, labels=labels, file_ending=".nii.gz", numTraining=1)
    if order:
        dataset["regions_class_order"] = order
    manager = PlansManager(plan)
    c = manager.get_configuration(chosen)
    flat = len(c.patch_size) == 2
    onnx_network = network is not None
    if network is None:
        network = convolution(heads, flat)
        weights = dict(weight=network.weight.detach().numpy().tolist(), bias=network.bias.detach().numpy().tolist(), mirror=list(mirror), configuration=chosen)
        (folder / "weights.json").write_text(json.dumps(weights))
    image, properties = manager.image_reader_writer_class().read_images(paths)
    for file, predictor in ("expected", predicting.nnUNetPredictor), ("single", in_single_precision()):
        predictor = predictor(tile_step_size=0.5, use_gaussian=True, use_mirroring=True, perform_everything_on_device=False, device=torch.device("cpu"), allow_tqdm=False)
        predictor.manual_initialization(network, manager, c, [network.state_dict()], dataset, "nnUNetTrainer", mirror)
        result, probabilities = predictor.predict_single_npy_array(image, properties, None, None, True)
        print(name, np.unique(result, return_counts=True))
        manager.image_reader_writer_class().write_seg(result, str(folder / f"{file}.nii.gz"), properties)
    if onnx_network:
        for k in range(1, 4):
            p = sitk.GetImageFromArray(probabilities[k].astype(np.float32).round(3))
            p.CopyInformation(sitk.ReadImage(paths[0]))
            sitk.WriteImage(p, str(folder / f"probability_{k}.nii.gz"), useCompression=True)
        file = str(folder / "model.onnx")
        torch.onnx.export(
            network, (torch.zeros(1, 2, *c.patch_size),), file, input_names=["image"], output_names=["logits"], opset_version=18, dynamo=True, external_data=False,
            optimize=True, verbose=False)
        model = onnx.load(file)
        for node in model.graph.node:
            node.doc_string = ""
            del node.metadata_props[:]
        for value in list(model.graph.value_info):
            model.graph.value_info.remove(value)
        del model.metadata_props[:]
        onnx.helper.set_model_props(model, {"inference_allowed_mirroring_axes": json.dumps(list(mirror)), "configuration": chosen})
        onnx.save(model, file)
    (folder / "plans.json").write_text(json.dumps(plan, indent=1))
    (folder / "dataset.json").write_text(json.dumps(dataset, indent=1))


LABELS = {"background": 0, "radius": 1, "lunate": 2, "scaphoid": 3}
SITK, NIB = "SimpleITKIO", "NibabelIOWithReorient"

# Even spacing: cubic splines in space; one channel by training statistics, one masked.
even = plans(SITK, [0, 1, 2], 2, {"3d_fullres": configuration([16, 20, 16], [1.1, 1.0, 0.9], ["ZScoreNormalization", "CTNormalization"], [True, False], ARCHITECTURE)})
case("even", (20, 28, 26), (1.2, 1.1, 1.3), even, "3d_fullres", LABELS, heads=4)

# Thick slices along another axis: slice by slice, transposed; the patch is larger than the image along one axis. An old name of a member.
thick = plans(SITK, [1, 0, 2], 2, {
    "base": configuration([24, 12, 20], [0.9, 3.0, 0.9], ["ZScoreNormalization", "RescaleTo01Normalization"], [True, True], ARCHITECTURE),
    "3d_fullres": dict(inherits_from="base", spacing=[0.8, 3.0, 0.9], batch_dice=True)})
thick["foreground_intensity_properties_by_modality"] = thick.pop("foreground_intensity_properties_per_channel")
case("thick", (9, 30, 34), (0.7, 0.75, 3.2), thick, "3d_fullres", LABELS, heads=4, mirror=(0, 2))

# Regions, reoriented.
regions = plans(NIB, [0, 1, 2], 2, {"3d_fullres": configuration([12, 16, 16], [2.0, 1.0, 1.0], ["NoNormalization", "ZScoreNormalization"], [False, False], ARCHITECTURE)})
regions["configurations"]["3d_fullres"]["normalization_schemes"] = ["ZScoreNormalization", "ZScoreNormalization"]
case("regions", (16, 22, 24), (1.4, 1.0, 1.2), regions, "3d_fullres", {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "centre": 3}, order=[1, 2, 3], heads=3, mirror=(1,))

# Slices.
flat = plans(SITK, [0, 1, 2], 2, {"2d": configuration([24, 20], [0.9, 0.9], ["ZScoreNormalization", "ZScoreNormalization"], [False, False], ARCHITECTURE)})
case("flat", (7, 30, 34), (0.7, 0.75, 3.2), flat, "2d", LABELS, heads=4, mirror=(0, 1))

unet = plans(SITK, [0, 1, 2], 2, {"3d_fullres": configuration([8, 24, 24], [3.0, 0.9, 0.9], ["ZScoreNormalization", "ZScoreNormalization"], [False, False], ARCHITECTURE)})
case("unet", (12, 40, 36), (0.7, 0.75, 3.2), unet, "3d_fullres", LABELS, network=trained(unet, "3d_fullres", np.random.default_rng(5)))
