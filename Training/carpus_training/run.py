"""A training run: its folder, checkpoints, resuming, and the loop."""

import csv
import dataclasses
import hashlib
import json
import math
import os
import pathlib
import signal
import time

import torch

from . import losses
from .config import Task
from .dataset import Patches
from .network import UNet, half, parameters


@dataclasses.dataclass
class Options:
    """How to train. `hours` is the whole run's time on this machine, over all its resumptions; it sets the schedule."""

    out: pathlib.Path
    wrists: list[pathlib.Path]
    hours: float = 2.4
    # Single patches would take slower convolutions on a processor.
    batch: int = 2
    seed: int = 1
    rate: float = 3e-3
    threads: int = 0
    workers: int = 1
    device: str = "auto"
    # Steps instead of hours, for runs that must be the same on every machine.
    steps: int = 0
    checkpoint_minutes: float = 4.0
    # This call stops after so many minutes, resumable; 0 for none.
    stop_minutes: float = 0.0
    start_from: pathlib.Path | None = None
    # Names of a lab's labelled scans, for a fine-tuning.
    labelled: tuple[str, ...] = ()


class Run:
    """The state of a training: network, averaged network, optimiser, and how far it has come."""

    def __init__(self, task: Task, options: Options, source=None):
        self.task, self.options = task, options
        self.device = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if options.device == "auto" else options.device)
        if options.threads and self.device.type == "cpu":
            torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        self.network = UNet(task).to(self.device)
        self.mean = UNet(task).to(self.device).eval()
        if options.start_from:
            self.network.load_state_dict(weights(options.start_from))
        self.mean.load_state_dict(self.network.state_dict())
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=options.rate, weight_decay=1e-2)
        self.step, self.seconds, self.losses = 0, 0.0, []
        self.class_weights = torch.tensor(task.weights, device=self.device)
        self.source = source
        options.out.mkdir(parents=True, exist_ok=True)
        self.checkpoint = options.out / "checkpoint.pt"
        if self.checkpoint.exists():
            self._resume()

    # What must not change between the parts of one run.
    def _identity(self) -> dict:
        names = "\n".join(sorted(p.name for p in self.options.wrists))
        return {"task": dataclasses.asdict(self.task), "seed": self.options.seed, "batch": self.options.batch, "wrists": hashlib.sha256(names.encode()).hexdigest(), "labelled": sorted(self.options.labelled)}

    def _resume(self):
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if state["identity"] != json.dumps(self._identity()):
            raise SystemExit(f"{self.checkpoint} is of another network, seed, batch or set of wrists; give another folder, or the same options")
        self.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds, self.losses = state["step"], state["seconds"], state["losses"]
        print(f"resuming at step {self.step}, {self.seconds / 3600:.2f} h done", flush=True)

    def save(self):
        """Writes the checkpoint, whole or not at all."""
        part = self.checkpoint.with_suffix(".part")
        torch.save({
            "identity": json.dumps(self._identity()), "network": self.network.state_dict(), "mean": self.mean.state_dict(), "optimiser": self.optimiser.state_dict(),
            "step": self.step, "seconds": self.seconds, "losses": self.losses,
        }, part)
        os.replace(part, self.checkpoint)
        with open(self.options.out / "log.csv", "w", newline="") as f:
            rows = csv.writer(f)
            rows.writerow(["step", "hours", "rate", "loss"])
            rows.writerows(self.losses)

    def progress(self) -> float:
        """How much of the run is done, 0 to 1."""
        o = self.options
        return min(1.0, self.step / o.steps if o.steps else self.seconds / (o.hours * 3600))

    def rate(self) -> float:
        """A short rise, then a cosine down to a hundredth."""
        warm = min(1.0, (self.step + 1) / 100)
        return self.options.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress())))

    def batches(self):
        """Batches from where the run stands: by another process on a CPU, in place on a GPU, whose samples are made on it."""
        if self.source is not None:
            stream = self.source(self.step * self.options.batch)
        else:
            stream = Patches(self.options.wrists, self.task, self.options.seed, self.step * self.options.batch, str(self.device), batch=self.options.batch)
        on_cpu = self.device.type == "cpu"
        loader = torch.utils.data.DataLoader(stream, self.options.batch, num_workers=self.options.workers if on_cpu else 0, prefetch_factor=4 if on_cpu and self.options.workers else None)
        return iter(loader)

    def learn(self, images: torch.Tensor, truth: torch.Tensor) -> float:
        """One step."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.network.train()
        with half(self.device.type):
            outputs = self.network(images.to(self.device))
        loss = losses.deep(outputs, truth.to(self.device).long(), self.class_weights)
        self.optimiser.zero_grad(set_to_none=True)
        if not math.isfinite(float(loss.detach())):
            raise SystemExit(f"the loss of step {self.step} is no number; the last checkpoint is good")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 12.0)
        self.optimiser.step()
        # The average remembers a tenth of the steps so far, at most a thousand.
        keep = 1 - 1 / min(1000, max(2, self.step / 10))
        with torch.no_grad():
            for a, b in zip(self.mean.parameters(), self.network.parameters()):
                a.lerp_(b, 1 - keep)
        self.step += 1
        return float(loss.detach())

    def go(self):
        """Trains until the run is done, this call's time is up, or someone ends it."""
        if self.progress() >= 1:
            print("this run is done", flush=True)
            return
        print(f"{self.task.name}: {parameters(self.network) / 1e6:.2f} million parameters, {len(self.options.wrists)} wrists, {self.device}", flush=True)
        # Whoever ends the run gets a checkpoint of the last whole step.
        stopped = []
        before = {s: signal.signal(s, lambda *_: stopped.append(1)) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._loop(stopped)
        except RuntimeError:
            # A signal to all processes takes the one that makes samples first.
            if not stopped:
                raise
        self.save()
        for s, handler in before.items():
            signal.signal(s, handler)
        if stopped:
            raise SystemExit("broken off; the same command goes on from here")

    def _loop(self, stopped: list):
        o = self.options
        begun = last = saved = time.monotonic()
        batches, recent, waited = self.batches(), [], 0.0
        while self.progress() < 1 and not stopped and not (o.stop_minutes and time.monotonic() - begun > o.stop_minutes * 60):
            before = time.monotonic()
            images, truth = next(batches)
            waited += time.monotonic() - before
            recent.append(self.learn(images, truth))
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            if self.step % 50 == 0 or self.progress() >= 1:
                mean = sum(recent) / len(recent)
                self.losses.append((self.step, round(self.seconds / 3600, 4), self.rate(), round(mean, 5)))
                print(f"step {self.step}  {self.seconds / 3600:.2f} h  loss {mean:.4f}  waited for data {waited:.0f} s", flush=True)
                recent, waited = [], 0.0
            if now - saved > o.checkpoint_minutes * 60:
                self.save()
                saved = now


def weights(path: pathlib.Path) -> dict:
    """Weights to start from: the averaged network of a checkpoint, or of a file `weights.pt` that came with a model."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {k: v.float() for k, v in state.get("mean", state).items()}


def averaged(checkpoint: pathlib.Path, task: Task) -> tuple[UNet, dict]:
    """The averaged network of a checkpoint, ready to predict, and what the checkpoint says about its run."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network = UNet(task)
    network.load_state_dict(state["mean"])
    return network.eval(), {"step": state["step"], "hours": state["seconds"] / 3600, "identity": json.loads(state["identity"])}
