"""What MedPy, SimpleITK and surface-distance say of pairs of masks: peers.py FOLDER COUNT

Reads FOLDER/result-N.nii.gz and FOLDER/truth-N.nii.gz, writes one JSON list to stdout. null stands for what a peer refuses.
"""
import json
import sys

import numpy as np
import scipy.ndimage as ndimage

# surface-distance 0.1 was written for NumPy 1 and an older SciPy.
np.NaN, np.Inf = np.nan, np.inf
for old in ("filters", "morphology"):
    if not hasattr(ndimage, old):
        setattr(ndimage, old, ndimage)

import SimpleITK as sitk
import surface_distance
from medpy.metric import binary

TOLERANCE = 1.0


def compare(result, truth):
    spacing = [float(s) for s in result.GetSpacing()][::-1]
    a, b = (sitk.GetArrayFromImage(i) != 0 for i in (result, truth))
    answer = {"lesions": int(ndimage.label(b, np.ones((3, 3, 3)))[1])}
    surfaces = surface_distance.compute_surface_distances(b, a, spacing)
    answer["surface_dice"] = float(surface_distance.compute_surface_dice_at_tolerance(surfaces, TOLERANCE))
    answer["area"] = float(surfaces["surfel_areas_gt"].sum())
    if a.any() and b.any():
        answer["robust_hausdorff"] = float(surface_distance.compute_robust_hausdorff(surfaces, 95))
        answer["dice"] = float(binary.dc(a, b))
        answer["hausdorff"] = float(binary.hd(a, b, spacing))
        answer["hausdorff95"] = float(binary.hd95(a, b, spacing))
        overlap = sitk.LabelOverlapMeasuresImageFilter()
        overlap.Execute(truth != 0, result != 0)
        answer["dice_itk"] = overlap.GetDiceCoefficient()
        # SimpleITK's Hausdorff distance takes all voxels of the sets, not their surfaces.
        far = sitk.HausdorffDistanceImageFilter()
        far.Execute(truth != 0, result != 0)
        answer["hausdorff_sets"] = far.GetHausdorffDistance()
    return answer


def main(folder, count):
    read = lambda kind, n: sitk.ReadImage(f"{folder}/{kind}-{n}.nii.gz")
    print(json.dumps([compare(read("result", n), read("truth", n)) for n in range(count)]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
