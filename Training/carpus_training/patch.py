"""One training patch: a random wrist, a random scan of it, on the network's grid, as inference will see it."""

import random

import torch

from . import geometry
from .config import Task
from .dials import Dials
from .geometry import Layout
from .scan import scanned
from .wrist import Wrist

# Voxels of this class do not count in the loss.
IGNORE = 255
# Voxels about the patch that are made and cut off again: what wraps round in k-space does so there.
MARGIN = 8


def layout(task: Task, dials: Dials, rng: random.Random) -> tuple[Layout, torch.Tensor, float]:
    """Slices and voxels of a random scan as its resampled image has them: nnU-Net's rule takes, for every slice of the network's grid, the
    nearest one of the scan, and in plane a cubic spline that averages nothing. Also which slice of the layout each slice of the patch is, and the scan's
    spacing in plane, mm."""
    plane = rng.choices(("coronal", "axial", "sagittal"), (0.6, 0.34, 0.06))[0]
    pitch, scan_voxel = dials.draw(rng, "slice_pitch"), dials.draw(rng, "in_plane")
    depth, voxel = task.patch[0], task.spacing[1]
    wanted = (torch.arange(depth) - (depth - 1) / 2) * task.spacing[0] + rng.uniform(-0.5, 0.5) * pitch
    nearest = torch.floor(wanted / pitch + 0.5)
    slices, which = torch.unique(nearest, return_inverse=True)
    size = [n + 2 * MARGIN for n in task.patch[1:]]
    width = min(max(scan_voxel, 0.3), voxel)
    return Layout(plane, slices * pitch, pitch * (1 - dials.draw(rng, "slice_gap")), voxel, *size, width), which, scan_voxel


def roles_of(task: Task, rng: random.Random) -> list[str]:
    """The series this sample is made of: one for a network of one channel, else all, in the order of the channels."""
    if task.is_anatomy:
        return [rng.choice(task.channels[0].roles)]
    return [c.roles[0] for c in task.channels if not c.difference]


def given_channels(task: Task, repeats: bool, rng: random.Random) -> list[str]:
    """Channels that are not missing; at least one. A difference is there when both its series are and the later one repeats the earlier; seldom also
    when it does not, as someone will give such a pair."""
    while True:
        given = [c.name for c in task.channels if rng.random() >= c.drop]
        for c in task.channels:
            if c.difference and c.name in given and not (set(c.difference) <= set(given) and (repeats or rng.random() < 0.2)):
                given.remove(c.name)
        if given:
            return given


def normalised(values: torch.Tensor, rng: random.Random | None = None) -> torch.Tensor:
    """Mean 0, deviation 1; with a random source not quite, as a patch is not the whole image whose mean and deviation inference takes."""
    out = (values - values.mean()) / values.std(correction=0).clamp(min=1e-8)
    if rng is not None:
        out = out * 2 ** rng.uniform(-0.6, 0.6) + rng.uniform(-0.3, 0.3)
    return out


def patch(wrist: Wrist, task: Task, dials: Dials, rng: random.Random, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Channels (float, channel first) and classes (uint8) of one patch."""
    grid, which, scan_voxel = layout(task, dials, rng)
    draw = rng.random()
    kinds = ("lesion",) if draw < task.on_lesion and wrist.has_lesions else ("region", "negative") if draw < 0.95 else ("body",)
    # The place is somewhere in the middle half of the patch.
    centre = wrist.place(kinds, rng) + torch.tensor([rng.uniform(-0.25, 0.25) * n * s for n, s in zip(task.patch, task.spacing)])
    pose = geometry.posed(grid.plane, centre, dials, rng, generator)
    images, truth, repeats = scanned(roles_of(task, rng), wrist, grid, pose, task, dials, rng, generator, scan_voxel)

    def cut(v):
        return v[:, MARGIN:-MARGIN, MARGIN:-MARGIN].index_select(0, which.to(v.device))

    images, truth = {role: cut(v) for role, v in images.items()}, cut(truth).clone()
    return assembled(images, truth, task, repeats, rng)


def assembled(images: dict[str, torch.Tensor], truth: torch.Tensor, task: Task, repeats: bool, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Channels put together: differences, missing channels as zeros, a field of view that may end within the patch."""
    given = given_channels(task, repeats, rng)
    view = field_of_view(truth.shape, rng)
    out = torch.zeros((len(task.channels), *truth.shape), device=truth.device)
    for i, channel in enumerate(task.channels):
        if channel.name not in given:
            continue
        if channel.difference:
            after, before = (images[r] for r in channel.difference)
            values = after - before * (1 + rng.gauss(0, 0.04))
        else:
            values = images[channel.name] if channel.name in images else next(iter(images.values()))
        out[i][view] = normalised(values[view], rng)
    outside = torch.ones_like(truth, dtype=torch.bool)
    outside[view] = False
    truth[outside] = IGNORE
    return out, truth


def field_of_view(shape: torch.Size, rng: random.Random) -> tuple[slice, slice, slice]:
    """The part of a patch that the scan covers: mostly all of it. Beyond it, inference pads with zeros."""
    view = []
    for n in shape:
        cut = int(rng.uniform(0, 0.35) * n) if rng.random() < 0.12 else 0
        view.append(slice(cut, None) if rng.random() < 0.5 else slice(0, n - cut))
    return tuple(view)
