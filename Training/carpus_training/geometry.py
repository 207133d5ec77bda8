"""Where the voxels of a scan lie in a wrist, and what they hold: planes, turns, stretches, bends, slices, and samples within a voxel.

The wrist's frame is (distal, radial, palmar), mm. Arrays run (slice, row, column): coronal slices dorsal to palmar, rows distal to proximal,
columns ulnar to radial; axial slices proximal to distal, rows dorsal to palmar, columns ulnar to radial; sagittal slices ulnar to radial, rows distal to
proximal, columns dorsal to palmar.
"""

import dataclasses
import math
import random

import torch

from .dials import Dials

PLANES = {
    "coronal": ((0, 0, 1), (-1, 0, 0), (0, 1, 0)),
    "axial": ((1, 0, 0), (0, 0, 1), (0, 1, 0)),
    "sagittal": ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
}


@dataclasses.dataclass
class Layout:
    """A grid of voxels: depth of each slice's middle, mm, its thickness, spacing and number of rows and columns."""

    plane: str
    depths: torch.Tensor
    thickness: float
    in_plane: float
    rows: int
    columns: int
    # Width of what a voxel samples in plane, mm: the spacing, or less where a finer scan is resampled without averaging.
    width: float


@dataclasses.dataclass
class Pose:
    """How the wrist lies against the grid: wrist mm = `centre` + `matrix` @ grid mm + a bend."""

    matrix: torch.Tensor
    centre: torch.Tensor
    # Displacements on a coarse grid, (1, 3, d, h, w), or None.
    bend: torch.Tensor | None


def rotation(degrees: tuple[float, float, float]) -> torch.Tensor:
    """About the three axes one after another."""
    out = torch.eye(3)
    for axis, angle in enumerate(degrees):
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turn = torch.eye(3)
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn[i, i], turn[i, j], turn[j, i], turn[j, j] = c, -s, s, c
        out = turn @ out
    return out


def posed(plane: str, centre: torch.Tensor, dials: Dials, rng: random.Random, generator: torch.Generator, plain: bool = False) -> Pose:
    """A random pose about a point of the wrist. `plain` leaves out stretches and bends, as a test does."""
    # Turns about the slice axis are the widest: an arm lies askew in the field of view more than slices lie askew in the wrist.
    turn = rotation((dials.draw(rng, "turn"), dials.draw(rng, "tilt"), dials.draw(rng, "tilt")))
    stretch = torch.diag(torch.tensor([1.0 if plain else dials.draw(rng, "stretch") for _ in range(3)]))
    axes = torch.tensor(PLANES[plane], dtype=torch.float32).T
    bend = None
    amplitude = 0.0 if plain else dials.draw(rng, "elastic")
    if amplitude > 0.3:
        bend = torch.randn((1, 3, 5, 7, 7), generator=generator, device=generator.device) * amplitude
    return Pose((axes @ turn @ stretch).to(generator.device), centre.to(generator.device), bend)


def moved(pose: Pose, dials: Dials, rng: random.Random) -> Pose:
    """The pose after the arm has moved a little, as between two series."""
    size = dials.draw(rng, "motion")
    turn = rotation(tuple(rng.gauss(0, size) for _ in range(3))).to(pose.matrix.device)
    shift = torch.tensor([rng.gauss(0, size) for _ in range(3)], device=pose.matrix.device)
    return Pose(pose.matrix @ turn, pose.centre + pose.matrix @ shift, pose.bend)


def offsets(layout: Layout, count: int, rng: random.Random) -> list[tuple[float, float, float]]:
    """Samples within a voxel: evenly through a slice's profile, spread in plane so that together they cover it. A selective pulse's flanks are soft."""
    out = []
    turn = rng.random()
    for i in range(count):
        u = (i + 0.5) / count
        # Quantiles of a box with soft flanks.
        depth = (u - 0.5) * layout.thickness * (1 + 0.25 * abs(2 * u - 1) ** 4)
        # The R2 sequence, so that depth and place in plane are independent.
        x, y = (turn + (i + 1) * 0.7548776662) % 1 - 0.5, (turn + (i + 1) * 0.5698402910) % 1 - 0.5
        out.append((depth, x * layout.width, y * layout.width))
    return out


def places(layout: Layout, pose: Pose) -> torch.Tensor:
    """Where voxels' middles lie in the wrist, mm: (3, slices, rows, columns)."""
    device = pose.matrix.device
    z = layout.depths.to(device)
    y = (torch.arange(layout.rows, device=device) - (layout.rows - 1) / 2) * layout.in_plane
    x = (torch.arange(layout.columns, device=device) - (layout.columns - 1) / 2) * layout.in_plane
    m = pose.matrix
    out = m[:, 0, None, None, None] * z[:, None, None] + m[:, 1, None, None, None] * y[:, None] + m[:, 2, None, None, None] * x
    out = out + pose.centre[:, None, None, None]
    if pose.bend is not None:
        out = out + torch.nn.functional.interpolate(pose.bend, size=out.shape[1:], mode="trilinear", align_corners=True)[0]
    return out


def codes(volume: torch.Tensor, origin: torch.Tensor, step: float, at: torch.Tensor, pose: Pose, offset: tuple[float, float, float]) -> torch.Tensor:
    """Codes of the wrist at places moved by an offset in grid mm, flat; 0, which is air, beside the wrist's volume.

    Beyond its ends forearm and hand go on as they are at the end: a cut end is nothing a scan ever shows.
    """
    shift = (pose.matrix @ torch.tensor(offset, device=at.device) - origin) / step + 0.5
    index, outside = None, None
    for axis, size in enumerate(volume.shape):
        i = torch.add(shift[axis], at[axis], alpha=1 / step).floor_().to(torch.int32)
        clamped = i.clamp(0, size - 1)
        if axis > 0:
            out = clamped != i
            outside = out if outside is None else outside.logical_or_(out)
        index = clamped if index is None else index.mul_(size).add_(clamped)
    return volume.view(-1).index_select(0, index.view(-1)).masked_fill_(outside.view(-1), 0).to(torch.int32)
