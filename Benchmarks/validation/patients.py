"""Virtual patients, from scans to measures: each is simulated as DICOM, damaged where an ablation says so, and run through a protocol. What is kept of each is small:

    CASE/measures.tsv  truth.tsv  record.json  case.json
"""
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

# What is taken away or made worse, as options of `carpus simulate`; what it does not offer is done to its files by `spoil`.
ABLATIONS = {
    "whole": [],
    "no-stir": ["--series", "t1", "t1gd", "dce"],
    "no-dce": ["--series", "t1", "t1gd", "stir"],
    "no-contrast": ["--series", "t1", "stir"],
    # The scan after gadolinium axial instead of coronal, its fat suppressed as far as the field let it.
    "axial-fat-suppressed": ["--series", "t1", "t1gd-fs", "stir", "dce"],
    "slices-5-mm": ["--slice-thickness", "5"],
    "half-resolution": ["--in-plane", "0.8"],
    "left": ["--side", "L"],
    "right": ["--side", "R"],
    "3-tesla": ["--field", "3"],
    "noise": [],
}
# Of the noise that is added, as a share of the 95th percentile of a series: signal over noise falls from 24-40 to about 8.
HEAVY_NOISE = 1 / 8


def patients(count, healthy, seed):
    """Seeds and whether each is healthy, evenly mixed, so that the first few are a sample of all."""
    return [(seed + i, (i + 1) * healthy // count > i * healthy // count) for i in range(count)]


def digest(protocol):
    """Of a protocol and of those it extends."""
    text = protocol.read_bytes()
    base = re.search(rb"^extends:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return hashlib.sha256(text).hexdigest() + (" " + digest(protocol.parent / base.group(1).decode()) if base else "")


def spoil(study, ablation, seed):
    """Adds Rician noise to every image of a study."""
    if ablation != "noise":
        return
    import numpy
    import pydicom

    source = numpy.random.default_rng(seed)
    for folder in sorted({path.parent for path in study.rglob("*.dcm")}):
        files = sorted(folder.glob("*.dcm"))
        images = [pydicom.dcmread(path) for path in files]
        deviation = HEAVY_NOISE * numpy.percentile(numpy.stack([image.pixel_array for image in images]), 95)
        for path, image in zip(files, images):
            real, imaginary = source.normal(0, deviation, (2, *image.pixel_array.shape))
            noisy = numpy.hypot(image.pixel_array + real, imaginary).round().clip(0, 2**image.BitsStored - 1)
            image.PixelData = noisy.astype(image.pixel_array.dtype).tobytes()
            image.save_as(path)


class Cohort:
    """How all patients of one ablation are made and measured, and where what is kept of them lies."""

    def __init__(self, carpus, protocol, folder, ablation, visits, threads, simulate):
        self.carpus, self.protocol, self.folder, self.ablation, self.visits, self.threads = carpus, protocol, folder, ablation, visits, threads
        self.simulate = ABLATIONS[ablation] + simulate
        self.stamp = {"program": hashlib.sha256(carpus.read_bytes()).hexdigest(), "protocol": digest(protocol), "simulate": self.simulate, "ablation": ablation, "visits": visits}

    def case(self, seed, healthy):
        """The folder of a patient, made where it is not there as program, protocol and options would make it."""
        place = self.folder / f"{'healthy' if healthy else 'ill'}-{seed}"
        told = place / "case.json"
        if told.exists() and {k: v for k, v in json.loads(told.read_text()).items() if k in self.stamp} == self.stamp:
            return place
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as name:
            study, out = pathlib.Path(name) / "study", pathlib.Path(name) / "out"
            subprocess.run(
                [self.carpus, "simulate", "--output", study, "--seed", str(seed), "--subject", str(seed), "--visits", str(self.visits), "--format", "dicom", "--quiet",
                 *(["--activity", "0"] if healthy else []), *self.simulate], check=True, stdout=subprocess.DEVNULL)
            shutil.copy(study / "derivatives/truth/measures.tsv", place / "truth.tsv")
            shutil.rmtree(study / "derivatives")
            spoil(study, self.ablation, seed)
            begun = time.monotonic()
            done = subprocess.run(
                [self.carpus, "run", self.protocol, "--input", study, "--output", out, "--progress", "none", *(["--threads", str(self.threads)] if self.threads else [])],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            # A run that failed whole has no measures: every number of it is missing, which is counted.
            for kept in ("measures.tsv", "record.json"):
                if (out / kept).exists():
                    shutil.copy(out / kept, place / kept)
        told.write_text(json.dumps(self.stamp | {"status": done.returncode, "said": done.stderr[-500:], "seconds": round(time.monotonic() - begun, 1), "healthy": healthy}, indent=1))
        return place

    def cases(self, everyone):
        for number, (seed, healthy) in enumerate(everyone):
            yield number, self.case(seed, healthy), healthy
