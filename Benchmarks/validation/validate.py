"""The wrist protocol from DICOM to numbers, against the truth of virtual patients of unseen seeds.

    python Benchmarks/validation/validate.py .build/release/carpus OUT [--patients 30] [--healthy 10] [--seed 90000] [--ablations whole no-stir …]
        [--protocol Protocols/wrist-ra.yml] [--threads N] [-- SIMULATE OPTIONS]

Patients are mixed, so that the first of them are a sample of all. One that lies in OUT is not made again if program, protocol and options are the same: a run that
was cut off goes on, and one of few patients can be made larger. OUT/summary.md holds the tables, OUT/ABLATION/figures the plots; the smallest detectable change is that of Carpus
against the truth on these patients. Agreement over sites takes sites of one wrist as independent, so that its intervals are too narrow.
Ablations are told by `patients.ABLATIONS`; `noise` needs pydicom and numpy. A patient at full size takes minutes.
"""
import argparse
import collections
import json
import pathlib
import statistics
import subprocess
import sys

import patients
import ratings


def agree(carpus, table, *options):
    """Statistics by measure and name; none where the table is too poor for any."""
    done = subprocess.run([carpus, "agree", table, "--reference", "truth", "--json", "--replicates", "500", *options], capture_output=True, text=True)
    if done.returncode:
        print(f"carpus agree {table.name}: {done.stderr.strip()}", file=sys.stderr)
        return {}
    return {(row["measure"], row["statistic"]): row for row in json.loads(done.stdout)["rows"]}


def number(value, digits=2):
    return "–" if value is None else f"{value:.{digits}f}"


def told(row, digits=2):
    """A statistic with its interval."""
    if row is None or row["value"] is None:
        return "–"
    return number(row["value"], digits) + (f" ({number(row['lower'], digits)} to {number(row['upper'], digits)})" if row["lower"] is not None else "")


def judged(value, bar, below=False):
    return "–" if value is None else "met" if (value <= bar if below else value >= bar) else "missed"


def volumes(pairs, found):
    """Totals and sites of each lesion: agreement, limits, and the worst site."""
    lines = ["| volume | n | without number | ICC(A,1) | bar | bias, mL | limits, mL |", "|---|---|---|---|---|---|---|"]
    asked = [(f"{lesion} {kind} volume", f"{lesion}, {kind}", bar) for kind, bar in (("total", 0.95), ("sites", 0.90)) for lesion in ratings.LESIONS]
    for what, name, bar in asked + [(ratings.DYNAMIC, "synovitis, joints, by what enhances in the dynamic series", 0.90)]:
        icc, bias, low, high = (found.get((what, statistic)) for statistic in ("icc ICC(A,1)", "bias", "limit-lower", "limit-upper"))
        limits = " to ".join(number(row["value"] if row else None, 3) for row in (low, high))
        lines.append(f"| {name} | {icc['n'] if icc else 0} | {pairs.missing.get(what, 0)} of {pairs.asked.get(what, 0)} | {told(icc)} | {bar}: {judged(icc and icc['value'], bar)} "
                     f"| {told(bias, 3)} | {limits} |")
    sites = {measure: row["value"] for (measure, name), row in found.items() if name == "icc ICC(A,1)" and "/" in measure and row["value"] is not None}
    worst = ", ".join(f"{region} {number(value)}" for region, value in sorted(sites.items(), key=lambda x: x[1])[:5])
    return lines + ["", f"Site by site: ICC(A,1) is at least 0.90 in {sum(v >= 0.9 for v in sites.values())} of {len(sites)} sites that vary; the least: {worst or '–'}."]


def grades(pairs, found):
    lines = ["| grade | n | without number | quadratic kappa | bar | exact | within 1 |", "|---|---|---|---|---|---|---|"]
    for lesion in ratings.LESIONS:
        what = f"{lesion} sites ramris"
        kappa, exact, close = (found.get((what, name)) for name in ("kappa-quadratic", "exact-agreement", "close-agreement"))
        lines.append(f"| {lesion} | {kappa['n'] if kappa else 0} | {pairs.missing.get(what, 0)} of {pairs.asked.get(what, 0)} | {told(kappa)} | 0.80: {judged(kappa and kappa['value'], 0.8)} "
                     f"| {told(exact)} | {told(close)} |")
    return lines


def falsely(pairs):
    lines = ["| healthy wrists | visits | measured, mL: median, most | true: median, most | too much, median | bar |", "|---|---|---|---|---|---|"]
    for lesion, rows in pairs.healthy.items():
        if not rows:
            lines.append(f"| {lesion} | 0 | – | – | – | – |")
            continue
        found, true = [r[0] for r in rows], [r[1] for r in rows]
        excess = statistics.median(max(0, f - t) for f, t in rows)
        lines.append(f"| {lesion} | {len(rows)} | {statistics.median(found):.3f}, {max(found):.3f} | {statistics.median(true):.3f}, {max(true):.3f} | {excess:.3f} | 0.1: {judged(excess, 0.1, below=True)} |")
    return lines


