"""Whole scans: an image as its file has it to a label map on the same grid, by nnU-Net's steps, as Carpus does them."""

import dataclasses
import math

import numpy
import torch

from . import frame
from .config import Task
from .network import half
from .resample import resampled, shape_at


@dataclasses.dataclass
class Scan:
    """Images of one grid by role, arrays of NIfTI's order (x, y, z), with their affine (RAS) and the side of the wrist, L or R."""

    images: dict[str, numpy.ndarray]
    affine: numpy.ndarray
    side: str
    distal: str = "S"
    palmar: str = "A"

    def placed(self):
        """Plane, axes and signs of the array a network sees, and its spacing."""
        plane, axes, signs = frame.plane_of(self.affine, self.side, distal=self.distal, palmar=self.palmar)
        spacing = numpy.linalg.norm(self.affine[:3, :3], axis=0)
        return plane, axes, signs, [float(spacing[a]) for a in axes]


def channels_of(images: dict[str, numpy.ndarray], task: Task) -> list[numpy.ndarray | None]:
    """The images of a network's channels; None for a missing one. A network of one channel takes the first image of a role it knows."""
    out = []
    for channel in task.channels:
        if channel.difference:
            after, before = (images.get(r) for r in channel.difference)
            out.append(None if after is None or before is None else after.astype(numpy.float32) - before.astype(numpy.float32))
        else:
            out.append(next((images[r].astype(numpy.float32) for r in channel.roles if r in images), None))
    if all(c is None for c in out):
        raise ValueError(f"{task.name} needs one of {', '.join(r for c in task.channels for r in c.roles)}; there is {', '.join(images) or 'nothing'}")
    return out


def prepared(channels, spacing, task: Task) -> numpy.ndarray:
    """Normalised and on the network's grid; missing channels are zero."""
    shape = next(c.shape for c in channels if c is not None)
    target = shape_at(shape, spacing, task.spacing)
    out = numpy.zeros((len(channels), *target), numpy.float32)
    for i, c in enumerate(channels):
        if c is not None:
            c = (c - c.mean()) / max(float(c.std()), 1e-8)
            out[i] = resampled(c, target, spacing, task.spacing, 3)
    return out


def starts(length: int, window: int, step: float = 0.5) -> list[int]:
    """First voxels of windows evenly spread, none further apart than half a window."""
    count = math.ceil((length - window) / (window * step)) + 1
    actual = (length - window) / max(count - 1, 1)
    return [int(numpy.round(actual * i)) for i in range(count)]


def weight(window) -> torch.Tensor:
    """A Gaussian of an eighth of the window, top 10."""
    lines = [torch.exp(-0.5 * ((torch.arange(n) - n // 2) / (n / 8)) ** 2) for n in window]
    return (10 * lines[0][:, None, None] * lines[1][:, None] * lines[2]).clamp(min=6e-8)


@torch.inference_mode()
def tiled(network, images: numpy.ndarray, classes: int, window, device: str = "cpu") -> torch.Tensor:
    """Logits of a stack of channels, windows averaged."""
    pad = [max(0, w - n) for w, n in zip(window, images.shape[1:])]
    padded = numpy.pad(images, [(0, 0)] + [(p // 2, p - p // 2) for p in pad])
    x = torch.from_numpy(padded)[None]
    total = torch.zeros((classes, *padded.shape[1:]))
    seen = torch.zeros(padded.shape[1:])
    g = weight(window)
    for z in starts(padded.shape[1], window[0]):
        for r in starts(padded.shape[2], window[1]):
            for c in starts(padded.shape[3], window[2]):
                at = (slice(z, z + window[0]), slice(r, r + window[1]), slice(c, c + window[2]))
                with half(device):
                    logits = network(x[(slice(None), slice(None), *at)].to(device))[0]
                total[(slice(None), *at)] += logits.float().cpu() * g
                seen[at] += g
    total /= seen
    cut = tuple(slice(p // 2, p // 2 + n) for p, n in zip(pad, images.shape[1:]))
    return total[(slice(None), *cut)]


def classes(network, scan: Scan, task: Task, device: str = "cpu") -> numpy.ndarray:
    """The class of every voxel of the scan, in the file's order. Logits are brought back before the largest is taken."""
    _, axes, signs, spacing = scan.placed()
    channels = [None if c is None else frame.to_network(c, axes, signs) for c in channels_of(scan.images, task)]
    shape = next(c.shape for c in channels if c is not None)
    logits = tiled(network, prepared(channels, spacing, task), task.classes, task.patch, device).numpy()
    best, out = None, numpy.zeros(shape, numpy.uint8)
    for i in range(task.classes):
        here = resampled(logits[i], shape, task.spacing, spacing, 1)
        if best is None:
            best = here
        else:
            out[here > best] = i
            best = numpy.maximum(best, here)
    return frame.from_network(out, axes, signs)


def label_map(found: numpy.ndarray, task: Task) -> numpy.ndarray:
    """Values of the map Carpus writes, from classes."""
    return numpy.array(task.values, numpy.uint8)[found]
