"""Label maps of virtual wrists: from the files `carpus simulate --training-maps` writes to small files that load fast.

A cached wrist is an .npz of `codes` (uint16, axes distal, radial, palmar: a left wrist is mirrored by this, so that all are right ones), `table`
(uint8, a row a code: tissue, variant, region, lesion), `origin` (mm of the first voxel, from the capitate's middle), `step` (mm) and `truth` (JSON: the dials).
"""

import json
import pathlib

import nibabel
import numpy

from .labels import TISSUE

# Their variant is more than texture, and is kept exactly; of the others a few steps of unevenness are enough.
EXACT = [TISSUE[name] for name in ("tendon", "marrow", "oedema", "synovitis", "pannus", "erosion")]


def hand_order(image: nibabel.Nifti1Image, side: str) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The voxels with axes distal, radial, palmar, of an arm stretched out overhead with the palm to the front; and the first voxel's place, mm."""
    wanted = nibabel.orientations.axcodes2ornt(("S", "R" if side == "L" else "L", "A"))
    turned = image.as_reoriented(nibabel.orientations.ornt_transform(nibabel.orientations.io_orientation(image.affine), wanted))
    x, y, z = turned.affine[:3, 3]
    return numpy.asarray(turned.dataobj), numpy.array([z, x if side == "L" else -x, y])


def read(folder: pathlib.Path) -> dict:
    """One wrist as `carpus simulate` wrote it."""
    name = folder.name
    side = next(line for line in (folder / "measures.tsv").read_text().splitlines()[1:] if line).split("\t")[2]
    parts = []
    for what in ("seg-tissue", "desc-variant", "seg-anatomy", "seg-lesions"):
        image = nibabel.load(folder / f"{name}_{what}_dseg.nii.gz")
        values, origin = hand_order(image, side)
        parts.append(values.astype(numpy.uint8))
    tissue, variant = parts[0], parts[1]
    parts[1] = numpy.where(tissue == 0, 0, numpy.where(numpy.isin(tissue, EXACT), variant, variant // 8 * 8 + 4))
    inside = numpy.argwhere(tissue > 0)
    low, high = inside.min(0), inside.max(0) + 1
    cut = [p[tuple(slice(a, b) for a, b in zip(low, high))].astype(numpy.uint32) for p in parts]
    packed = cut[0] | cut[1] << 8 | cut[2] << 16 | cut[3] << 24
    unique, codes = numpy.unique(packed, return_inverse=True)
    if len(unique) > 65535:
        raise ValueError(f"{folder} has {len(unique)} kinds of points, more than 65535")
    table = numpy.stack([unique >> shift & 255 for shift in (0, 8, 16, 24)], 1).astype(numpy.uint8)
    step = float(image.header.get_zooms()[0])
    truth = json.loads((folder / f"{name}_truth.json").read_text()) | {"Side": side}
    return {
        "codes": codes.reshape(cut[0].shape).astype(numpy.uint16), "table": table, "origin": origin + low * step, "step": numpy.float64(step),
        "truth": numpy.array(json.dumps(truth)),
    }


def cache(source: pathlib.Path, target: pathlib.Path) -> list[pathlib.Path]:
    """Caches every wrist under a folder; those that are there already are left alone."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for folder in sorted(p for p in source.iterdir() if p.name.startswith("sub-")):
        out = target / f"{source.name}-{folder.name}.npz"
        if not out.exists():
            part = out.with_name(".part-" + out.name)
            numpy.savez_compressed(part, **read(folder))
            part.rename(out)
        made.append(out)
    return made


def truth(path: pathlib.Path) -> dict:
    """The dials a cached wrist was made with."""
    return json.loads(str(numpy.load(path)["truth"]))


def is_held_out(truth: dict) -> bool:
    """Whether a wrist lies in the part of the population that no training sees: very large or small, fat, old or young, or bent;
    about a quarter."""
    s = truth["Shape"]
    return not (0.90 <= s["size"] <= 1.10 and s["fatness"] <= 1.9 and 27 <= s["ageYears"] <= 77 and abs(s["flexionDegrees"]) <= 8.5 and abs(s["ulnarDeviationDegrees"]) <= 6.8)