def changes(pairs, found, of_changes):
    lines = ["| change | pairs | r | smallest detectable, mL | true change beyond it | of these, same sign | bar |", "|---|---|---|---|---|---|---|"]
    for lesion, rows in pairs.changes.items():
        r, sdc = of_changes.get((f"{lesion} change", "pearson")), found.get((f"{lesion} total volume", "sdc"))
        limit = sdc["value"] if sdc else None
        beyond = [(f, t) for _, _, f, t in rows if limit is not None and abs(t) > limit]
        same = sum(f * t > 0 for f, t in beyond) / len(beyond) if beyond else None
        lines.append(f"| {lesion} | {len(rows)} | {told(r)} | {number(limit, 3)} | {len(beyond)} | {number(same)} | 0.95: {judged(same, 0.95)} |")
    return lines


def stages(folders):
    """What became of each step over all patients, and how long it took."""
    outcomes, seconds, reasons, stage = collections.defaultdict(collections.Counter), collections.defaultdict(list), collections.defaultdict(collections.Counter), {}
    for folder in folders:
        if not (folder / "record.json").exists():
            continue
        for subject in json.loads((folder / "record.json").read_text())["subjects"]:
            for step in subject["steps"]:
                name = step["step"]
                outcomes[name][step["status"]] += 1
                stage[name] = step["stage"]
                if step.get("reason"):
                    reasons[name][step["reason"]] += 1
                if step.get("record"):
                    seconds[name].append(step["record"]["seconds"])
    lines = ["| step | stage | done | not scorable | failed | seconds, median | most frequent reason |", "|---|---|---|---|---|---|---|"]
    for name, counts in outcomes.items():
        reason = reasons[name].most_common(1)[0][0].replace("|", "/") if reasons[name] else ""
        lines.append(f"| {name} | {stage[name]} | {counts['done']} | {counts['not-scorable']} | {counts['failed']} | {number(statistics.median(seconds[name]), 1) if seconds[name] else '–'} | {reason} |")
    return lines


def judge(options, ablation):
    """The patients of one ablation, and what is told of them."""
    folder = options.out / ablation
    folder.mkdir(parents=True, exist_ok=True)
    cohort = patients.Cohort(options.carpus, options.protocol.resolve(), folder, ablation, options.visits, options.threads, options.simulate)
    pairs, folders, runs = ratings.Pairs(), [], []
    for i, place, healthy in cohort.cases(patients.patients(options.patients, options.healthy, options.seed)):
        case = json.loads((place / "case.json").read_text())
        print(f"{ablation}: {place.name}, {i + 1} of {options.patients}, ended with {case['status']} after {case['seconds']} s", file=sys.stderr, flush=True)
        pairs.add(place.name, ratings.table(place / "measures.tsv"), ratings.table(place / "truth.tsv"), healthy)
        folders.append(place)
        runs.append(case)
    pairs.write(folder)
    figures = ["--figures", folder / "figures", "--force"]
    found = agree(options.carpus, folder / "volumes.tsv", "--scale", "numbers", *figures)
    graded = agree(options.carpus, folder / "grades.tsv", "--scale", "grades", *figures)
    changed = agree(options.carpus, folder / "changes.tsv", "--scale", "numbers", *figures)
    statuses = collections.Counter(run["status"] for run in runs)
    lines = [f"## {ablation}", "",
             f"{options.patients} patients ({options.healthy} healthy), {options.visits} visits, seeds from {options.seed}; `carpus simulate` {' '.join(cohort.simulate) or 'as it is'}; "
             f"runs ended with {', '.join(f'{status}: {n}' for status, n in sorted(statuses.items()))}; {statistics.median(run['seconds'] for run in runs):.0f} s a run (median).", ""]
    for part in (volumes(pairs, found), grades(pairs, graded), falsely(pairs), changes(pairs, found, changed), stages(folders)):
        lines += part + [""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("carpus", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--patients", type=int, default=30)
    parser.add_argument("--healthy", type=int)
    parser.add_argument("--seed", type=int, default=90000)
    parser.add_argument("--visits", type=int, default=2)
    parser.add_argument("--ablations", nargs="+", choices=list(patients.ABLATIONS), default=["whole"])
    parser.add_argument("--protocol", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "Protocols/wrist-ra.yml")
    parser.add_argument("--threads", type=int)
    # What follows -- is for carpus simulate.
    words = sys.argv[1:]
    own = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:own])
    options.simulate = words[own + 1:]
    options.healthy = options.patients // 3 if options.healthy is None else options.healthy
    for ablation in options.ablations:
        text = judge(options, ablation)
        (options.out / ablation / "summary.md").write_text(text)
        print(text, flush=True)
    parts = [(options.out / ablation / "summary.md") for ablation in patients.ABLATIONS]
    (options.out / "summary.md").write_text("\n".join(["# Validation on virtual patients", ""] + [part.read_text() for part in parts if part.exists()]))


if __name__ == "__main__":
    main()
