"""Soft Dice and cross entropy, at every resolution the network answers in."""

import torch
from torch.nn import functional

from .patch import IGNORE


def dice_and_entropy(logits: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """1 - mean Dice of the classes that are there, background left out, plus cross entropy.

    Dice is taken over the whole batch. A class that is not there would have a Dice of 0 whatever is called, and thin out the slope of those that are: with thirty
    classes most are not. That it is called in vain costs entropy, and those that are there their Dice.
    """
    log = torch.log_softmax(logits, 1)
    entropy = functional.nll_loss(log, truth, weight=weights, ignore_index=IGNORE)
    valid = truth != IGNORE
    p = log.exp()
    if not valid.all():
        p = p * valid[:, None]
    # One-hot sums by index, without a one-hot tensor: what each class gets of probability where it is the truth.
    classes = logits.shape[1]
    index = torch.where(valid, truth, 0)
    right = p.gather(1, index[:, None])[:, 0] * valid
    flat = index.reshape(-1)
    overlap = torch.zeros(classes, device=p.device).index_add_(0, flat, right.reshape(-1))
    there = torch.zeros(classes, device=p.device).index_add_(0, flat, valid.reshape(-1).float())
    dice = 2 * overlap / (there + p.sum((0, 2, 3, 4))).clamp(min=1e-5)
    counts = (there > 0).float()
    counts[0] = 0
    return entropy + 1 - (dice * counts).sum() / counts.sum().clamp(min=1)


def deep(outputs: list[torch.Tensor], truth: torch.Tensor, weights: torch.Tensor, levels: int = 3) -> torch.Tensor:
    """The loss at several resolutions, each with half the weight of the finer one; truth is thinned out to the coarser ones."""
    total, share = 0.0, 0.0
    for i, logits in enumerate(outputs[:levels]):
        step = [a // b for a, b in zip(truth.shape[1:], logits.shape[2:])]
        coarse = truth[:, step[0] // 2 :: step[0], step[1] // 2 :: step[1], step[2] // 2 :: step[2]]
        total = total + 0.5**i * dice_and_entropy(logits.float(), coarse, weights)
        share += 0.5**i
    return total / share
