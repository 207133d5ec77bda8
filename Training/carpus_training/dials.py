"""The ranges everything random about a scan is drawn from, and the ranges kept for tests that no training sees."""

import dataclasses
import math
import random

Range = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Dials:
    """Ranges; times in s, lengths in mm, angles in degrees."""

    field: tuple[float, ...] = (1.5, 1.5, 3.0)
    # Deviations of tissue factors from their central values, in standard deviations.
    spread: tuple[Range, ...] = ((-1.5, 1.5),)
    repetition: tuple[Range, ...] = ((0.40, 0.65),)
    # Reference signal over noise.
    signal_to_noise: tuple[Range, ...] = ((12.0, 60.0),)
    in_plane: tuple[Range, ...] = ((0.2, 0.5), (0.5, 0.8))
    # Distance of slices, drawn on a logarithmic scale.
    slice_pitch: tuple[Range, ...] = ((0.6, 2.0), (2.0, 3.6), (2.0, 3.6), (3.6, 5.0))
    slice_gap: tuple[Range, ...] = ((0.0, 0.15),)
    # Fat's signal left by its suppression in the middle and at the edge.
    residual: tuple[Range, ...] = ((0.0, 0.2),)
    edge_residual: tuple[Range, ...] = ((0.0, 0.6),)
    # Deviation of the logarithm of the coil's sensitivity over the patch.
    coil: tuple[Range, ...] = ((0.0, 0.35),)
    tilt: tuple[Range, ...] = ((-12.0, 12.0),)
    turn: tuple[Range, ...] = ((-25.0, 25.0),)
    stretch: tuple[Range, ...] = ((0.88, 1.14),)
    # Amplitude of the elastic deformation.
    elastic: tuple[Range, ...] = ((0.0, 2.0),)
    # Between series: shift in mm and turn in degrees, standard deviations.
    motion: tuple[Range, ...] = ((0.1, 0.8),)

    def draw(self, rng: random.Random, name: str) -> float:
        """A value of one range."""
        low, high = rng.choice(getattr(self, name))
        if name == "slice_pitch":
            return math.exp(rng.uniform(math.log(low), math.log(high)))
        return rng.uniform(low, high)

    def narrowed(self, breadth: float) -> "Dials":
        """The same with so much (0 to 1) of the turns, tilts, stretches and bends."""
        if breadth >= 1:
            return self

        def about(middle, ranges):
            return tuple((middle + (low - middle) * breadth, middle + (high - middle) * breadth) for low, high in ranges)

        return dataclasses.replace(self, turn=about(0, self.turn), tilt=about(0, self.tilt), stretch=about(1, self.stretch), elastic=about(0, self.elastic))

    def factor(self, rng: random.Random, deviation: float) -> float:
        """A factor on a tissue's value whose logarithm has about that deviation."""
        return math.exp(deviation * self.draw(rng, "spread"))


TRAINING = Dials()
# Disjoint from the above in every dial that is not geometry, and beyond it in part of the geometry.
HELD_OUT = Dials(
    field=(1.0, 2.1), spread=((-2.2, -1.5), (1.5, 2.2)), repetition=((0.33, 0.40), (0.65, 0.80)), signal_to_noise=((9.0, 12.0), (60.0, 80.0)),
    coil=((0.35, 0.45),), residual=((0.2, 0.25),), edge_residual=((0.6, 0.65),), motion=((0.8, 1.0),), tilt=((-15.0, -12.0), (12.0, 15.0)),
)
