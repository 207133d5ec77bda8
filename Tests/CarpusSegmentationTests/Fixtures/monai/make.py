"""Makes this folder with MONAI's own code: python make.py

Needs monai (made with 1.6.1), torch and SimpleITK. One convolution (weights.json) over images, by `sliding_window_inference`: with constant windows
that overlap by a quarter, and with Gaussian ones that overlap by half.
"""
import json
from pathlib import Path

import numpy as np
import SimpleITK as sitk
import torch
from monai.inferers import sliding_window_inference
from scipy.ndimage import gaussian_filter

HERE = Path(__file__).parent
torch.manual_seed(4)
rng = np.random.default_rng(4)
layer = torch.nn.Conv3d(2, 3, 3, padding=1)
with torch.no_grad():
    layer.weight.normal_(0, 0.25)
    layer.bias.normal_(0, 0.3)
(HERE / "weights.json").write_text(json.dumps(dict(weight=layer.weight.tolist(), bias=layer.bias.tolist(), mirror=[], configuration="")))

# The last axis is shorter than the window.
images = [(gaussian_filter(rng.normal(0, 6, (13, 22, 9)), 0.8) * 100).round().astype(np.int16) for _ in range(2)]
for i, image in enumerate(images):
    sitk.WriteImage(sitk.GetImageFromArray(image), str(HERE / f"case_{i:04d}.nii.gz"))
data = torch.from_numpy(np.stack(images).astype(np.float32) / 255)[None]
for name, overlap, mode in ("constant", 0.25, "constant"), ("gaussian", 0.5, "gaussian"):
    with torch.no_grad():
        logits = sliding_window_inference(data, (8, 10, 12), 1, layer, overlap=overlap, mode=mode)
    labels = logits[0].argmax(0).numpy().astype(np.uint8)
    print(name, np.unique(labels, return_counts=True))
    sitk.WriteImage(sitk.GetImageFromArray(labels), str(HERE / f"{name}.nii.gz"))
