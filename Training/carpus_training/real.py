"""Labelled scans of a lab: images and label maps named as in BIDS, NIfTI."""

import json
import pathlib

import nibabel
import numpy
from scipy import ndimage

from .config import Task
from .predict import Scan


def role_of(name: str) -> str | None:
    """The role of an image by its BIDS name: `ce-…_T1w` t1gd, `T1w` t1, `T2w` stir, `T2starw` gre."""
    stem = name.removesuffix(".nii.gz").removesuffix(".nii")
    if stem.endswith("_T1w"):
        return "t1gd" if "_ce-" in stem else "t1"
    return "stir" if stem.endswith("_T2w") else "gre" if stem.endswith("_T2starw") else None


def side_of(image: pathlib.Path, study: pathlib.Path) -> str:
    """L or R: `ImageLaterality` beside the image, or `side` in participants.tsv."""
    beside = image.with_name(image.name.split(".")[0] + ".json")
    if beside.exists():
        side = json.loads(beside.read_text()).get("ImageLaterality")
        if side in ("L", "R"):
            return side
    table = study / "participants.tsv"
    if table.exists():
        rows = [line.split("\t") for line in table.read_text().splitlines()]
        if "side" in rows[0]:
            subject = next(p for p in image.parts if p.startswith("sub-"))
            for row in rows[1:]:
                if row[0] == subject and row[rows[0].index("side")] in ("L", "R"):
                    return row[rows[0].index("side")]
    raise SystemExit(f"nothing says whether {image} is of a left or a right wrist: give ImageLaterality in its JSON file, or a column side in participants.tsv")


def same_grid(image, reference) -> bool:
    """Whether two images place their voxels alike, their affines within 0.001."""
    return image.shape[:3] == reference.shape[:3] and numpy.allclose(image.affine, reference.affine, atol=1e-3)


def onto(image, reference) -> numpy.ndarray:
    """An image on another's grid, by their headers, linearly. What has to be aligned first, `carpus register` aligns."""
    if same_grid(image, reference):
        return numpy.asarray(image.dataobj, dtype=numpy.float32)
    m = numpy.linalg.inv(image.affine) @ reference.affine
    return ndimage.affine_transform(numpy.asarray(image.dataobj, dtype=numpy.float32), m[:3, :3], m[:3, 3], reference.shape[:3], order=1)


def labelled(study: pathlib.Path, task: Task) -> list[tuple[str, Scan, numpy.ndarray]]:
    """Every image that has a label map, `…_seg-anatomy_dseg` or `…_seg-lesions_dseg` anywhere under derivatives, by the image's own name.

    A network of several channels gets all the session's series on the labelled image's grid, as far as they are of the same plane.
    """
    what = "seg-anatomy_dseg" if task.is_anatomy else "seg-lesions_dseg"
    maps = {p.name.replace(f"_{what}", "").split(".")[0]: p for p in sorted((study / "derivatives").rglob(f"*_{what}.nii*"))}
    cases = []
    for path in sorted(p for p in study.glob("sub-*/**/*.nii*") if role_of(p.name)):
        suffix = path.name.split(".")[0].rsplit("_", 1)[0]
        # The image's full name, or the name without its suffix (_T1w): then any series of the session may have it, and the grid decides.
        whole, reference = maps.get(path.name.split(".")[0]), nibabel.load(path)
        found = whole or maps.get(suffix)
        if not found or not (whole or same_grid(nibabel.load(found), reference)):
            continue
        images = {role_of(path.name): onto(reference, reference)}
        if not task.is_anatomy:
            for other in sorted(path.parent.glob("*.nii*")):
                image, role = nibabel.load(other), role_of(other.name)
                if role and role not in images and same_plane(image.affine, reference.affine):
                    images[role] = onto(image, reference)
        labels = numpy.asarray(nibabel.load(found).dataobj).astype(numpy.uint8)
        if not same_grid(nibabel.load(found), reference):
            raise SystemExit(f"{found} and {path} are not of one grid")
        cases.append((path.name.split(".")[0], Scan(images, reference.affine, side_of(path, study)), labels))
    if not cases:
        raise SystemExit(f"{study} holds no image with a label map *_{what}.nii.gz of its name under derivatives")
    return cases


def same_plane(a: numpy.ndarray, b: numpy.ndarray) -> bool:
    """Whether two images' last axes run alike."""
    u, v = a[:3, 2] / numpy.linalg.norm(a[:3, 2]), b[:3, 2] / numpy.linalg.norm(b[:3, 2])
    return abs(float(u @ v)) > 0.9
