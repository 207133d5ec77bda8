"""What becomes of studies that went wrong: no crash, no hang, no number that changed without a word.

    python Benchmarks/robustness/corrupted.py .build/release/carpus [--runs 200] [--first 0] [--seed 1] [--only KIND] [--limit 120] [--protocol Protocols/wrist-ra.yml]
        [--in-plane 0.8]

Runs go through all kinds of damage in turn, begun with number `--first`; Benchmarks/robustness/lean.yml is a protocol of seconds. A small virtual study of two visits is damaged in every way `damage` knows, in turn, and run. A table says what each got; the last lines count. Needs pydicom.
Ends with 1 when anything crashed, hung, or changed silently:

    refused    ended with an error, in a sentence
    in part    some steps failed, and say why
    told       ended well; findings, reasons or skipped files say more than those of the sound study
    hidden     numbers differ, and nothing in the files tells that something is gone
    same       ended well, and all numbers are those of the sound study
    SPOILT     what went wrong is harmless, and yet it was refused, or a number is another
    SILENT     a number differs by more than 1 % or is gone, and nothing says more than before
    CRASH      a signal, a fault of ours (70), or an unknown status
    HANG       not done within the limit, seconds; give more on a busy machine
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import damage

REFUSALS = {64, 65, 66, 69, 73, 78}
NOBODY = 65534


def run(carpus, protocol, study, output, limit, as_nobody=False):
    """The status of a run, nil when it did not end in time, and what it said."""
    command = [carpus, "run", protocol, "--input", study, "--output", output, "--threads", "2", "--progress", "none"]
    who = {"user": NOBODY, "group": NOBODY} if as_nobody and os.geteuid() == 0 else {}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, **who)
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stderr.strip()


def numbers(output):
    """Every measurement that has a value."""
    path = output / "measures.tsv"
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    columns = {name: i for i, name in enumerate(rows[0])}
    keys = [columns[name] for name in ("session_id", "region", "measure", "method")]
    return {tuple(row[i] for i in keys): float(row[columns["value"]]) for row in rows[1:] if row[columns["value"]] != "n/a"}


def words(output):
    """All that is told beside numbers, figures in it left out: findings, reasons of steps that were not done, files that were left out. A sentence whose figures
    alone are others says nothing new."""
    told = set()
    for path in (output / ".carpus").rglob("findings.json"):
        told |= {f["sentence"] for f in json.loads(path.read_text())}
    record = output / "record.json"
    if record.exists():
        content = json.loads(record.read_text())
        told |= {step["reason"] for subject in content["subjects"] for step in subject["steps"] if step.get("reason")}
        told |= {f"{skipped['files']} files left out: {skipped['reason']}" for skipped in content["skippedFiles"]}
    return {re.sub(r"[-\u2212]?\d[\d.,]*", "#", sentence) for sentence in told}


def verdict(status, said, output, sound):
    """What a study got, and the first thing it was told."""
    if status is None:
        return "HANG", ""
    if status in REFUSALS:
        return ("refused" if said else "CRASH"), said.splitlines()[-1] if said else "no word"
    if status not in (0, 1):
        return "CRASH", f"status {status}: {said[-300:]}"
    new, found = sorted(words(output) - sound["words"]), numbers(output)
    if status == 1:
        return ("in part" if new else "CRASH"), new[0] if new else said[-300:]
    changed = [k for k, v in sound["numbers"].items() if k not in found or abs(found[k] - v) > 0.01 * abs(v) + 1e-9] + [k for k in found if k not in sound["numbers"]]
    if new:
        return "told", new[0]
    return ("SILENT", f"{len(changed)} numbers, {'/'.join(changed[0])}") if changed else ("same", "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("carpus", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("--protocol", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "Protocols/wrist-ra.yml")
    parser.add_argument("--limit", type=float, default=120, help="seconds")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--in-plane", type=float, default=0.8, help="mm")
    options = parser.parse_args()
    carpus = options.carpus.resolve()
    kinds = [k for k in damage.ALL if options.only in (None, k.__name__)]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        study = folder / "study"
        subprocess.run(
            [carpus, "simulate", "--output", study, "--seed", "11", "--visits", "2", "--activity", "0.6", "--format", "dicom", "--in-plane", str(options.in_plane), "--slice-thickness", "4",
             "--frames", "8", "--step", "0.4", "--quiet", "--series", "t1", "t1gd", "stir", "dce"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(study / "derivatives", ignore_errors=True)
        status, said = run(carpus, options.protocol, study, folder / "sound", None)
        if status != 0:
            sys.exit(f"the sound study ended with {status}: {said}")
        sound = {"numbers": numbers(folder / "sound"), "words": words(folder / "sound")}
        counts, bad = collections.Counter(), 0
        print("kind\twhat\tgot\tsaid")
        for i in range(options.first, options.first + (options.runs if not options.only else max(1, options.runs // len(damage.ALL)))):
            kind = kinds[i % len(kinds)]
            # A folder of its own, in which a user without rights may write.
            place = folder / "run"
            place.mkdir()
            shutil.copytree(study, place / "study")
            what = kind(place / "study", random.Random(f"{options.seed}/{i}/{kind.__name__}"))
            guarded = kind.__name__.startswith("unreadable")
            if guarded and os.geteuid() == 0:
                os.chown(place, NOBODY, NOBODY)
                for path in place.rglob("*"):
                    os.chown(path, NOBODY, NOBODY)
            status, said = run(carpus, options.protocol, place / "study", place / "out", options.limit, guarded)
            got, first = verdict(status, said, place / "out", sound)
            if kind in damage.HARMLESS and (got not in ("told", "same") or numbers(place / "out") != sound["numbers"]):
                got, first = "SPOILT", f"{got}: {first}"
            if got == "SILENT" and kind in damage.HIDDEN:
                got = "hidden"
            counts[got] += 1
            bad += got.isupper()
            print(f"{kind.__name__}\t{what}\t{got}\t{' '.join(first.split())[:240]}", flush=True)
            shutil.rmtree(place)
        print("\t".join(f"{got}: {n}" for got, n in counts.most_common()))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
