"""The command line."""

import argparse
import hashlib
import json
import pathlib

import numpy
import torch

from . import export, maps, measures, validate
from .config import TASKS
from .dataset import WIDENING, Patches
from .run import Options, Run, averaged, weights


def main():
    """Reads the command and does it."""
    parser = argparse.ArgumentParser(prog="carpus_training", description="Trains the networks of Carpus on the virtual wrist; see Training/README.md.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, function, what):
        p = commands.add_parser(name, help=what, description=what)
        p.set_defaults(do=function)
        return p

    def path(p, *names, **more):
        p.add_argument(*names, type=pathlib.Path, **more)

    p = command("maps", cache_maps, "Cache the label maps that `carpus simulate --training-maps` wrote.")
    path(p, "source", nargs="+")
    path(p, "--cache", required=True)
    p = command("train", train, "Train a network; resumes where it was broken off.")
    p.add_argument("task", choices=TASKS)
    path(p, "--cache", required=True)
    path(p, "--out", required=True)
    running(p)
    p = command("finetune", finetune, "Train on with labelled scans of your own (BIDS, NIfTI), from a model folder.")
    p.add_argument("task", choices=TASKS)
    path(p, "--data", required=True, help="BIDS folder with label maps under derivatives")
    path(p, "--model", required=True, help="model folder that holds weights.pt")
    path(p, "--cache", help="cached virtual wrists to mix in")
    path(p, "--out", required=True)
    running(p, hours=1.0, rate=5e-4)
    p = command("export", export_model, "Write model.onnx and model.json from a run's checkpoint.")
    p.add_argument("task", choices=TASKS)
    path(p, "--run", required=True)
    path(p, "--out", required=True)
    p = command("validate", validate_run, "Judge a run on virtual wrists that no training saw.")
    p.add_argument("task", choices=TASKS)
    path(p, "--run", required=True)
    path(p, "--cache", required=True, help="cached wrists of other seeds")
    path(p, "--out", required=True)
    p.add_argument("--roles", nargs="+", help="series given, all when left out")
    p.add_argument("--held-out", action="store_true", help="wrists and dials from the ranges kept apart")
    p.add_argument("--limit", type=int)
    p.add_argument("--seed", type=int, default=1)
    p = command("predict", predict_file, "Label one NIfTI image, or judge against a label map.")
    p.add_argument("task", choices=TASKS)
    path(p, "--run", required=True)
    p.add_argument("--image", action="append", required=True, metavar="ROLE=FILE")
    p.add_argument("--side", choices="LR", required=True)
    path(p, "--labels", help="label map to compare with")
    path(p, "--out")
    p = command("pictures", picture, "Draw samples as the network sees them.")
    p.add_argument("task", choices=TASKS)
    path(p, "--cache", required=True)
    path(p, "--out", required=True)
    p.add_argument("--count", type=int, default=12)
    p.add_argument("--seed", type=int, default=1)
    p = command("smoke", smoke, "The whole way in about a minute: maps, training, resuming, export; throws when anything is wrong.")
    path(p, "--carpus", required=True, help="the program carpus")
    path(p, "--out", help="folder to keep what was made")
    arguments = parser.parse_args()
    arguments.do(arguments)


def running(p, hours=2.4, rate=3e-3):
    """Options of everything that trains."""
    p.add_argument("--hours", type=float, default=hours, help="time of the whole run on this machine, over all resumptions; it sets the schedule")
    p.add_argument("--steps", type=int, default=0, help="steps instead of hours")
    p.add_argument("--stop-minutes", type=float, default=0, help="end this call after so many minutes, resumable")
    p.add_argument("--batch", type=int, default=2)
    p.add_argument("--rate", type=float, default=rate)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--device", default="auto")


def options(a, wrists, **more) -> Options:
    """What `running` read."""
    return Options(
        a.out, wrists, hours=a.hours, batch=a.batch, seed=a.seed, rate=a.rate, threads=a.threads, workers=a.workers, device=a.device, steps=a.steps,
        stop_minutes=a.stop_minutes, **more)


def wrists_in(cache: pathlib.Path) -> list[pathlib.Path]:
    """Cached wrists; those named `test…` are kept for validation."""
    return sorted(p for p in cache.glob("*.npz") if not p.name.startswith((".", "test")))


def cache_maps(a):
    for source in a.source:
        print(f"{len(maps.cache(source, a.cache))} wrists of {source} in {a.cache}")


def train(a):
    # The part of the population that validation keeps for itself is no part of a training.
    found = wrists_in(a.cache)
    wrists = [p for p in found if not maps.is_held_out(maps.truth(p))]
    if not wrists:
        raise SystemExit(f"{a.cache} holds no wrists to train on: run `carpus simulate --training-maps` and `maps` first")
    print(f"{len(found) - len(wrists)} of {len(found)} wrists are of the part kept for validation")
    run = Run(TASKS[a.task], options(a, wrists))
    run.go()
    draw_curves(a.out)


def finetune(a):
    from . import real
    from .finetune import LabelledPatches, case
    from .network import UNet

    task = TASKS[a.task]
    start = UNet(task)
    start.load_state_dict(weights(a.model / "weights.pt"))
    start.eval()
    labelled = real.labelled(a.data, task)
    cases = [case(scan, labels, task, start) for _, scan, labels in labelled]
    print(f"{len(cases)} labelled scans: {', '.join(name for name, _, _ in labelled)}")
    virtual = [p for p in wrists_in(a.cache) if not maps.is_held_out(maps.truth(p))] if a.cache else []
    run = Run(task, options(a, virtual, start_from=a.model / "weights.pt", labelled=tuple(name for name, _, _ in labelled)), source=lambda at: LabelledPatches(cases, task, a.seed, at, virtual, a.batch))
    run.go()
    draw_curves(a.out)


def draw_curves(folder):
    from .pictures import curves

    if (folder / "log.csv").read_text().count("\n") > 2:
        curves(folder)


def export_model(a):
    task = TASKS[a.task]
    network, facts = averaged(a.run / "checkpoint.pt", task)
    seed, scans = facts["identity"]["seed"], facts["identity"]["labelled"]
    # Names of patients' scans are nobody's business; their digest tells two sets apart.
    of_patients = (
        f"Trained on with {len(scans)} labelled scans of a lab (names' SHA-256 {hashlib.sha256(chr(10).join(scans).encode()).hexdigest()[:12]})." if scans
        else "No patient, no volunteer.")
    training = (
        f"Carpus {export.commit()}, seed {seed}: {facts['step']} steps, {facts['hours']:.2f} h, on virtual wrists of carpus simulate --training-maps "
        f"(names' SHA-256 {facts['identity']['wrists'][:12]}). {of_patients}")
    verdicts = "\n".join(p.read_text() for p in sorted(a.run.glob("validation*.md")))
    out = export.export(network, task, a.out, {"training": training, "validation": verdicts})
    print(f"{a.out}: {out['bytes'] / 1e6:.2f} MB, operators {', '.join(out['operators'])}; onnxruntime within {out['error']:.1e} of PyTorch")


def validate_run(a):
    task = TASKS[a.task]
    network, _ = averaged(a.run / "checkpoint.pt", task)
    cases = validate.run(network, task, sorted(p for p in a.cache.glob("*.npz") if not p.name.startswith(".")), a.seed, a.roles, a.held_out, a.limit)
    name = "validation" + ("-held-out" if a.held_out else "") + ("-" + "-".join(a.roles) if a.roles else "")
    print(measures.table(validate.write(cases, task, a.out, name)))


def predict_file(a):
    import nibabel

    from .predict import Scan, classes, label_map
    from .real import onto, same_grid

    task = TASKS[a.task]
    network, _ = averaged(a.run / "checkpoint.pt", task)
    loaded = {role: nibabel.load(file) for role, file in (item.split("=", 1) for item in a.image)}
    reference = next(iter(loaded.values()))
    scan = Scan({role: onto(image, reference) for role, image in loaded.items()}, reference.affine, a.side)
    found = label_map(classes(network, scan, task), task)
    if a.out:
        nibabel.save(nibabel.Nifti1Image(found, reference.affine), a.out)
    if a.labels:
        labels = nibabel.load(a.labels)
        if not same_grid(labels, reference):
            raise SystemExit(f"{a.labels} and the first image are not of one grid")
        ml = float(numpy.abs(numpy.linalg.det(reference.affine[:3, :3]))) / 1000
        rows = measures.compare(found, numpy.asarray(labels.dataobj).astype(numpy.uint8), task.names, ml, task.is_anatomy)
        print(json.dumps(rows, indent=1))


def smoke(a):
    from .smoke import smoke as run

    run(a.carpus, a.out)


def picture(a):
    from .pictures import patches

    torch.set_num_threads(1)
    task = TASKS[a.task]
    stream = Patches(wrists_in(a.cache), task, a.seed)
    patches((stream.sample(WIDENING + i) for i in range(a.count)), task, a.out)
