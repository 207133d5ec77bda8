"""Pictures of what the network is shown, and curves of how it learns."""

import csv
import pathlib

import matplotlib
import numpy

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

from .config import Task  # noqa: E402


def patches(samples, task: Task, path: pathlib.Path, columns: int = 6):
    """Middle slices of samples, each channel above the classes."""
    samples = list(samples)
    rows = len(task.channels) + 1
    blocks = (len(samples) + columns - 1) // columns
    figure, axes = pyplot.subplots(rows * blocks, columns, figsize=(columns * 2, rows * blocks * 2), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (images, truth) in enumerate(samples):
        top, column, z = i // columns * rows, i % columns, truth.shape[0] // 2
        for c, channel in enumerate(images):
            plane = channel[z].numpy()
            low, high = numpy.percentile(channel.numpy(), [1, 99.5])
            axes[top + c][column].imshow(plane, cmap="gray", vmin=low, vmax=max(high, low + 1e-6))
        shown = numpy.ma.masked_equal(truth[z].numpy().astype(int), 255)
        axes[top + rows - 1][column].imshow(shown, cmap="nipy_spectral", vmin=0, vmax=task.classes - 1, interpolation="nearest")
    figure.subplots_adjust(0, 0, 1, 1, 0.02, 0.02)
    figure.savefig(path, dpi=64)
    pyplot.close(figure)


def curves(folder: pathlib.Path):
    """`curves.svg` from `log.csv`."""
    rows = list(csv.DictReader(open(folder / "log.csv")))
    figure, left = pyplot.subplots(figsize=(8, 4))
    hours = numpy.array([float(r["hours"]) for r in rows])
    left.plot(hours, [float(r["loss"]) for r in rows], color="0.6", linewidth=0.8)
    wide = max(1, len(rows) // 20)
    mean = numpy.convolve([float(r["loss"]) for r in rows], numpy.ones(wide) / wide, "valid")
    left.plot(hours[wide - 1:], mean, color="tab:blue")
    left.set(xlabel="hours", ylabel="loss of patches never seen before", title=folder.name)
    right = left.twinx()
    right.plot(hours, [float(r["rate"]) for r in rows], color="tab:orange", linewidth=0.8)
    right.set_ylabel("learning rate")
    figure.tight_layout()
    figure.savefig(folder / "curves.svg")
    pyplot.close(figure)
