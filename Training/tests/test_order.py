"""The order of samples, and which label map is of which image."""

import pathlib
import tempfile
import unittest

import nibabel
import numpy
import torch

from carpus_training import real
from carpus_training.config import TASKS
from carpus_training.dataset import numbers


class Counted(torch.utils.data.IterableDataset):
    def __init__(self, start, batch):
        self.start, self.batch = start, batch

    def __iter__(self):
        return iter(numbers(self.start, self.batch))


class OrderTests(unittest.TestCase):
    def batches(self, start, batch, workers):
        loader = iter(torch.utils.data.DataLoader(Counted(start, batch), batch, num_workers=workers))
        return [next(loader).tolist() for _ in range(5)]

    def test_batches_are_in_order_whatever_the_workers_and_after_a_resumption(self):
        expected = [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
        for workers in (0, 1, 2):
            self.assertEqual(self.batches(0, 2, workers), expected)
        self.assertEqual(self.batches(2, 2, 2)[:4], expected[1:])


class LabelledTests(unittest.TestCase):
    def test_a_map_belongs_to_the_series_of_its_grid(self):
        with tempfile.TemporaryDirectory() as folder:
            study = pathlib.Path(folder)
            anat, truth = study / "sub-01/ses-01/anat", study / "derivatives/truth"
            anat.mkdir(parents=True)
            truth.mkdir(parents=True)
            # Same shape, other planes: only the affine tells.
            coronal, axial = numpy.diag([0.5, 2.5, 0.5, 1.0]), numpy.diag([0.5, 0.5, 2.5, 1.0])
            for name, affine in (("T1w", coronal), ("T2w", axial)):
                nibabel.save(nibabel.Nifti1Image(numpy.zeros((8, 8, 8), numpy.float32), affine), anat / f"sub-01_ses-01_{name}.nii.gz")
                (anat / f"sub-01_ses-01_{name}.json").write_text('{"ImageLaterality": "L"}')
            nibabel.save(nibabel.Nifti1Image(numpy.ones((8, 8, 8), numpy.uint8), axial), truth / "sub-01_ses-01_seg-lesions_dseg.nii.gz")
            found = real.labelled(study, TASKS["wrist-lesions"])
            self.assertEqual([name for name, _, _ in found], ["sub-01_ses-01_T2w"])


if __name__ == "__main__":
    unittest.main()
