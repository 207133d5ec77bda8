"""What tissues are to a scanner: water and fat with their relaxation, and how much of the agent they hold some minutes after the injection.

Central values are those of `Sources/CarpusSimulation/Signal/TissueValues.swift`, where their sources stand. Here every wrist draws its own about them,
more widely than the simulator does: a network shall not learn one population's numbers.
"""

import math
import random

import torch

from .dials import Dials
from .labels import TISSUE, TISSUES

# density; T1 at 1.5 and 3 T, s; T2 at 1.5 and 3 T, s; R2' at 1.5 T, 1/s; share of fat; how far it swings with the variant
VALUES = {
    "air": (0, 1, 1, 0.05, 0.05, 5, 0, 0),
    "skin": (0.75, 0.80, 0.95, 0.026, 0.024, 20, 0.12, 0.05),
    "fat": (0.90, 0.85, 1.05, 0.040, 0.036, 15, 0.96, 0.04),
    "loose": (0.88, 0.85, 1.05, 0.038, 0.034, 15, 0.68, 0.22),
    "muscle": (0.85, 1.01, 1.38, 0.038, 0.034, 4, 0.03, 0.025),
    "retinaculum": (0.55, 0.70, 0.82, 0.011, 0.010, 130, 0, 0),
    "ligament": (0.60, 0.75, 0.88, 0.014, 0.013, 70, 0, 0),
    "capsule": (0.72, 0.88, 1.05, 0.024, 0.022, 15, 0.10, 0.08),
    "fibrocartilage": (0.65, 0.78, 0.90, 0.013, 0.012, 45, 0, 0),
    "fluid": (0.98, 2.85, 3.62, 0.550, 0.420, 4, 0, 0),
    "tendon": (0.55, 0.60, 0.70, 0.023, 0.021, 12, 0, 0),
    "sheath": (0.60, 1.20, 1.50, 0.060, 0.055, 10, 0, 0),
    "artery": (0.86, 1.44, 1.93, 0.240, 0.165, 4, 0, 0),
    "vein": (0.86, 1.44, 1.93, 0.150, 0.060, 8, 0, 0),
    "nerve": (0.82, 0.95, 1.15, 0.060, 0.054, 8, 0.15, 0.06),
    "cartilage": (0.84, 1.04, 1.20, 0.040, 0.035, 5, 0, 0),
    "cortex": (0.15, 0.20, 0.25, 0.001, 0.001, 1000, 0, 0),
    "marrow": (0.92, 0.85, 1.00, 0.045, 0.040, 10, 0, 0),
    "oedema": (0.92, 1.20, 1.42, 0.085, 0.076, 8, 0, 0),
    "synovitis": (0.92, 1.35, 1.62, 0.095, 0.085, 6, 0, 0),
    "pannus": (0.90, 1.25, 1.50, 0.080, 0.072, 6, 0, 0),
    "sheathFluid": (0.98, 2.30, 2.90, 0.350, 0.290, 5, 0, 0),
    "effusion": (0.97, 2.85, 3.62, 0.420, 0.340, 4, 0, 0),
    "ganglion": (0.98, 2.10, 2.60, 0.480, 0.390, 4, 0, 0),
    "cyst": (0.97, 2.00, 2.50, 0.380, 0.310, 6, 0, 0),
    "erosion": (0.90, 1.30, 1.56, 0.085, 0.076, 8, 0, 0),
}
FAT = {"t1": (0.288, 0.370), "t2": (0.085, 0.075), "train": (0.140, 0.125), "reversible": 62.0}
# Share of plasma's concentration that a tissue holds when it has filled; synovium's and oedema's are worked out below.
UPTAKE = {
    "artery": 0.58, "vein": 0.58, "muscle": 0.06, "skin": 0.17, "capsule": 0.10, "loose": 0.08, "fat": 0.03, "nerve": 0.05, "marrow": 0.04, "fluid": 0.03,
    "sheath": 0.04, "effusion": 0.02, "sheathFluid": 0.02,
}
# What trabeculae add to R2' of marrow, 1/s at 1.5 T, on average.
TRABECULAR = 55.0
# Relaxivities of gadobutrol, 1/(s mM).
R1, R2 = 4.9, 6.6
FLOW = {"artery": (0.7, 0.85), "vein": (0.3, 0.45)}


