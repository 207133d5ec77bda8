"""What the standard deviation of a map of change makes of true and false change: version 2 of compare.progression (slopes across slices) beside version 3
(second differences), recomputed on what `ProgressionBenchmark --keep FOLDER` left of a wrist whose disease changed.

edges.py FOLDER/WRIST…: needs numpy, scipy, nibabel.
"""
import sys

import nibabel
import numpy as np
from scipy import ndimage
from scipy.stats import rankdata


def area(values, truth):
    ranks, n = rankdata(values), truth.sum()
    return (ranks[truth].sum() - n * (n + 1) / 2) / (n * (truth.size - n))


def study(folder):
    def read(name):
        image = nibabel.load(f"{folder}/{name}.nii.gz")
        return np.asarray(image.dataobj).astype(np.float32), np.array(image.header.get_zooms()[:3], float)

    (baseline, mm), (followup, difference, z, change, truth, labels, assessed) = read("half-baseline"), (
        read(n)[0] for n in ("half-followup", "difference", "z", "change", "truth", "labels", "assessed"))
    gain = float(open(f"{folder}/numbers.tsv").readline().split("\t")[1])
    inside, thick = (assessed > 0) & np.isfinite(z) & np.isfinite(change), int(np.argmax(mm))
    smooth = lambda v: ndimage.gaussian_filter(np.nan_to_num(v), 0.7 / mm, mode="nearest")
    d, mean, true = np.nan_to_num(difference), smooth((np.nan_to_num(baseline) + np.nan_to_num(followup)) / 2), smooth(change / gain**0.5)

    squares = []
    for axis in range(3):
        step, edge = np.diff(mean, axis=axis), np.zeros_like(np.take(mean, [0], axis))
        up, down = np.concatenate([step, edge], axis), np.concatenate([edge, step], axis)
        squares.append(((up**2 + down**2) / 2 if axis == thick else ((up + down) / 2) ** 2) / mm[axis] ** 2)

    def bend(v):
        # In an end slice: twice the difference to the neighbour, or the neighbour's second difference if that is larger.
        v = np.moveaxis(v, thick, 0)
        within = (v[2:] + v[:-2] - 2 * v[1:-1]) ** 2
        ends = [np.maximum(4 * (v[a] - v[b]) ** 2, w)[None] for a, b, w in ((0, 1, within[0]), (-1, -2, within[-1]))]
        return np.moveaxis(np.concatenate([ends[0], within, ends[1]]), 0, thick)

    flat = sum(squares)
    noise = 1.4826 * np.median(np.abs(d[inside & (flat <= np.quantile(flat[inside], 0.25))]))
    slopes = lambda e, axes: sum(squares[a] * (0.09 + (e * mm[a]) ** 2 * (a in axes)) for a in range(3))
    maps = {"slopes": d / np.sqrt(noise**2 + slopes(0.25, {0, 1, 2})),
            "second differences": d / np.sqrt(noise**2 + slopes(0.22, {0, 1, 2} - {thick}) + 0.22**2 * (bend(mean) + bend(d) / 4))}

    visible, still, labelled, voxel = np.abs(true) > 3 * noise, np.abs(true) < noise / 2, truth != 0, mm.prod() / 1000
    noisy = np.abs(true + noise * np.random.default_rng(0).normal(size=true.shape))
    print(f"{folder}: noise {noise:.1f} of {np.median(mean[inside]):.0f}; visible {visible[inside].sum() * voxel:.1f} mL, lesions {labelled[inside].sum() * voxel:.1f} mL, "
          f"both {(visible & labelled)[inside].sum() * voxel:.1f} mL; ceiling of the area {area(noisy[inside], labelled[inside]):.3f} for lesions, {area(noisy[inside], visible[inside]):.3f} for what is visible")
    regions = range(1, 29)
    for name, z in maps.items():
        sure = np.zeros(z.shape, bool)
        for sign in (1, -1):
            pieces, _ = ndimage.label((sign * z > 3) & inside, np.ones((3, 3, 3)))
            sizes = np.bincount(pieces.ravel())
            sizes[0] = 0
            sure |= (sizes >= max(3, np.ceil(5 / (voxel * 1000))))[pieces]
        size = np.abs(z)
        told, seen = ([(np.sign(v) * (m & inside & (labels == r))).sum() for r in regions] for v, m in ((z, sure), (true, visible)))
        at = [f"{(size[visible & inside] > np.quantile(size[still & inside], 1 - q)).mean():.3f}" for q in (0.005, 0.001)]
        wrong = max((sure & ~visible & inside & (labels == r)).sum() * voxel for r in regions)
        print(f"  {name}: false {100 * sure[still & inside].mean():.2f} %, largest false region {wrong:.2f} mL, area {area(size[inside], labelled[inside]):.3f} (lesions) "
              f"{area(size[inside], visible[inside]):.3f} (visible), found at 0.5 and 0.1 % false {' '.join(at)}, regions r {np.corrcoef(told, seen)[0, 1]:.2f}")


for wrist in sys.argv[1:]:
    study(wrist)
