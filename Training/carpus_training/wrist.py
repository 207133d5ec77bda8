"""A cached wrist in memory, on the device where patches are made."""

import json
import pathlib
import random

import numpy
import torch

from .labels import TISSUE, anatomy_class, context_class
from .maps import is_held_out

# Patches are set within so many mm of the capitate along the arm.
REACH = 34.0


class Wrist:
    """Codes of a wrist, what each code means, and places of every structure to set patches on."""

    def __init__(self, path: pathlib.Path, device: torch.device):
        data = numpy.load(path)
        codes, table = data["codes"], data["table"]
        if len(table) > 32767:
            raise ValueError(f"{path} has {len(table)} kinds of points, more than 32767")
        self.truth = json.loads(str(data["truth"]))
        self.is_held_out = is_held_out(self.truth)
        self.step = float(data["step"])
        self.codes = torch.from_numpy(codes.astype(numpy.int16)).to(device)
        self.table = torch.from_numpy(table).to(device)
        self.origin = torch.tensor(data["origin"], dtype=torch.float32, device=device)
        rows = table.tolist()
        self.anatomy = torch.tensor([anatomy_class(t, r) for t, _, r, _ in rows], dtype=torch.uint8, device=device)
        self.context = torch.tensor([context_class(t, r) for t, _, r, _ in rows], dtype=torch.uint8, device=device)
        self.lesion = self.table[:, 3].contiguous()
        self.places = self._places(codes, table)

    @property
    def has_lesions(self) -> bool:
        return any(kind == "lesion" for kind, _ in self.places)

    def _places(self, codes, table):
        """Some voxels of every lesion, structure and hard negative, mm."""
        rng = numpy.random.default_rng(0)
        # A subsample is enough to find places by. Tendons and long bones reach further than any scan is centred.
        near = numpy.flatnonzero(numpy.abs(self.origin[0].item() + numpy.arange(0, len(codes), 2) * self.step) < REACH)
        first = near[0] if len(near) else 0
        some = numpy.ascontiguousarray(codes[2 * first : 2 * (first + len(near)) : 2, ::2, ::2])
        places = {}

        def add(key, wanted):
            found = numpy.flatnonzero(wanted[some])
            if len(found) > 5:
                chosen = numpy.stack(numpy.unravel_index(rng.choice(found, min(len(found), 400), replace=False), some.shape), 1) + [first, 0, 0]
                places[key] = self.origin.cpu() + torch.from_numpy(chosen * 2 * self.step).float()

        for lesion in (1, 2, 3, 4):
            add(("lesion", lesion), table[:, 3] == lesion)
        for region in range(1, 30):
            add(("region", region), table[:, 2] == region)
        add(("negative", 0), numpy.isin(table[:, 0], [TISSUE[n] for n in ("ganglion", "cyst", "effusion", "vein")]) & (table[:, 3] == 0))
        add(("body", 0), table[:, 0] > 0)
        return places

    def place(self, kinds: tuple[str, ...], rng: random.Random) -> torch.Tensor:
        """A place of one of these kinds, every structure as likely; of the body when there is none."""
        keys = [key for key in self.places if key[0] in kinds] or [("body", 0)]
        found = self.places[rng.choice(sorted(keys))]
        return found[rng.randrange(len(found))]
