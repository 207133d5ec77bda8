"""A network on whole virtual scans that no training saw: other wrists, a part of the population that is kept apart, and other dials of the scanner."""

import dataclasses
import json
import math
import pathlib
import random

import numpy
import torch

from . import geometry, measures
from .config import Task
from .dials import HELD_OUT, TRAINING, Dials
from .geometry import Layout
from .predict import Scan, classes, label_map
from .patch import roles_of
from .scan import scanned
from .wrist import Wrist

# Field of view across slices, and of rows and columns, mm.
VIEWS = {"coronal": (48, 96, 84), "axial": (70, 64, 84)}


def virtual(wrist: Wrist, task: Task, dials: Dials, seed: str, roles: list[str] | None = None) -> tuple[Scan, numpy.ndarray, dict]:
    """One scan of a wrist on the scan's own grid, its classes, and what was drawn. Arrays run as a network's; the affine says so."""
    rng = random.Random(seed)
    generator = torch.Generator().manual_seed(rng.getrandbits(62))
    plane = rng.choices(("coronal", "axial"), (0.65, 0.35))[0]
    pitch = math.exp(rng.uniform(math.log(1.5), math.log(4)))
    voxel = rng.uniform(0.3, 0.7)
    view = VIEWS[plane]
    count = max(4, round(view[0] / pitch))
    depths = (torch.arange(count) - (count - 1) / 2) * pitch
    grid = Layout(plane, depths, pitch * (1 - dials.draw(rng, "slice_gap")), voxel, round(view[1] / voxel), round(view[2] / voxel), voxel)
    pose = geometry.posed(plane, torch.tensor([0.0, 2.0, 2.0]), dials, rng, generator, plain=True)
    roles = roles or roles_of(task, rng)
    images, truth, repeats = scanned(roles, wrist, grid, pose, task, dials, rng, generator, voxel, samples=12)
    if "t1gd" in images and "t1" in images and not repeats:
        # No difference can be taken of unlike series.
        del images["t1" if rng.random() < 0.5 else "t1gd"]
    # RAS directions of the array's axes for a right wrist held up, so that the scan needs no turning.
    axes = numpy.array(geometry.PLANES[plane], float)
    world = axes @ numpy.array([[0, 0, 1], [-1, 0, 0], [0, 1, 0]], float)
    affine = numpy.eye(4)
    affine[:3, :3] = world.T * [pitch, voxel, voxel]
    drawn = {"plane": plane, "pitch": pitch, "voxel": voxel, "roles": sorted(images)}
    return Scan({r: v.numpy() for r, v in images.items()}, affine, "R"), truth.numpy(), drawn


def run(network, task: Task, wrists: list[pathlib.Path], seed: int, roles: list[str] | None = None, held_out: bool = False, limit: int | None = None) -> list[dict]:
    """Every wrist scanned once. `held_out` draws the scanner's dials from ranges no training has, and takes only wrists from the part kept apart."""
    # Contrast by physics alone: what is judged here is scans, not the training's mixture of everything.
    scanning = dataclasses.replace(task, random_contrast=0.0, jitter=0.0)
    cases = []
    for path in wrists:
        if limit and len(cases) >= limit:
            break
        wrist = Wrist(path, torch.device("cpu"))
        if held_out != wrist.is_held_out:
            continue
        scan, truth, drawn = virtual(wrist, scanning, HELD_OUT if held_out else TRAINING, f"{seed}/{path.name}", roles)
        found = label_map(classes(network, scan, task), task)
        wanted = label_map(truth, task)
        ml = drawn["pitch"] * drawn["voxel"] ** 2 / 1000
        rows = measures.compare(found, wanted, task.names, ml, task.is_anatomy)
        cases.append({"wrist": path.name, "healthy": "healthy" in path.name, "rows": rows} | drawn)
        dice = [r["dice"] for r in rows if r["dice"] is not None]
        print(f"{path.name}  {drawn['plane']} {drawn['pitch']:.1f} mm {'+'.join(drawn['roles'])}  mean Dice {sum(dice) / max(len(dice), 1):.3f}", flush=True)
    return cases


def write(cases: list[dict], task: Task, folder: pathlib.Path, name: str) -> dict:
    """Cases and summary as JSON, the summary also as a table."""
    folder.mkdir(parents=True, exist_ok=True)
    summed = measures.summary(cases, task.names)
    (folder / f"{name}.json").write_text(json.dumps({"summary": summed, "cases": cases}, indent=1) + "\n")
    (folder / f"{name}.md").write_text(measures.table(summed) + "\n")
    return summed
