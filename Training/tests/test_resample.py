"""Resampling and windows against nnU-Net's own numbers: `nnunet_vectors.json` of the reference data, in the folder CARPUS_TEST_DATA names."""

import json
import os
import pathlib
import unittest

import numpy

from carpus_training import predict, resample

VECTORS = pathlib.Path(os.environ.get("CARPUS_TEST_DATA", "/nowhere")) / "nnunet_vectors.json"


class RuleTests(unittest.TestCase):
    def test_nearest_slices(self):
        slices = numpy.arange(5.0)[:, None, None] * numpy.ones((5, 8, 8))
        out = resample.resampled(slices, (6, 8, 8), (3.0, 0.5, 0.5), (2.5, 0.5, 0.5), 3)
        self.assertEqual(out[:, 0, 0].tolist(), [0, 1, 2, 2, 3, 4])

    def test_labels_keep_their_values(self):
        labels = numpy.zeros((6, 20, 20), numpy.uint8)
        labels[:, 5:15, 5:15] = 7
        out = resample.resampled_labels(labels, (6, 30, 30), (2.5, 0.75, 0.75), (2.5, 0.5, 0.5))
        self.assertEqual(set(numpy.unique(out)), {0, 7})
        self.assertAlmostEqual((out == 7).mean(), 0.25, delta=0.04)

    def test_windows_cover_everything(self):
        for length in (16, 17, 23, 40, 97):
            covered = numpy.zeros(length)
            for s in predict.starts(length, 16):
                covered[s:s + 16] += 1
            self.assertTrue((covered > 0).all() and predict.starts(length, 16)[-1] == length - 16)


@unittest.skipUnless(VECTORS.exists(), "CARPUS_TEST_DATA does not hold nnunet_vectors.json")
class NNUNetTests(unittest.TestCase):
    def setUp(self):
        self.vectors = json.loads(VECTORS.read_text())

    def test_resampling(self):
        for name, axis in (("resample_iso_order3", None), ("resample_iso_order1", None), ("resample_sepz_axis0_order3_orderz0", 0), ("resample_sepz_axis0_order1_orderz0", 0)):
            v = self.vectors[name]
            values = numpy.array(self.vectors["resample_iso_order3"]["in"]).reshape(self.vectors["resample_iso_order3"]["in_shape"])
            spacing = (3.0, 0.5, 0.5) if axis == 0 else (1.0, 1.0, 1.0)
            out = resample.resampled(values, v["out_shape"], spacing, (1.0, 1.0, 1.0), 3 if "order3" in name.replace("orderz", "") else 1)
            self.assertLess(float(numpy.abs(out - numpy.array(v["out"]).reshape(v["out_shape"])).max()), 1e-3, name)

    def test_windows(self):
        for v in self.vectors["steps"]:
            self.assertEqual(predict.starts(v["image"], v["tile"], v["step"]), v["starts"])


if __name__ == "__main__":
    unittest.main()
