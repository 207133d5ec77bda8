"""From water and fat to an image with all that makes a real one differ from an ideal one."""

import math
import random

import torch

from .dials import Dials


def smooth(shape: tuple[int, int, int], knots: tuple[int, int, int], generator: torch.Generator) -> torch.Tensor:
    """Smooth noise of about unit deviation: random values on so many knots, interpolated."""
    coarse = torch.randn((1, 1, *knots), generator=generator, device=generator.device)
    field = torch.nn.functional.interpolate(coarse, size=shape, mode="trilinear", align_corners=True)[0, 0]
    return field * 1.6


def grains(shape: tuple[int, int, int], in_plane: float, rng: random.Random, generator: torch.Generator) -> torch.Tensor:
    """Texture of unit deviation, as fine as trabeculae are in a scan, a little drawn out along a random direction; slice by slice."""
    white = torch.randn(shape, generator=generator, device=generator.device)
    fy, fx = frequencies(shape[1], shape[2], white.device)
    angle, short = rng.uniform(0, math.pi), rng.uniform(0.1, 0.32) / in_plane
    long = short * rng.uniform(1, 1.8)
    along, across = fx * math.cos(angle) + fy * math.sin(angle), fy * math.cos(angle) - fx * math.sin(angle)
    window = torch.exp(-2 * math.pi**2 * ((along * long) ** 2 + (across * short) ** 2))
    out = torch.fft.irfft2(torch.fft.rfft2(white) * window[:, : shape[2] // 2 + 1], s=shape[1:])
    return out / out.std().clamp(min=1e-6)


def coil(shape: tuple[int, int, int], dials: Dials, rng: random.Random, generator: torch.Generator) -> torch.Tensor:
    """The sensitivity of a receive coil, one for all series of an examination."""
    return torch.exp(dials.draw(rng, "coil") * 0.7 * smooth(shape, (2, 3, 3), generator))


def frequencies(rows: int, columns: int, device) -> tuple[torch.Tensor, torch.Tensor]:
    """Spatial frequencies in cycles a voxel, as columns and rows of an FFT."""
    return torch.fft.fftfreq(rows, device=device)[:, None], torch.fft.fftfreq(columns, device=device)[None, :]


def window(frequency: torch.Tensor, limit: float, softness: float) -> torch.Tensor:
    """Weights of frequencies: nothing beyond the limit (cycles a voxel), and a softened edge (0 none, 1 a Hann window)."""
    inside = frequency.abs() < limit + 1e-6
    return inside * (1 - softness * (0.5 - 0.5 * torch.cos(math.pi * frequency / limit)))


def acquired(
    water: torch.Tensor, fat: torch.Tensor, reference: float, coil: torch.Tensor, dials: Dials, rng: random.Random, generator: torch.Generator, *, voxel: float, scan_voxel: float,
    fat_phase: float, shift_mm: float, suppressed: bool, pulsing: torch.Tensor | None = None,
) -> torch.Tensor:
    """The magnitude image of water's and fat's signals on a grid.

    - voxel, scan_voxel: spacing of the grid and of the scan in plane, mm; a coarser scan is cut in k-space, which blurs and rings.
    - shift_mm: how far fat appears displaced.
    - suppressed: whether fat is suppressed by its frequency, more or less.
    - pulsing: signal that throws ghosts, of arteries; None for none.
    """
    shape = tuple(water.shape)
    if suppressed:
        middle = dials.draw(rng, "residual")
        left = middle + (max(dials.draw(rng, "edge_residual"), middle) - middle) * torch.sigmoid(2 * smooth(shape, (2, 3, 3), generator) - rng.uniform(0, 3))
        fat = fat * left
    fy, fx = frequencies(shape[1], shape[2], water.device)
    limit = 0.5 * min(1.0, voxel / scan_voxel)
    shares = rng.uniform(0.8, 1), rng.uniform(0.8, 1)
    softness = rng.uniform(0.1, 0.9)
    weight = window(fy, limit * shares[0], softness) * window(fx, limit * shares[1], softness)
    ramp = 2 * math.pi * shift_mm / voxel * (fx if rng.random() < 0.5 else fy)
    turn = torch.polar(torch.ones_like(ramp), fat_phase - ramp)
    k = torch.fft.fft2(water * coil) + torch.fft.fft2(fat * coil) * turn
    if pulsing is not None:
        spacing = rng.uniform(8, 30)
        k = k + torch.fft.fft2(pulsing * coil) * (rng.uniform(0.02, 0.15) * (2 * math.pi * spacing * fy).cos())
    # White noise in k-space, weighted with it, of the wanted deviation in the image.
    deviation = reference / dials.draw(rng, "signal_to_noise")
    scale = deviation * math.sqrt(shape[1] * shape[2]) / max(float(weight.square().mean().sqrt()), 1e-3)
    noise = torch.randn((2, *shape), generator=generator, device=water.device) * scale
    return torch.fft.ifft2((k + torch.complex(noise[0], noise[1])) * weight).abs()
