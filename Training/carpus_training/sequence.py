"""Sequences: random settings for every role, and the signal of water and fat that follows.

Steady states as in `Sources/CarpusSimulation/Signal/PulseSequence.swift` (Bernstein, King and Zhou, Handbook of MRI Pulse Sequences, 2004).
"""

import dataclasses
import math
import random

import torch

from .dials import Dials
from .tissue import R1, R2, TRABECULAR, Tissues

ROLES = ("t1", "t1gd", "stir", "gre", "dce")


@dataclasses.dataclass
class Sequence:
    """What is played; times in s. `suppression` says whether fat is suppressed by its frequency, `agent` the plasma's concentration in mM."""

    kind: str
    repetition: float
    echo: float
    flip: float = 90.0
    inversion: float = 0.0
    train: float = 0.0
    suppression: bool = False
    agent: float = 0.0

    def signals(self, tissues: Tissues) -> tuple[torch.Tensor, torch.Tensor]:
        """Water's and fat's signal of every code, with sign, fractions of pure water's equilibrium."""
        concentration = self.agent * tissues.held
        t1, t2 = 1 / (1 / tissues.t1 + R1 * concentration), 1 / (1 / tissues.t2 + R2 * concentration)
        water = tissues.water * self._of(t1, t2, tissues.reversible, t2, tissues.inflow, tissues.void)
        zero = torch.zeros_like(t1)
        times = [torch.full_like(t1, v) for v in (tissues.fat_t1, tissues.fat_t2, tissues.fat_train_t2)]
        return water, tissues.fat * self._of(times[0], times[1], tissues.fat_reversible, times[2], zero, zero)

    def _of(self, t1, t2, reversible, train_t2, inflow, void):
        tr, te = self.repetition, self.echo
        if self.kind == "gre":
            flip, e = math.radians(self.flip), torch.exp(-tr / t1)
            steady = (1 - e) / (1 - math.cos(flip) * e)
            return math.sin(flip) * (inflow + (1 - inflow) * steady) * torch.exp(-te * (1 / t2 + reversible))
        recovered = 1 - torch.exp(-(tr - self.train) / t1)
        if self.kind == "stir":
            recovered = 1 - 2 * torch.exp(-self.inversion / t1) + torch.exp(-(tr - self.train) / t1)
        return recovered * (1 - void) * torch.exp(-te / (train_t2 if self.train > 0 else t2))

    def fat_phase(self, field: float) -> float:
        """Phase of fat against water at the echo, radians."""
        return -2 * math.pi * 3.5 * 42.577 * field * self.echo if self.kind == "gre" else 0.0

    def grain(self, field: float, rng: random.Random) -> float:
        """Deviation of marrow's trabecular texture, as a share of its signal: it grows with echo time in a gradient echo."""
        share = 1 - math.exp(-self.echo * TRABECULAR * field / 1.5) if self.kind == "gre" else 0.08
        return min(0.75, share * rng.uniform(0.5, 1.6))


def drawn(role: str, dials: Dials, tissues: Tissues, rng: random.Random) -> Sequence:
    """Settings of a role as scanners have them."""
    u = rng.uniform
    if role in ("t1", "t1gd"):
        if rng.random() < 0.25:
            s = Sequence("gre", u(0.006, 0.020), u(0.002, 0.005), flip=u(12, 28))
        else:
            turbo = rng.random() < 0.5
            s = Sequence("se", dials.draw(rng, "repetition"), u(0.008, 0.020), train=u(0.02, 0.06) if turbo else 0.0)
        s.suppression = rng.random() < (0.45 if role == "t1gd" else 0.1)
        if role == "t1gd":
            s.agent = u(0.4, 0.8)
    elif role == "stir":
        if rng.random() < 0.7:
            s = Sequence("stir", u(2.5, 6.0), u(0.025, 0.075), train=u(0.05, 0.15))
            s.inversion = tissues.fat_t1 * math.log(2 / (1 + math.exp(-(s.repetition - s.train) / tissues.fat_t1))) * u(0.92, 1.08)
        else:
            s = Sequence("se", u(2.5, 5.0), u(0.035, 0.085), train=u(0.08, 0.2), suppression=True)
    elif role == "gre":
        s = Sequence("gre", u(0.02, 0.6), u(0.004, 0.020), flip=u(12, 45), suppression=rng.random() < 0.15)
    else:
        s = Sequence("gre", u(0.0035, 0.009), u(0.0012, 0.003), flip=u(10, 25), suppression=rng.random() < 0.6, agent=u(0.4, 1.2))
    return s
