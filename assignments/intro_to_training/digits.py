"""Handwritten digits for q7: scikit-learn's 1,797 real ones, scaled to MNIST's size and normalised like it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch.nn import functional as F

from assignments.intro_to_training.provided import MEAN, STD

SIDE = 28
TRAINED_ON = 1297  # digits; the other 500 are shown to the trained model


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """Pictures (n, 1, 28, 28) and labels (n,), to train on and to be asked about."""

    pictures: torch.Tensor
    labels: torch.Tensor
    hidden_pictures: torch.Tensor
    hidden_labels: torch.Tensor


@cache
def digits(seed: int = 0) -> Digits:
    """Return all digits in a random order."""
    from sklearn.datasets import load_digits  # it takes a second, which only the full profile spends

    data = load_digits()
    order = torch.randperm(len(data.target), generator=torch.Generator().manual_seed(seed))
    pictures = torch.from_numpy(data.images).float()[order].unsqueeze(1) / 16
    pictures = (F.interpolate(pictures, size=(SIDE, SIDE), mode="nearest") - MEAN) / STD  # sharp strokes, as MNIST's
    labels = torch.from_numpy(data.target)[order].long()
    return Digits(
        pictures=pictures[:TRAINED_ON],
        labels=labels[:TRAINED_ON],
        hidden_pictures=pictures[TRAINED_ON:],
        hidden_labels=labels[TRAINED_ON:],
    )
