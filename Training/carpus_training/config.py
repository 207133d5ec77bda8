"""The networks: what goes in, what comes out, and their size."""

import dataclasses

from .labels import ANATOMY, ANATOMY_CLASSES, LESIONS, OTHER


@dataclasses.dataclass(frozen=True)
class Channel:
    """An input: the roles that may fill it, or two whose difference it is. `drop` is the chance that it is missing in training."""

    name: str
    roles: tuple[str, ...] = ()
    difference: tuple[str, str] | None = None
    drop: float = 0.0


@dataclasses.dataclass(frozen=True)
class Task:
    """One network and its training."""

    name: str
    summary: str
    channels: tuple[Channel, ...]
    classes: int
    # Value in the map of every class.
    values: tuple[int, ...]
    # Name of every value that is written.
    names: dict[int, str]
    # Share of patches whose contrast is random rather than physics, and of those whose tissues' signals are shifted about.
    random_contrast: float
    jitter: float
    # Share of patches set on a lesion, and of wrists without disease among those drawn.
    on_lesion: float
    healthy: float
    # Weight of each class in the cross entropy.
    weights: tuple[float, ...]
    spacing: tuple[float, float, float] = (2.5, 0.5, 0.5)
    patch: tuple[int, int, int] = (16, 128, 128)
    features: tuple[int, ...] = (16, 32, 48, 96)
    kernels: tuple[tuple[int, int, int], ...] = ((1, 3, 3), (1, 3, 3), (3, 3, 3), (3, 3, 3))
    strides: tuple[tuple[int, int, int], ...] = ((1, 2, 2), (1, 2, 2), (1, 2, 2), (2, 2, 2))
    encoder_convolutions: int = 2
    decoder_convolutions: int = 1

    @property
    def is_anatomy(self) -> bool:
        return len(self.channels) == 1


ANATOMY_TASK = Task(
    name="wrist-anatomy", summary="Fifteen bones, three joint regions, ten tendon compartments and vessels of the wrist, from one image of any of the usual contrasts.",
    channels=(Channel("image", ("t1", "t1gd", "stir", "gre", "dce")),), classes=len(ANATOMY_CLASSES), values=tuple(ANATOMY_CLASSES),
    names=ANATOMY | {OTHER: "other-tissue"}, random_contrast=0.3, jitter=0.2, on_lesion=0.2, healthy=0.3, weights=(0.5, *[1.0] * 29, 0.5),
)
LESION_TASK = Task(
    name="wrist-lesions", summary="Synovitis, tenosynovitis, bone marrow oedema and erosions of the wrist, from any of T1, T1 after gadolinium, STIR and the difference.",
    channels=(
        Channel("t1", ("t1",), drop=0.12), Channel("t1gd", ("t1gd",), drop=0.12), Channel("stir", ("stir",), drop=0.2),
        Channel("subtraction", difference=("t1gd", "t1"), drop=0.1),
    ),
    classes=10, values=(0, 1, 2, 3, 4, 0, 0, 0, 0, 0), names=LESIONS, random_contrast=0.0, jitter=0.3, on_lesion=0.5, healthy=0.3,
    weights=(0.5, 2.0, 2.0, 2.0, 2.0, 0.5, 1.0, 1.0, 1.0, 1.0),
)
TASKS = {t.name: t for t in (ANATOMY_TASK, LESION_TASK)}
