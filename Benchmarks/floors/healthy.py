"""The noise floors of grade.ramris from wrists without disease: what a protocol measures where there is nothing.

    python Benchmarks/floors/healthy.py .build/release/carpus Protocols/wrist-ra.yml [--wrists 20] [--seed 7000] [--level 0.95] [--keep FOLDER] [-- SIMULATE OPTIONS]

Simulates wrists of activity 0, one visit each, runs the protocol on them and takes of each site and measure the quantile over the wrists (linear between
ranks, as numpy has it; of twenty wrists 0.95 is next to the largest). Prints them as `noiseFloors` for `with` of grade.ramris, and how many wrists each is
of; a site with fewer than half of them is left out. Wrists that lie in FOLDER already are used again, so that a run that was cut off goes on.
With the folder of a study of healthy volunteers, BIDS or DICOM, in place of simulated ones: --input FOLDER.
"""
import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

MEASURES = ("volume", "fraction", "thickness")
LESIONS = ("synovitis", "tenosynovitis", "bone-marrow-oedema", "erosion")


def call(*words):
    done = subprocess.run([str(w) for w in words], stdout=subprocess.DEVNULL)
    # A run that is done in part still has measures.
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, words))} ended with {done.returncode}")


def quantile(values, level):
    values = sorted(values)
    at = level * (len(values) - 1)
    low = int(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def collect(tables):
    """Values by region and measure; a site's measure that is not scorable has none."""
    found = {}
    for table in tables:
        with open(table, newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                lesion, _, site = row["region"].partition("/")
                if lesion in LESIONS and site and site != "total" and row["measure"] in MEASURES and row["value"] != "n/a" and ">" not in row["session_id"]:
                    found.setdefault(row["region"], {}).setdefault(row["measure"], []).append(float(row["value"]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("carpus", type=pathlib.Path)
    parser.add_argument("protocol", type=pathlib.Path)
    parser.add_argument("--wrists", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7000)
    parser.add_argument("--level", type=float, default=0.95)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--input", type=pathlib.Path)
    parser.add_argument("simulate", nargs="*")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = given.keep or pathlib.Path(passing)
        tables = []
        if given.input:
            call(given.carpus, "run", given.protocol, "--input", given.input, "--output", folder / "out")
            tables.append(folder / "out" / "measures.tsv")
        for seed in [] if given.input else range(given.seed, given.seed + given.wrists):
            table = folder / f"out-{seed}" / "measures.tsv"
            if not table.exists():
                call(given.carpus, "simulate", "--output", folder / f"wrist-{seed}", "--force", "--seed", seed, "--visits", 1, "--activity", 0, *given.simulate)
                call(given.carpus, "run", given.protocol, "--input", folder / f"wrist-{seed}", "--output", folder / f"out-{seed}", "--progress", "none")
            tables.append(table)
        found = collect(tables)
    most = max((len(v) for site in found.values() for v in site.values()), default=0)
    print("noiseFloors:")
    for region in sorted(found):
        kept = {m: v for m, v in found[region].items() if 2 * len(v) > most}
        if kept:
            print(f"  {region}: {{" + ", ".join(f"{m}: {quantile(v, given.level):.3g}" for m, v in kept.items()) + f"}}   # {min(map(len, kept.values()))} of {most}")


main()
