"""Axes: what a network sees does not depend on how the file is stored, nor on the side."""

import itertools
import unittest

import numpy

from carpus_training import frame


class FrameTests(unittest.TestCase):
    def test_there_and_back(self):
        values = numpy.arange(4 * 5 * 6).reshape(4, 5, 6)
        for axes in itertools.permutations(range(3)):
            for signs in itertools.product((1, -1), repeat=3):
                turned = frame.to_network(values, list(axes), list(signs))
                self.assertTrue((frame.from_network(turned, list(axes), list(signs)) == values).all())

    def test_thumb_of_a_right_hand_points_to_the_left_of_the_body(self):
        # Arms up, palms to the front: seen from the front the right hand is on the viewer's left, its thumb towards the head, which is the body's left.
        self.assertEqual(frame.directions("R").tolist(), [[0, 0, 1], [-1, 0, 0], [0, 1, 0]])
        self.assertEqual(frame.directions("L").tolist(), [[0, 0, 1], [1, 0, 0], [0, 1, 0]])

    def test_mirrored_wrists_look_alike(self):
        # A coronal scan, columns towards L and R: the left wrist's image mirrored is the right wrist's.
        values = numpy.random.default_rng(1).normal(size=(30, 40, 10))
        right = numpy.diag([0.5, -0.5, 2, 1.0])
        right[:3, :3] = numpy.array([[0.5, 0, 0], [0, 0, 2], [0, -0.5, 0]])
        plane, axes, signs = frame.plane_of(right, "R")
        self.assertEqual(plane, "coronal")
        _, left_axes, left_signs = frame.plane_of(right, "L")
        a, b = frame.to_network(values, axes, signs), frame.to_network(values[::-1], left_axes, left_signs)
        self.assertTrue((a == b).all())

    def test_tilted_axial_scan(self):
        c, s = numpy.cos(0.3), numpy.sin(0.3)
        turn = numpy.array([[1, 0, 0], [0, c, -s], [0, s, c]])
        affine = numpy.eye(4)
        affine[:3, :3] = turn @ numpy.diag([0.4, -0.4, -3])
        plane, axes, signs = frame.plane_of(affine, "R")
        self.assertEqual((plane, axes), ("axial", [2, 1, 0]))
        # Slices run downwards in the file and towards the fingers in the network; rows run to the back, and to the palm; columns to R, and towards the thumb.
        self.assertEqual(signs, [-1, -1, -1])


if __name__ == "__main__":
    unittest.main()
