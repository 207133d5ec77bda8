"""Pairs of what was measured and what is true, as tables that `carpus agree` reads: a row a value, the rater `carpus` or `truth`."""
import csv

LESIONS = ("synovitis", "tenosynovitis", "bone-marrow-oedema")
# What enhances in a joint of the dynamic series, against its synovitis.
DYNAMIC = "synovitis sites dynamic"
COLUMNS = ["participant_id", "session_id", "region", "rater", "measure", "value", "unit"]


def table(path):
    """Values of single visits by session, region and measure; None where there is no number."""
    if not path.exists():
        return {}
    with open(path, newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if ">" not in row["session_id"]]
    return {(r["session_id"], r["region"], r["measure"]): None if r["value"] == "n/a" else float(r["value"]) for r in rows}


class Pairs:
    """All that both tell of lesions, patient by patient. What the truth tells and Carpus does not is missing, and counted."""

    def __init__(self):
        self.volumes, self.grades, self.healthy, self.changes = [], [], {lesion: [] for lesion in LESIONS}, {lesion: [] for lesion in LESIONS}
        self.asked, self.missing = {}, {}

    def add(self, name, measured, truth, healthy):
        for (session, region, measure), true in sorted(truth.items()):
            lesion, _, site = region.partition("/")
            if lesion not in LESIONS or true is None or measure not in ("volume", "ramris"):
                continue
            found = measured.get((session, region, measure))
            what = f"{lesion} {'total' if site in ('', 'total') else 'sites'} {measure}"
            self.asked[what] = self.asked.get(what, 0) + 1
            if found is None:
                self.missing[what] = self.missing.get(what, 0) + 1
                continue
            rows, unit = (self.volumes, "mL") if measure == "volume" else (self.grades, "1")
            for rater, value in (("carpus", found), ("truth", true)):
                rows.append([name, session, region, rater, what, value, unit])
                if measure == "volume" and site:
                    rows.append([name, session, region, rater, region, value, unit])
            if healthy and measure == "volume" and not site:
                self.healthy[lesion].append((found, true))
        self._add_changes(name, measured, truth)
        self._add_dynamic(name, measured, truth)

    def _add_dynamic(self, name, measured, truth):
        for (session, region, measure), true in sorted(truth.items()):
            lesion, _, site = region.partition("/")
            if lesion != "synovitis" or not site or measure != "volume" or true is None:
                continue
            found = measured.get((session, site, "enhancing-volume"))
            self.asked[DYNAMIC] = self.asked.get(DYNAMIC, 0) + 1
            if found is None:
                self.missing[DYNAMIC] = self.missing.get(DYNAMIC, 0) + 1
                continue
            self.volumes += [[name, session, site, rater, DYNAMIC, value, "mL"] for rater, value in (("carpus", found), ("truth", true))]

    def _add_changes(self, name, measured, truth):
        """From each visit to the next."""
        sessions = sorted({session for session, _, _ in truth})
        for lesion in LESIONS:
            for before, after in zip(sessions, sessions[1:]):
                four = [source.get((session, lesion, "volume")) for source in (measured, truth) for session in (before, after)]
                if None not in four:
                    self.changes[lesion].append((name, f"{before}>{after}", four[1] - four[0], four[3] - four[2]))

    def write(self, folder):
        """`volumes.tsv`, `grades.tsv` and `changes.tsv`."""
        changes = [[name, pair, lesion, rater, f"{lesion} change", value, "mL"]
                   for lesion, rows in self.changes.items() for name, pair, found, true in rows for rater, value in (("carpus", found), ("truth", true))]
        for name, rows in (("volumes", self.volumes), ("grades", self.grades), ("changes", changes)):
            with open(folder / f"{name}.tsv", "w", newline="") as file:
                csv.writer(file, delimiter="\t", lineterminator="\n").writerows([COLUMNS] + rows)
