"""Lesions of virtual wrists by the network and by the classical baseline, on the same scans, against the truth on T1's grid.

    python3 Benchmarks/lesions/lesions.py .build/release/carpus OUT --patients 12 [--healthy 4] [--first 70001] [--simulate=--slice-thickness=3 …]

Writes OUT/cases.json, a row a case and lesion, and OUT/volumes.tsv for `carpus agree`, and prints a table: Dice of lesions above 0.2 mL, ICC(A,1) of volumes over all cases, and the median volume that is
called in wrists without disease.
"""
import argparse
import csv
import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile

import nibabel
import numpy

LESIONS = ("synovitis", "tenosynovitis", "bone-marrow-oedema")
# Below it a Dice says nothing.
LEAST_ML = 0.2
PROTOCOL = pathlib.Path(__file__).with_name("lesions.yml")


def read(path):
    """A label map and its legend by name."""
    image = nibabel.load(path)
    with open(str(path).replace(".nii.gz", ".tsv")) as f:
        legend = {row["name"]: int(row["index"]) for row in csv.DictReader(f, delimiter="\t")}
    return numpy.asarray(image.dataobj), legend, abs(numpy.linalg.det(image.affine[:3, :3])) / 1000


def case(carpus, seed, activity, options, roles):
    """Rows of one wrist: lesion, method, volumes in mL and Dice."""
    with tempfile.TemporaryDirectory() as name:
        study, out = pathlib.Path(name) / "study", pathlib.Path(name) / "out"
        series = [word for role in roles for word in ("--series", role)]
        subprocess.run(
            [carpus, "simulate", "--output", study, "--seed", str(seed), "--activity", str(activity), "--visits", "1", *series, "--quiet", *options], check=True,
            stdout=subprocess.DEVNULL)
        truth, names, ml = read(study / "derivatives/truth/sub-01/ses-01/anat/sub-01_ses-01_seg-lesions_dseg.nii.gz")
        shutil.rmtree(study / "derivatives")
        subprocess.run([carpus, "run", PROTOCOL, "--input", study, "--output", out, "--progress", "none"], check=True, stdout=subprocess.DEVNULL)
        rows = []
        for method, steps in (("network", ("network",)), ("thresholds", ("inflamed", "oedema"))):
            found = [read(path) for step in steps for path in out.rglob(f"*{step}*_dseg.nii.gz")]
            for lesion in LESIONS:
                own = next((labels == legend[lesion] for labels, legend, _ in found if lesion in legend), None)
                # A series is missing that it takes: that is no number, not 0 mL.
                if own is None:
                    continue
                real = truth == names[lesion]
                both = own.sum() + real.sum()
                rows.append({
                    "seed": seed, "activity": activity, "lesion": lesion, "method": method, "volume": own.sum() * ml, "truth": real.sum() * ml,
                    "dice": float(2 * (own & real).sum() / both) if real.sum() * ml >= LEAST_ML else None,
                })
        return rows


def agreement(carpus, rows, folder):
    """ICC(A,1) of volumes with the truth, by lesion and method, as `carpus agree` finds it."""
    path = folder / "volumes.tsv"
    with open(path, "w", newline="") as f:
        lines = csv.writer(f, delimiter="\t", lineterminator="\n")
        lines.writerow(["participant_id", "rater", "measure", "value", "unit"])
        for r in rows:
            for rater in ("volume", "truth"):
                lines.writerow([r["seed"], rater, f"{r['lesion']} {r['method']}", r[rater], "mL"])
    done = subprocess.run([carpus, "agree", path, "--reference", "truth", "--scale", "numbers", "--json"], capture_output=True, text=True, check=True)
    return {row["measure"]: row["value"] for row in json.loads(done.stdout)["rows"] if row["statistic"] == "icc ICC(A,1)"}


def table(rows, agreed):
    lines = ["| lesion | method | Dice (cases) | worst | ICC of volume | called without disease, mL |", "|---|---|---|---|---|---|"]
    for lesion in LESIONS:
        for method in ("network", "thresholds"):
            own = [r for r in rows if (r["lesion"], r["method"]) == (lesion, method)]
            dice = [r["dice"] for r in own if r["dice"] is not None]
            false = [r["volume"] for r in own if r["activity"] == 0]
            icc = agreed.get(f"{lesion} {method}")
            mean, worst = (f"{statistics.mean(dice):.3f} ({len(dice)})", f"{min(dice):.3f}") if dice else ("", "")
            lines.append(f"| {lesion} | {method} | {mean} | {worst} | {'' if icc is None else f'{icc:.3f}'} | {f'{statistics.median(false):.3f} ({len(false)})' if false else ''} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("carpus", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--patients", type=int, default=12)
    parser.add_argument("--healthy", type=int, default=4)
    parser.add_argument("--first", type=int, default=70001, help="seed of the first wrist; those of training end below 30000")
    parser.add_argument("--roles", nargs="+", default=["t1", "t1gd", "stir"])
    parser.add_argument("--simulate", nargs="*", default=[], help="further options of carpus simulate, such as --simulate=--slice-thickness=3")
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for i in range(a.patients):
        healthy = (i + 1) * a.healthy // a.patients > i * a.healthy // a.patients
        # Activities spread over the range, the same for the same number.
        activity = 0 if healthy else round(0.3 + 0.6 * (i * 0.618034 % 1), 2)
        rows += case(a.carpus.resolve(), a.first + i, activity, a.simulate, a.roles)
        (a.out / "cases.json").write_text(json.dumps(rows, indent=1) + "\n")
        print(f"{i + 1} of {a.patients}", flush=True)
    print(table(rows, agreement(a.carpus.resolve(), rows, a.out)))


main()
