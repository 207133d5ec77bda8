"""How far a label map is from the truth."""

import numpy

# Below this a structure counts as not there: a few voxels at the edge of the field of view say nothing about a network.
LEAST_ML = {"anatomy": 0.1, "lesion": 0.2}


def compare(found: numpy.ndarray, truth: numpy.ndarray, names: dict[int, str], voxel_ml: float, is_anatomy: bool) -> list[dict]:
    """A row a structure: Dice (None where the truth holds less than counts), both volumes in mL, and for bones whether it bears its name: most of its
    voxels have its label."""
    rows = []
    least = LEAST_ML["anatomy" if is_anatomy else "lesion"]
    for value, name in names.items():
        a, b = found == value, truth == value
        there = b.sum() * voxel_ml
        row = {"name": name, "volume": a.sum() * voxel_ml, "truth": there, "dice": None, "named": None}
        if there >= least:
            row["dice"] = float(2 * (a & b).sum() / (a.sum() + b.sum()))
            if is_anatomy and value <= 15:
                row["named"] = bool(numpy.bincount(found[b], minlength=32).argmax() == value)
        rows.append(row)
    return rows


def agreement(a: numpy.ndarray, b: numpy.ndarray) -> float:
    """ICC(A,1): absolute agreement of two series of volumes (McGraw and Wong, 1996)."""
    x = numpy.stack([a, b], 1).astype(float)
    n, k = x.shape
    if n < 3:
        return float("nan")
    grand = x.mean()
    rows, columns = k * ((x.mean(1) - grand) ** 2).sum() / (n - 1), n * ((x.mean(0) - grand) ** 2).sum() / (k - 1)
    rest = ((x - x.mean(1, keepdims=True) - x.mean(0) + grand) ** 2).sum() / ((n - 1) * (k - 1))
    below = rows + (k - 1) * rest + k * (columns - rest) / n
    return float((rows - rest) / below) if below > 0 else float("nan")


def summary(cases: list[dict], names: dict[int, str]) -> dict:
    """By structure: mean Dice over the cases that have it, share of bones that bear their name, agreement of volumes, and the median volume that is
    called where there is none."""
    out = {}
    for name in names.values():
        rows = [(case, row) for case in cases for row in case["rows"] if row["name"] == name]
        dice = [r["dice"] for _, r in rows if r["dice"] is not None]
        named = [r["named"] for _, r in rows if r["named"] is not None]
        empty = [r["volume"] for c, r in rows if r["truth"] == 0 and (c["healthy"] or not name.startswith(("synov", "teno", "bone-m", "eros")))]
        out[name] = {
            "cases": len(dice), "dice": mean(dice), "worst": min(dice, default=None), "named": mean(named),
            "icc": agreement(numpy.array([r["volume"] for _, r in rows]), numpy.array([r["truth"] for _, r in rows])),
            "empty": len(empty), "false_ml": float(numpy.median(empty)) if empty else None,
        }
    return out


def mean(values) -> float | None:
    """None of nothing."""
    return sum(values) / len(values) if values else None


def table(summed: dict) -> str:
    """The summary as a table in Markdown."""
    def f(v, digits=3):
        return "" if v is None or v != v else f"{v:.{digits}f}"

    lines = ["| structure | cases | Dice | worst | named | ICC of volume | false mL where none (cases) |", "|---|---|---|---|---|---|---|"]
    for name, s in summed.items():
        lines.append(f"| {name} | {s['cases']} | {f(s['dice'])} | {f(s['worst'])} | {f(s['named'])} | {f(s['icc'])} | {f(s['false_ml'])} ({s['empty']}) |")
    return "\n".join(lines)
