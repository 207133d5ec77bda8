"""Scans of a wrist: images of every role on one grid, and the truth on it."""

import dataclasses
import math
import random

import torch

from . import geometry, image, sequence
from .config import Task
from .dials import Dials
from .geometry import Layout, Pose
from .labels import TISSUE, TISSUES
from .tissue import Tissues
from .wrist import Wrist

# Samples a voxel.
SAMPLES = 6
# Deviation of the slow and of the fine texture of tissues, as a share of their signal: highest that is drawn.
SLOW = {"fat": 0.12, "loose": 0.25, "muscle": 0.12, "synovitis": 0.3, "pannus": 0.3, "erosion": 0.3, "oedema": 0.25, "marrow": 0.2, "skin": 0.1}
FINE = {"loose": 0.15, "fat": 0.06, "muscle": 0.08, "skin": 0.1}


class Codes:
    """Codes at every sample of every voxel, for one position of the wrist."""

    def __init__(self, wrist: Wrist, layout: Layout, pose: Pose, rng: random.Random, samples: int = SAMPLES):
        at = geometry.places(layout, pose)
        self.shape = tuple(at.shape[1:])
        self.samples = [geometry.codes(wrist.codes, wrist.origin, wrist.step, at, pose, o) for o in geometry.offsets(layout, samples, rng)]

    def mean(self, values: torch.Tensor) -> torch.Tensor:
        """Mean of the values of the codes in every voxel."""
        total = None
        for codes in self.samples:
            v = values.index_select(0, codes)
            total = v if total is None else total.add_(v)
        return total.div_(len(self.samples)).view(self.shape)

    def middle(self, values: torch.Tensor) -> torch.Tensor:
        """The value of the code in the middle of every voxel."""
        return values.index_select(0, self.samples[len(self.samples) // 2]).view(self.shape)

    def most(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The value (uint8) that most of a voxel's samples have, and how many have it."""
        found = torch.stack([values.index_select(0, codes) for codes in self.samples])
        votes = torch.ones_like(found)
        for i in range(len(found)):
            for j in range(i):
                same = (found[i] == found[j]).to(torch.uint8)
                votes[i] += same
                votes[j] += same
        best, which = votes.max(0)
        return found.gather(0, which[None])[0].view(self.shape), best.view(self.shape)


def target(codes: Codes, wrist: Wrist, task: Task) -> torch.Tensor:
    """The class of every voxel: what most of it is, and a lesion where that is at least half."""
    if task.is_anatomy:
        return codes.most(wrist.anatomy)[0]
    context, lesion = codes.most(wrist.context)[0], codes.most(wrist.lesion)
    return torch.where((lesion[0] > 0) & (2 * lesion[1].int() >= len(codes.samples)), lesion[0], context)


class Texture:
    """Unevenness of tissues that belongs to the wrist, hence to all its series."""

    def __init__(self, codes: Codes, wrist: Wrist, layout: Layout, rng: random.Random, generator: torch.Generator):
        self.kind = codes.middle(wrist.table[:, 0].to(torch.int32).contiguous())
        knots = tuple(max(2, round(n * s / 5)) for n, s in zip(codes.shape, (2.5, layout.in_plane, layout.in_plane)))
        self.slow = image.smooth(codes.shape, knots, generator)
        self.fine = image.grains(codes.shape, layout.in_plane, rng, generator)
        self.grain = image.grains(codes.shape, layout.in_plane, rng, generator)
        device = self.kind.device

        def amplitudes(highest):
            return torch.tensor([highest.get(n, 0.04) * rng.uniform(0.2, 1) for n in TISSUES], device=device)

        self.slow_of, self.fine_of = amplitudes(SLOW), amplitudes(FINE)

    def factor(self, grain: float) -> torch.Tensor:
        """The factor on the signal of every voxel, for a trabecular grain of that deviation."""
        kind = self.kind.view(-1)
        bony = torch.zeros(len(TISSUES), device=kind.device)
        bony[[TISSUE["marrow"], TISSUE["oedema"]]] = grain

        def of(amplitude):
            return amplitude.index_select(0, kind).view(self.kind.shape)

        return (1 + of(self.slow_of) * self.slow + of(self.fine_of) * self.fine + of(bony) * self.grain).clamp_(0.05, 2.5)


class Contrast:
    """How one series sees every code: water's and fat's signal, and what the image needs beside."""

    def __init__(self, settings: sequence.Sequence | None, wrist: Wrist, tissues: Tissues, factor: torch.Tensor, rng: random.Random):
        kind, share = wrist.table[:, 0].long(), wrist.table[:, 1].float() / 31
        self.suppressed, self.phase = False, 0.0
        if settings is None:
            # No physics at all: any tissue may be bright or dark (SynthSeg: Billot et al., Med Image Anal 2023).
            mean = torch.tensor([rng.uniform(0, 0.08) if n == "air" else rng.uniform(0.03, 1) for n in TISSUES], device=kind.device)
            slope = torch.tensor([rng.uniform(-0.4, 0.4) for _ in TISSUES], device=kind.device)
            self.water = mean[kind] * (1 + slope[kind] * (share - 0.5))
            self.fat, self.reference, self.grain = torch.zeros_like(self.water), 0.7, rng.uniform(0, 0.4)
            return
        water, fat = settings.signals(tissues)
        self.water, self.fat = water * factor[kind], fat * factor[kind]
        # The reference is fat, muscle where fat is weakened.
        which = kind == TISSUE["muscle" if settings.kind == "stir" or settings.suppression else "fat"]
        self.reference = max(float((water + fat)[which].abs().mean()), 1e-3) if which.any() else 0.3
        self.grain, self.phase, self.suppressed = settings.grain(tissues.field, rng), settings.fat_phase(tissues.field), settings.suppression


def settings_of(roles: list[str], tissues: Tissues, dials: Dials, rng: random.Random) -> dict[str, sequence.Sequence]:
    """Settings of every series. The one after the agent mostly repeats the one before it."""
    out = {role: sequence.drawn(role, dials, tissues, rng) for role in roles}
    if "t1" in out and "t1gd" in out and rng.random() < 0.75:
        out["t1gd"] = dataclasses.replace(out["t1"], agent=out["t1gd"].agent)
    return out


def scanned(
    roles: list[str], wrist: Wrist, layout: Layout, pose: Pose, task: Task, dials: Dials, rng: random.Random, generator: torch.Generator, scan_voxel: float,
    samples: int = SAMPLES,
) -> tuple[dict[str, torch.Tensor], torch.Tensor, bool]:
    """Images of these roles on one grid, the truth, and whether the scan after the agent repeats the one before it.

    The wrist may have moved during one of several series; the truth is that of the others.
    """
    draw = rng.random()
    is_random, is_jittered = draw < task.random_contrast, draw < task.random_contrast + task.jitter
    tissues = Tissues(wrist.table, dials, rng)
    still = Codes(wrist, layout, pose, rng, samples)
    truth = target(still, wrist, task)
    mover = rng.choice(roles) if len(roles) > 1 and rng.random() < 0.5 else None
    restless = Codes(wrist, layout, geometry.moved(pose, dials, rng), rng, samples) if mover else still
    texture = Texture(still, wrist, layout, rng, generator)
    coil = image.coil(still.shape, dials, rng, generator)
    factor = torch.tensor([math.exp(rng.gauss(0, 0.25)) if is_jittered else 1.0 for _ in TISSUES], device=truth.device)
    settings = settings_of(roles, tissues, dials, rng)
    images = {}
    for role in roles:
        codes = restless if role == mover else still
        contrast = Contrast(None if is_random else settings[role], wrist, tissues, factor, rng)
        uneven = texture.factor(contrast.grain)
        pulsing = codes.mean(torch.where(wrist.table[:, 0] == TISSUE["artery"], contrast.water, torch.zeros_like(contrast.water))) if rng.random() < 0.3 else None
        images[role] = image.acquired(
            codes.mean(contrast.water).mul_(uneven), codes.mean(contrast.fat).mul_(uneven), contrast.reference, coil, dials, rng, generator, voxel=layout.in_plane,
            scan_voxel=scan_voxel, fat_phase=contrast.phase, shift_mm=rng.uniform(-1, 1) * scan_voxel, suppressed=contrast.suppressed, pulsing=pulsing)
    repeats = not is_random and "t1" in roles and "t1gd" in roles and settings["t1gd"] == dataclasses.replace(settings["t1"], agent=settings["t1gd"].agent)
    return images, truth, repeats
