"""The noise floors of grade.ramris from wrists without disease: what a protocol measures where there is nothing.

    python Benchmarks/floors/healthy.py .build/release/carpus Protocols/wrist-ra.yml [--wrists 20] [--seed 7000] [--level 0.95] [--keep FOLDER] [-- SIMULATE OPTIONS]

Simulates wrists of activity 0, one visit each, runs the protocol on them and takes of each site and measure the quantile over the wrists (linear between
ranks, as numpy has it; of twenty wrists 0.95 is next to the largest). Activity 0 still draws a small lesion here and there: where the truth has one at a
site, that wrist tells nothing of the site. Prints the floors as `noiseFloors` for `with` of grade.ramris, none below the one the stage declares, and of how
many wrists each is; a site with fewer than half of them is left out. Wrists that lie in FOLDER already are used again, so that a run that was cut off goes
on, if program, protocol and options were the same.
With the folder of a study of healthy volunteers, BIDS or DICOM, in place of simulated ones: --input FOLDER; nothing is then known to be a lesion.
"""
import argparse
import csv
import hashlib
import json
import pathlib
import re
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


def rows(table):
    """The rows of a table of measures that are of a lesion at a site, at one visit, and have a number."""
    with open(table, newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            lesion, _, site = row["region"].partition("/")
            if lesion in LESIONS and site and site != "total" and row["measure"] in MEASURES and row["value"] != "n/a" and ">" not in row["session_id"]:
                yield row


def collect(tables):
    """Values by region and measure, of pairs of what was measured and what is true; a site's measure that is not scorable has none."""
    found = {}
    for table, truth in tables:
        ill = {row["region"] for row in rows(truth) if float(row["value"]) > 0} if truth else set()
        for row in rows(table):
            if row["region"] not in ill:
                found.setdefault(row["region"], {}).setdefault(row["measure"], []).append(float(row["value"]))
    return found


def declared(carpus):
    """The floors that grade.ramris has where a protocol gives none, by lesion and measure."""
    page = subprocess.run([str(carpus), "stages", "grade.ramris", "--markdown"], capture_output=True, text=True, check=True).stdout
    return json.loads(re.search(r"^\| `noiseFloors` \| `(.*?)` \|", page, re.MULTILINE).group(1))


def digest(protocol):
    """Of a protocol and of those it extends."""
    text = protocol.read_bytes()
    base = re.search(rb"^extends:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return hashlib.sha256(text).hexdigest() + (" " + digest(protocol.parent / base.group(1).decode()) if base else "")


def floor(values, level, least):
    return max(quantile(values, level), least)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("carpus", type=pathlib.Path)
    parser.add_argument("protocol", type=pathlib.Path)
    parser.add_argument("--wrists", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7000)
    parser.add_argument("--level", type=float, default=0.95)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--input", type=pathlib.Path)
    # Behind -- stand options of simulate, which the parser is not to take for its own.
    words, cut = sys.argv[1:], sys.argv.index("--") - 1 if "--" in sys.argv else len(sys.argv)
    given = parser.parse_args(words[:cut])
    given.simulate = words[cut + 1:]
    stamp = json.dumps({"program": hashlib.sha256(given.carpus.read_bytes()).hexdigest(), "protocol": digest(given.protocol), "simulate": given.simulate})
    with tempfile.TemporaryDirectory() as passing:
        folder = given.keep or pathlib.Path(passing)
        tables = []
        if given.input:
            call(given.carpus, "run", given.protocol, "--input", given.input, "--output", folder / "out")
            tables.append((folder / "out" / "measures.tsv", None))
        for seed in [] if given.input else range(given.seed, given.seed + given.wrists):
            wrist, out, made = folder / f"wrist-{seed}", folder / f"out-{seed}", folder / f"made-{seed}.json"
            if not made.exists() or made.read_text() != stamp:
                made.unlink(missing_ok=True)
                call(given.carpus, "simulate", "--output", wrist, "--force", "--seed", seed, "--visits", 1, "--activity", 0, *given.simulate)
                call(given.carpus, "run", given.protocol, "--input", wrist, "--output", out, "--progress", "none")
                made.write_text(stamp)
            tables.append((out / "measures.tsv", wrist / "derivatives" / "truth" / "measures.tsv"))
        found = collect(tables)
    least = declared(given.carpus)
    wrists = max((len(v) for site in found.values() for v in site.values()), default=0) if given.input else given.wrists
    print("noiseFloors:")
    for region in sorted(found):
        kept = {m: v for m, v in found[region].items() if 2 * len(v) >= wrists}
        if kept:
            floors = ", ".join(f"{m}: {floor(v, given.level, least.get(region.split('/')[0], {}).get(m, 0)):.3g}" for m, v in kept.items())
            print(f"  {region}: {{{floors}}}   # {min(map(len, kept.values()))} of {wrists}")


main()
