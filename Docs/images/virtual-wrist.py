"""The pictures of Docs/VirtualWrist.md: virtual-wrist.py CARPUS [REAL].

CARPUS is the program; REAL the real gradient echo as NIfTI (`wrist_mr_dcm4che/derived/wrist_left_cor_gre.nii.gz` of the reference data),
without which the first picture shows the virtual wrist alone. Needs nibabel and pillow.
"""

import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent


def simulate(carpus, folder, *options):
    """The scans of one visit; returns a function that loads one by the end of its name."""
    subprocess.run([carpus, "simulate", "--output", folder, "--visits", "1", "--side", "L", "--quiet", *options], check=True, stdout=subprocess.DEVNULL)
    return lambda end: nibabel.load(next(pathlib.Path(folder).glob(f"sub-01/ses-01/*/*{end}.nii.gz")))


def tile(image, slice_, millimetres, middle=(0.5, 0.5), pixels=240):
    """One slice, a square of so many millimetres about a middle given as shares of the field, grey from the 1st to the 99.5th percentile."""
    data = numpy.asarray(image.dataobj).astype(float)
    data = data[..., 0] if data.ndim == 4 else data
    low, high = numpy.percentile(data[data > 0], [1, 99.5])
    plane = data[:, :, slice_].T
    # Columns and rows of the files run as pictures do, but for NIfTI's left and right.
    spacing = image.header.get_zooms()
    half = [round(millimetres / s / 2) for s in spacing[:2]]
    x, y = round(middle[0] * plane.shape[1]), round(middle[1] * plane.shape[0])
    padded = numpy.pad(plane, ((half[1], half[1]), (half[0], half[0])))
    cut = padded[y:y + 2 * half[1], x:x + 2 * half[0]]
    grey = Image.fromarray((numpy.clip((cut - low) / (high - low), 0, 1) * 255).astype(numpy.uint8)).resize((pixels, pixels), Image.BICUBIC)
    return numpy.asarray(grey)


def save(rows, name):
    """Rows of tiles as one JPEG."""
    Image.fromarray(numpy.vstack([numpy.hstack(row) for row in rows])).save(HERE / name, quality=82)


def main(carpus, real=None):
    """Makes both pictures."""
    with tempfile.TemporaryDirectory() as work:
        gre = simulate(carpus, work + "/gre", "--seed", "7", "--activity", "0.3", "--in-plane", "0.25", "--series", "gre")("T2starw")
        rows = [[tile(gre, s, 62, (0.47, 0.52)) for s in (8, 11, 13, 15)]]
        if real:
            scan = nibabel.load(real)
            flipped = nibabel.Nifti1Image(numpy.asarray(scan.dataobj)[:, ::-1, :], scan.affine, scan.header)
            rows.append([tile(flipped, s, 62) for s in (4, 6, 8, 10)])
        save(rows, "virtual-gre.jpg")
        options = ("--seed", "7", "--activity", "0.6", "--series", "t1", "t1gd", "stir", "t1gd-fs")
        load = simulate(carpus, work + "/all", *options)
        save([
            [tile(load("01_T1w"), s, 100) for s in (8, 11, 13, 15)],
            [tile(load("acq-stir_T2w"), s, 100) for s in (8, 11, 13, 15)],
            [tile(load("axialFS_ce-gadolinium_T1w"), s, 76) for s in (5, 9, 12, 16)],
        ], "virtual-wrist.jpg")


if __name__ == "__main__":
    main(*sys.argv[1:])