class Tissues:
    """One wrist's tissues at one field: tensors of a row a code of the wrist's table."""

    def __init__(self, table: torch.Tensor, dials: Dials, rng: random.Random):
        self.field = rng.choice(dials.field)
        kind, share = table[:, 0].long(), table[:, 1].float() / 31
        self.kind, self.rng = kind, rng
        drawn = {name: [dials.factor(rng, s) for s in (0.05, 0.12, 0.17, 0.4, 0.12)] for name in TISSUES}

        def column(i, factor, power=True):
            pairs = [(VALUES[n][i], VALUES[n][i + 1]) if power else (VALUES[n][i],) * 2 for n in TISSUES]
            values = [self.at_field(*p) * (drawn[n][factor] if factor is not None else 1) for p, n in zip(pairs, TISSUES)]
            return torch.tensor(values, device=table.device)[kind]

        density, t1, t2 = column(0, 0, False), column(1, 1), column(3, 2)
        reversible = column(5, 3, False) * self.field / 1.5
        uneven = 2 * share - 1
        fat = torch.clamp(column(6, None, False) + column(7, None, False) * uneven, 0, 1)
        is_ = {n: kind == TISSUE[n] for n in ("marrow", "oedema", "tendon", "synovitis", "pannus", "erosion", "artery", "vein")}
        fat = torch.where(is_["marrow"], 0.97 - 0.47 * share, torch.where(is_["oedema"], 0.97 - 0.92 * share, fat))
        bony = is_["marrow"] | is_["oedema"]
        trabecular = TRABECULAR * drawn["marrow"][3] * self.field / 1.5 * bony
        # A tendon's order hastens its relaxation by its angle to the field: the magic angle. An arm may lie otherwise than the simulator's.
        angle = share * math.pi / 2 + math.radians(rng.choice((0, 0, rng.uniform(-25, 25))))
        order = (3 * torch.cos(angle) ** 2 - 1) ** 2 / 4 * is_["tendon"]
        t2 = 1 / (1 / t2 + order * (1 / 0.007 - 1 / 0.023))
        reversible = reversible + trabecular + 90 * order
        self.water, self.fat = density * (1 - fat), density * fat
        self.t1, self.t2, self.reversible = t1, t2, reversible
        lipid = [dials.factor(rng, 0.1) for _ in range(2)]
        self.fat_t1, self.fat_t2 = self.at_field(*FAT["t1"]) * lipid[0], self.at_field(*FAT["t2"]) * lipid[1]
        self.fat_train_t2 = self.at_field(*FAT["train"]) * lipid[1]
        self.fat_reversible = FAT["reversible"] * self.field / 1.5 + trabecular
        self.inflow = sum(FLOW[n][0] * rng.uniform(0, 1.2) * is_[n] for n in FLOW)
        self.void = sum(FLOW[n][1] * rng.uniform(0, 1.1) * is_[n] for n in FLOW)
        self.held = self._held(kind, share, is_, rng)

    def at_field(self, low: float, high: float) -> float:
        """A value of this field from those at 1.5 and 3 T."""
        return low * (high / low) ** math.log2(self.field / 1.5) if low > 0 else 0.0

    def _held(self, kind, share, is_, rng):
        """Share of plasma's concentration that every code holds."""
        held = torch.tensor([UPTAKE.get(n, 0.0) * rng.uniform(0.5, 1.6) for n in TISSUES], device=kind.device)[kind]
        variant = (share * 31).round()
        strength = (variant.clamp(max=29) % 10) / 9
        group = torch.clamp((variant / 10).floor(), 0, 2)
        inflamed = (0.22 + 0.30 * strength - 0.03 * group) * rng.uniform(0.8, 1.35)
        held = torch.where(is_["synovitis"] | is_["pannus"] | is_["erosion"], inflamed, held)
        held = torch.where(is_["oedema"], (0.05 + 0.25 * share) * rng.uniform(0.7, 1.3), held)
        if rng.random() < 0.15:
            held = torch.where(kind == TISSUE["muscle"], held * rng.uniform(1.5, 4), held)
        if rng.random() < 0.15:
            # Late, the agent leaks into fluid.
            leak = rng.uniform(0.05, 0.3)
            held = torch.where((kind == TISSUE["fluid"]) | (kind == TISSUE["effusion"]) | (kind == TISSUE["sheathFluid"]), torch.full_like(held, leak), held)
        return held
