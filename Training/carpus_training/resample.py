"""nnU-Net's resampling (Isensee et al., Nat Methods 2021; version 2's rule), so that training, validation and Carpus see the same images."""

import numpy
import torch
from scipy import ndimage
from torch.nn import functional


def shape_at(shape, spacing, new_spacing) -> tuple[int, ...]:
    """Number of voxels at another spacing; halves go to the even number."""
    return tuple(max(1, int(numpy.round(n * s / t))) for n, s, t in zip(shape, spacing, new_spacing))


def across(spacing, new_spacing) -> int | None:
    """The axis across thick slices: along it the nearest slice is taken. None when voxels are nearly even."""
    for s in (spacing, new_spacing):
        if max(s) / min(s) > 3:
            widest = [i for i in range(3) if s[i] == max(s)]
            return widest[0] if len(widest) == 1 else None
    return None


def resized(values: numpy.ndarray, shape, order: int) -> numpy.ndarray:
    """Interpolated, edges replicated, held within the range of the values."""
    if tuple(values.shape) == tuple(shape):
        return values
    if order == 1:
        # The same numbers as scipy's, many times faster.
        mode = "bilinear" if values.ndim == 2 else "trilinear"
        return functional.interpolate(torch.from_numpy(numpy.ascontiguousarray(values))[None, None], size=tuple(shape), mode=mode, align_corners=False)[0, 0].numpy()
    factors = [n / m for n, m in zip(shape, values.shape)]
    out = ndimage.zoom(values, factors, order=order, mode="nearest", grid_mode=True)
    return numpy.clip(out, values.min(), values.max()) if order > 1 else out


def resampled(values: numpy.ndarray, shape, spacing, new_spacing, order: int) -> numpy.ndarray:
    """One channel at another shape: slices one by one and the nearest slice where slices are thick, else in space."""
    values = values.astype(numpy.float32)
    if tuple(values.shape) == tuple(shape):
        return values
    axis = across(spacing, new_spacing)
    if axis is None:
        return resized(values, shape, order)
    within = [n for i, n in enumerate(shape) if i != axis]
    slices = numpy.stack([resized(s, within, order) for s in numpy.moveaxis(values, axis, 0)])
    n = slices.shape[0]
    nearest = numpy.clip(numpy.floor((numpy.arange(shape[axis]) + 0.5) * n / shape[axis]).astype(int), 0, n - 1)
    return numpy.moveaxis(slices[nearest], 0, axis)


def resampled_labels(labels: numpy.ndarray, shape, spacing, new_spacing) -> numpy.ndarray:
    """A label map at another shape: each label as a mask, linearly; the label whose mask is largest wins."""
    if tuple(labels.shape) == tuple(shape):
        return labels
    best, out = numpy.zeros(shape, numpy.float32), numpy.zeros(shape, labels.dtype)
    for value in numpy.unique(labels):
        mask = resampled((labels == value).astype(numpy.float32), shape, spacing, new_spacing, 1)
        out = numpy.where(mask > best, value, out)
        best = numpy.maximum(mask, best)
    return out
