"""An endless, repeatable stream of patches: sample number i is the same however often a training was broken off before it."""

import dataclasses
import pathlib
import random

import torch

from .config import Task
from .dials import TRAINING, Dials
from .patch import patch
from .wrist import Wrist

# Wrists kept in memory at a time; one is replaced after so many samples.
POOL, STAY = 24, 20
# A training begins with wrists that lie nearly straight and contrasts that are mostly physics, and has the full ranges after so many samples: names of bones
# are learnt much sooner so.
WIDENING = 5000


def numbers(start: int, batch: int):
    """Numbers of samples `start`, `start` + 1, ...; of several workers, who make whole batches in turn, those of the batches of this one."""
    info = torch.utils.data.get_worker_info()
    worker, workers = (info.id, info.num_workers) if info else (0, 1)
    if info:
        torch.set_num_threads(1)
    first = start + worker * batch
    while True:
        yield from range(first, first + batch)
        first += workers * batch


class Patches(torch.utils.data.IterableDataset):
    """Samples `start`, `start` + 1, ... on a device, for batches of a size."""

    def __init__(self, wrists: list[pathlib.Path], task: Task, seed: int, start: int = 0, device: str = "cpu", dials: Dials = TRAINING, batch: int = 1):
        self.task, self.seed, self.start, self.device, self.dials, self.batch = task, seed, start, torch.device(device), dials, batch
        # Order within the list must not depend on the file system.
        self.wrists = sorted(wrists)
        self.groups = [[p for p in self.wrists if self.is_healthy(p) == healthy] for healthy in (False, True)]
        self.kept: dict[tuple[bool, int], tuple[int, Wrist]] = {}

    @staticmethod
    def is_healthy(path: pathlib.Path) -> bool:
        """By the name of the folder its map came from: `carpus simulate --activity 0` into a folder whose name holds `healthy`."""
        return "healthy" in path.name

    def __iter__(self):
        for i in numbers(self.start, self.batch):
            yield self.sample(i)

    def sample(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Channels and classes of sample i."""
        rng = random.Random(f"{self.seed}/{self.task.name}/{i}")
        generator = torch.Generator(self.device).manual_seed(rng.getrandbits(62))
        breadth = min(1.0, 0.2 + 0.8 * i / WIDENING)
        task = dataclasses.replace(self.task, random_contrast=self.task.random_contrast * breadth, jitter=self.task.jitter * breadth)
        return patch(self.wrist(i, rng), task, self.dials.narrowed(breadth), rng, generator)

    def wrist(self, i: int, rng: random.Random) -> Wrist:
        """The wrist of sample i: one of a pool that changes slowly, so that few are read."""
        healthy = rng.random() < self.task.healthy
        group = self.groups[healthy] or self.groups[not healthy]
        slot = rng.randrange(POOL)
        # A slot's wrist changes every POOL * STAY samples, not all slots at once.
        age = (i + slot * STAY) // (POOL * STAY)
        which = random.Random(f"{self.seed}/{healthy}/{slot}/{age}").randrange(len(group))
        key = (healthy, slot)
        if key not in self.kept or self.kept[key][0] != which:
            self.kept[key] = (which, Wrist(group[which], self.device))
        return self.kept[key][1]
