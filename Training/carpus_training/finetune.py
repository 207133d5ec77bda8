"""Training on with a lab's own labelled scans, from the shipped weights."""

import dataclasses
import pathlib
import random

import numpy
import torch
from torch.nn import functional

from . import frame, geometry
from .config import Task
from .dataset import WIDENING, Patches, numbers
from .image import smooth
from .patch import IGNORE, field_of_view
from .predict import Scan, channels_of, prepared, tiled
from .resample import resampled_labels


@dataclasses.dataclass
class Case:
    """Channels on the network's grid (absent ones zero), which are there, and the class of every voxel."""

    images: torch.Tensor
    given: list[bool]
    truth: torch.Tensor
    places: list[torch.Tensor]


def case(scan: Scan, labels: numpy.ndarray, task: Task, network) -> Case:
    """A scan with its label map, made ready.

    A map does not tell air from tissue, nor what lies beside lesions: of the classes that share the value 0, or are not in the map, the starting
    network's choice is taken.
    """
    _, axes, signs, spacing = scan.placed()
    channels = [None if c is None else frame.to_network(c, axes, signs) for c in channels_of(scan.images, task)]
    images = prepared(channels, spacing, task)
    values = resampled_labels(frame.to_network(labels, axes, signs), images.shape[1:], spacing, task.spacing)
    logits = tiled(network, images, task.classes, task.patch)
    silent = [i for i, v in enumerate(task.values) if v == 0 or v > 30]
    chosen = torch.tensor(silent)[logits[silent].argmax(0)]
    truth = torch.from_numpy(values.astype(numpy.int64))
    lookup = torch.full((256,), -1)
    for i, v in enumerate(task.values):
        if i not in silent:
            lookup[v] = i
    truth = torch.where(lookup[truth] >= 0, lookup[truth], chosen).to(torch.uint8)
    spots = [torch.nonzero(truth == i) for i in range(1, task.classes) if i not in silent]
    return Case(torch.from_numpy(images), [c is not None for c in channels], truth, [s for s in spots if len(s)])


class LabelledPatches(torch.utils.data.IterableDataset):
    """Patches of a lab's scans, turned, stretched and changed in contrast at random; every second one is of a virtual wrist where there are some, so that
    what was learnt from them is not lost."""

    def __init__(self, cases: list[Case], task: Task, seed: int, start: int, virtual: list[pathlib.Path], batch: int = 1):
        self.cases, self.task, self.seed, self.start, self.batch = cases, task, seed, start, batch
        self.virtual = Patches(virtual, task, seed) if virtual else None

    def __iter__(self):
        for i in numbers(self.start, self.batch):
            yield self.virtual.sample(WIDENING + i) if self.virtual and i % 2 else self.sample(i)

    def sample(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Channels and classes of sample i."""
        rng = random.Random(f"{self.seed}/labelled/{i}")
        generator = torch.Generator().manual_seed(rng.getrandbits(62))
        c = self.cases[rng.randrange(len(self.cases))]
        size = torch.tensor(c.truth.shape, dtype=torch.float32)
        middle = size / 2
        if c.places and rng.random() < 0.8:
            spots = rng.choice(c.places)
            middle = spots[rng.randrange(len(spots))].float() + torch.tensor([rng.uniform(-0.25, 0.25) * n for n in self.task.patch])
        # Turned in mm within slices, stretched; sampled linearly, classes by the nearest.
        turn = geometry.rotation((rng.uniform(-15, 15), 0, 0))
        stretch = torch.diag(torch.tensor([rng.uniform(0.9, 1.1) for _ in range(3)]))
        spacing = torch.tensor(self.task.spacing)
        m = torch.diag(1 / spacing) @ turn @ stretch @ torch.diag(spacing)
        grid = torch.stack(torch.meshgrid(*[torch.arange(n) - (n - 1) / 2 for n in self.task.patch], indexing="ij"), -1)
        at = grid @ m.T + middle
        flat = ((2 * at + 1) / size - 1).flip(-1)[None]
        images = functional.grid_sample(c.images[None], flat, mode="bilinear", padding_mode="zeros", align_corners=False)[0]
        truth = functional.grid_sample(c.truth[None, None].float() + 1, flat, mode="nearest", padding_mode="zeros", align_corners=False)[0, 0].round().int() - 1
        truth = torch.where(truth < 0, IGNORE, truth).to(torch.uint8)
        return self._changed(images, truth, c.given, rng, generator)

    def _changed(self, images, truth, given, rng, generator):
        kept = [i for i, g in enumerate(given) if g and rng.random() >= self.task.channels[i].drop] or [i for i, g in enumerate(given) if g]
        out = torch.zeros_like(images)
        view = field_of_view(truth.shape, rng)
        for i in kept:
            v = images[i]
            low, high = v.min(), v.max()
            v = ((v - low) / (high - low + 1e-6)) ** (2 ** rng.uniform(-0.5, 0.5)) * (high - low) + low
            v = v * (1 + rng.uniform(0, 0.3) * smooth(v.shape, (2, 3, 3), generator)) + rng.uniform(0, 0.15) * torch.randn(v.shape, generator=generator)
            out[i][view] = (v * 2 ** rng.uniform(-0.4, 0.4) + rng.uniform(-0.2, 0.2))[view]
        outside = torch.ones_like(truth, dtype=torch.bool)
        outside[view] = False
        out[:, (truth == IGNORE)] = 0
        return out, truth.masked_fill(outside, IGNORE)
