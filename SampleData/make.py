#!/usr/bin/env python3
"""Makes the sample scans of a wrist at two visits, with their truth. `--check` compares instead of writing."""

import argparse
import gzip
import json
import sys
import zlib
from pathlib import Path

import numpy as np

import anatomy
import mrsignal
import nifti
import scan

SEED = 20240611
SUBJECT = "sub-01"
VISITS = ["ses-01", "ses-02"]
DESCRIPTIONS = {"T1w": "COR T1 SE", "ce-gadolinium_T1w": "COR T1 SE post Gd", "acq-stir_T2w": "COR STIR"}
LESIONS = {"synovitis": (1, "#d55e00"), "oedema": (3, "#f0e442")}
LESION_NAMES = {"synovitis": "synovitis", "oedema": "bone-marrow-oedema"}


def text(members):
    """JSON with a stable layout."""
    return (json.dumps(members, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def rounded(values, digits):
    """Numbers as JSON keeps them, without negative zeros."""
    return (np.round(np.asarray(values, float), digits) + 0.0).tolist()


def sidecar(name):
    """What a scanner would tell about a sequence."""
    sequence = scan.SEQUENCES[name]
    members = {
        "Modality": "MR", "SeriesDescription": DESCRIPTIONS[name], "BodyPartExamined": "WRIST", "ImageLaterality": "L", "MRAcquisitionType": "2D",
        "MagneticFieldStrength": 1.5, "RepetitionTime": sequence["tr"], "EchoTime": sequence["te"], "FlipAngle": 90,
    }
    if "ti" in sequence:
        members |= {"InversionTime": round(sequence["ti"], 4), "ScanningSequence": ["SE", "IR"]}
    else:
        members |= {"ScanningSequence": "SE"}
    if sequence.get("agent"):
        members |= {"ContrastBolusIngredient": "GADOLINIUM"}
    return members | {"SliceThickness": scan.GRIDS[sequence["grid"]][1][2], "Simulated": True}


def legend(rows):
    """A table of labels as BIDS puts it beside a label map."""
    return ("index\tname\tcolor\n" + "".join(f"{i}\t{name}\t{color}\n" for i, name, color in rows)).encode("ascii")


def distinct(i):
    """A colour by the golden angle, as hexadecimal."""
    hue, value, saturation = i * 0.618033988749895 % 1 * 6, (1.0, 0.8, 0.6)[i % 3], (0.75, 0.9, 0.6)[i // 3 % 3]
    channel = lambda n: int(255 * (value - value * saturation * max(0, min((n + hue) % 6, 4 - (n + hue) % 6, 1))))
    return "#%02x%02x%02x" % (channel(5), channel(3), channel(1))


def marrow_map(shares):
    """The bone that takes most of a voxel, where marrow takes at least half of it."""
    return np.where(shares.sum(axis=0) >= 0.5, shares.argmax(axis=0) + 1, 0).astype(np.uint8)


def truth(visit, shares, maps):
    """What is true of a visit: volumes, conditions, and where the wrist lies."""
    voxel = float(np.prod(scan.GRIDS["t1"][1])) / 1000
    volume = lambda share: round(float(share.sum()) * voxel, 4)
    return {
        "Simulated": True,
        "VolumesInMillilitres": {
            "synovitis": volume(shares["synovitis"]), "bone-marrow-oedema": volume(shares["oedema"]),
            "marrow": {name: volume(share) for name, share in zip(anatomy.BONE_NAMES, shares["marrow"])},
        },
        "VolumesOfLabelMapsInMillilitres": {name: round(float(np.count_nonzero(labels)) * voxel, 4) for name, labels in maps.items()},
        "WristToScanner": rounded(scan.pose(visit), 9), "ScannerGain": scan.GAIN[visit],
        "MarrowSignalToNoiseWithoutField": scan.SNR,
    }


def motion_truth():
    """The true motion between the visits."""
    matrix = scan.motion()
    turn = np.degrees(np.arccos((np.trace(matrix[:3, :3]) - 1) / 2))
    middle = scan.pose(0)[:3, 3]
    return {
        "Simulated": True, "From": VISITS[0], "To": VISITS[1],
        "Description": "Takes a point of the wrist, in RAS+ millimetres of the first visit, to where it lies at the second.",
        "Matrix": rounded(matrix, 9), "RotationInDegrees": round(float(turn), 4),
        "TranslationOfCapitateInMillimetres": rounded(matrix[:3, :3] @ middle + matrix[:3, 3] - middle, 4),
    }


def visit_files(visit, textures):
    """Scans, label maps, legends and truth of a visit, by path."""
    stem = f"{SUBJECT}/{VISITS[visit]}/anat/{SUBJECT}_{VISITS[visit]}_"
    files, sampled = {}, {grid: scan.sample(grid, visit, textures) for grid in scan.GRIDS}
    for number, (name, sequence) in enumerate(scan.SEQUENCES.items()):
        grid = sequence["grid"]
        image = scan.acquire(sampled[grid][0][name], grid, visit, np.random.default_rng([SEED, visit, number]))
        files[stem + name + ".nii.gz"] = nifti.encode(image, scan.grid_affine(grid, visit), "simulated wrist")
        files[stem + name + ".json"] = text(sidecar(name))
    shares = sampled["t1"][1]
    maps = {"marrow": marrow_map(shares["marrow"])}
    rows = {"marrow": [(i + 1, name, distinct(i)) for i, name in enumerate(anatomy.BONE_NAMES)]}
    for name, (value, color) in LESIONS.items():
        maps[name] = np.where(shares[name] >= 0.5, value, 0).astype(np.uint8)
        rows[name] = [(value, LESION_NAMES[name], color)]
    stem = "derivatives/truth/" + stem
    for name, labels in maps.items():
        files[f"{stem}seg-{name}_dseg.nii.gz"] = nifti.encode(labels, scan.grid_affine("t1", visit), "simulated wrist: truth")
        files[f"{stem}seg-{name}_dseg.tsv"] = legend(rows[name])
        files[f"{stem}seg-{name}_dseg.json"] = text({"Description": f"The simulated truth: {name}", "Manual": False, "Simulated": True})
    files[stem + "truth.json"] = text(truth(visit, shares, maps))
    return files


def dataset_files():
    """The files that describe the whole."""
    common = {"BIDSVersion": "1.10.0", "License": "Apache-2.0", "Authors": ["The Carpus authors"]}
    made = {"GeneratedBy": [{"Name": "make.py", "Description": "Simulated from formulas; no patient, no volunteer"}]}
    return {
        "dataset_description.json": text({"Name": "Carpus sample: a simulated wrist at two visits", "DatasetType": "raw"} | common | made),
        "participants.tsv": b"participant_id\tsimulated\tlaterality\nsub-01\tyes\tL\n",
        "derivatives/truth/dataset_description.json": text({"Name": "Truth of the simulated wrist", "DatasetType": "derivative"} | common | made),
        f"derivatives/truth/{SUBJECT}/{SUBJECT}_motion.json": text(motion_truth()),
    }


def build():
    """All files by path, in the same bytes at every run."""
    textures = [scan.Texture(np.random.default_rng([SEED, 90 + i]), pitch) for i, pitch in enumerate((1.4, 3.5))]
    files = dataset_files()
    for visit in range(len(VISITS)):
        files |= visit_files(visit, textures)
    return files


def same(old, new):
    """Whether two files hold the same; compressed files may differ in how their zlib packed them."""
    if old == new or not old[:2] == new[:2] == b"\x1f\x8b":
        return old == new
    try:
        return gzip.decompress(old) == gzip.decompress(new)
    except (OSError, EOFError, zlib.error):
        return False


def main():
    """Writes the files, or with `--check` tells which differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is there; exit code 1 when anything differs")
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent, help="the folder to write or compare")
    arguments = parser.parse_args()
    files = build()
    if arguments.check:
        there = {path: arguments.output / path for path in files}
        wrong = [path for path, file in there.items() if not (file.is_file() and same(file.read_bytes(), files[path]))]
        print("\n".join(f"differs: {path}" for path in wrong) or f"{len(files)} files are as made")
        return 1 if wrong else 0
    for path, data in files.items():
        (arguments.output / path).parent.mkdir(parents=True, exist_ok=True)
        (arguments.output / path).write_bytes(data)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
