"""Physics, labels and loss, against what is known without them."""

import math
import random
import unittest

import torch

from carpus_training import dials, geometry, losses, scan, sequence
from carpus_training.config import ANATOMY_TASK, LESION_TASK
from carpus_training.labels import TISSUE, anatomy_class, context_class
from carpus_training.patch import IGNORE
from carpus_training.tissue import Tissues

CENTRAL = dials.Dials(field=(1.5,), spread=((0.0, 0.0),))


class FakeWrist:
    """A ball of capitate's marrow of 10 mm in muscle, half of it oedema."""

    def __init__(self):
        rows = [(0, 0, 0, 0), (TISSUE["muscle"], 16, 0, 0), (TISSUE["marrow"], 8, 9, 0), (TISSUE["oedema"], 20, 9, 3)]
        self.table = torch.tensor(rows, dtype=torch.uint8)
        self.step, self.origin = 0.5, torch.tensor([-20.0, -20.0, -20.0])
        axis = torch.arange(81) * 0.5 - 20
        z, y, x = torch.meshgrid(axis, axis, axis, indexing="ij")
        ball = x * x + y * y + z * z < 100
        self.codes = (1 + ball.short() + (ball & (y > 0)).short()).to(torch.int16)
        self.anatomy = torch.tensor([anatomy_class(t, r) for t, _, r, _ in rows], dtype=torch.uint8)
        self.context = torch.tensor([context_class(t, r) for t, _, r, _ in rows], dtype=torch.uint8)
        self.lesion = self.table[:, 3].contiguous()


class SignalTests(unittest.TestCase):
    def setUp(self):
        names = ("fat", "muscle", "effusion", "synovitis", "marrow", "oedema")
        self.row = {n: i for i, n in enumerate(names)}
        self.tissues = Tissues(torch.tensor([[TISSUE[n], 16, 0, 0] for n in names], dtype=torch.uint8), CENTRAL, random.Random(3))

    def total(self, settings):
        water, fat = settings.signals(self.tissues)
        return {n: float((water + fat)[i]) for n, i in self.row.items()}

    def test_stir_nulls_fat_and_shows_oedema(self):
        settings = sequence.Sequence("stir", 4.0, 0.045, train=0.09)
        settings.inversion = self.tissues.fat_t1 * math.log(2 / (1 + math.exp(-(4.0 - 0.09) / self.tissues.fat_t1)))
        s = self.total(settings)
        self.assertLess(abs(s["fat"]), 0.1 * abs(s["muscle"]))
        self.assertGreater(abs(s["oedema"]), 3 * abs(s["marrow"]))
        self.assertGreater(abs(s["effusion"]), abs(s["muscle"]))

    def test_gadolinium_brightens_synovium_above_effusion(self):
        plain, agent = sequence.Sequence("se", 0.5, 0.013), sequence.Sequence("se", 0.5, 0.013, agent=0.6)
        before, after = self.total(plain), self.total(agent)
        self.assertGreater(after["synovitis"], 1.3 * before["synovitis"])
        # In one of seven the agent has leaked into fluid, which still stays below synovium.
        self.assertLess(after["effusion"], after["synovitis"])
        self.assertGreater(before["fat"], before["muscle"])

    def test_labels_of_a_ball(self):
        wrist, rng = FakeWrist(), random.Random(1)
        depths = (torch.arange(20) - 9.5) * 1.5
        layout = geometry.Layout("coronal", depths, 1.5, 0.5, 64, 64, 0.5)
        pose = geometry.Pose(torch.eye(3) @ torch.tensor(geometry.PLANES["coronal"], dtype=torch.float32).T, torch.zeros(3), None)
        codes = scan.Codes(wrist, layout, pose, rng, 12)
        bone = int((scan.target(codes, wrist, ANATOMY_TASK) == 9).sum()) * 1.5 * 0.25
        self.assertAlmostEqual(bone / (4 / 3 * 3.14159 * 1000), 1, delta=0.03)
        found = scan.target(codes, wrist, LESION_TASK)
        half = int((found == 3).sum()) * 1.5 * 0.25
        self.assertAlmostEqual(half / bone, 0.5, delta=0.03)
        self.assertEqual(set(found.unique().tolist()), {0, 3, 5})

    def test_loss_of_right_and_wrong_answers(self):
        truth = torch.randint(0, 4, (1, 4, 8, 8), generator=torch.Generator().manual_seed(1))
        right = torch.nn.functional.one_hot(truth, 4).movedim(-1, 1).float() * 20
        weights = torch.ones(4)
        self.assertLess(float(losses.dice_and_entropy(right, truth, weights)), 0.01)
        self.assertGreater(float(losses.dice_and_entropy(-right, truth, weights)), 2)
        truth[:, :, :4] = IGNORE
        wrong = right.clone()
        wrong[:, :, :, :4] = -right[:, :, :, :4]
        self.assertLess(float(losses.dice_and_entropy(wrong, truth, weights)), 0.01)


if __name__ == "__main__":
    unittest.main()
