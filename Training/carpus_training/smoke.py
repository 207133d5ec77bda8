"""The whole way of a training in miniature, with checks: that the loss falls, that a broken-off run goes on as if it had not been, that the exported network
computes what the trained one does, and that it finds something in a scan."""

import contextlib
import dataclasses
import pathlib
import subprocess
import tempfile
import time

import torch

from . import export, maps, validate
from .config import TASKS, Task
from .run import Options, Run, averaged


def small(task: Task) -> Task:
    """The same network, narrower, with a smaller patch."""
    return dataclasses.replace(task, features=(8, 16, 24, 32), patch=(16, 64, 64), random_contrast=0.0)


def smoke(carpus: pathlib.Path, out: pathlib.Path | None = None):
    """Runs it; throws when a check fails."""
    begun = time.monotonic()
    torch.set_num_threads(1)
    with contextlib.ExitStack() as stack:
        folder = out or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wrists = []
        for name, activity in (("active", "0.8"), ("healthy", "0")):
            subprocess.run([carpus, "simulate", "--output", folder / name, "--training-maps", "1", "--step", "1", "--activity", activity, "--quiet"], check=True, stdout=subprocess.DEVNULL)
            wrists += maps.cache(folder / name, folder / "cache")
        said(begun, "two wrists made and cached")
        for task in map(small, TASKS.values()):
            network, losses = trained(task, wrists, folder / task.name)
            check(losses[-1] < 0.9 * losses[0], f"{task.name}: the loss falls", f"{losses[0]:.3f} to {losses[-1]:.3f}")
            result = export.export(network, task, folder / task.name / "model", {})
            said(begun, f"{task.name}: exported, {result['bytes'] / 1e6:.2f} MB, onnxruntime within {result['error']:.1e} of PyTorch")
        check(resumes(small(TASKS["wrist-anatomy"]), wrists, folder), "a run that was broken off gives the same weights as one that was not")
        task = small(TASKS["wrist-anatomy"])
        network, _ = averaged(folder / task.name / "checkpoint.pt", task)
        cases = validate.run(network, task, wrists[:1], seed=1, held_out=maps.is_held_out(maps.truth(wrists[0])))
        found = max(r["dice"] for r in cases[0]["rows"] if r["dice"] is not None)
        check(found > 0.1, "the network finds something in a whole scan", f"best Dice {found:.2f}")
        said(begun, "all well")


def trained(task: Task, wrists: list[pathlib.Path], out: pathlib.Path, steps: int = 120):
    """A short run; its averaged network and its losses, means of fifty steps."""
    run = Run(task, Options(out, wrists, steps=steps, threads=1, workers=0, device="cpu", rate=5e-3))
    run.go()
    return averaged(out / "checkpoint.pt", task)[0], [row[3] for row in run.losses]


def resumes(task: Task, wrists: list[pathlib.Path], folder: pathlib.Path) -> bool:
    """Eight steps at once against four and four."""
    def run(name):
        return Run(task, Options(folder / name, wrists, steps=8, threads=1, workers=0, device="cpu"))

    run("whole").go()
    half = run("halves")
    batches = half.batches()
    for _ in range(4):
        half.learn(*next(batches))
    half.save()
    run("halves").go()
    a, b = (torch.load(folder / n / "checkpoint.pt", weights_only=True)["network"] for n in ("whole", "halves"))
    return all(torch.allclose(a[k], b[k], atol=1e-5) for k in a)


def check(right: bool, what: str, how: str = ""):
    """Says so, or throws."""
    if not right:
        raise SystemExit(f"NOT so: {what} ({how})")
    print(f"ok: {what}" + (f" ({how})" if how else ""), flush=True)


def said(begun: float, what: str):
    print(f"{time.monotonic() - begun:5.0f} s  {what}", flush=True)
