"""Trains the judge's own network with the settings of d8: five seeds, one thread, on the CPU."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from assignments.conv_nets import provided

SEEDS = (0, 1, 2, 3, 4)  # of the five networks of d8
MOMENTUM = 0.9
BATCH_SIZE = 10
TRAINING_PER_CLASS, VALIDATION_PER_CLASS = 10, 50
SHIFT_RATIO = 0.5
FULL_ACCURACY, HALF_ACCURACY = 0.80, 0.65
MAX_EPOCHS, MAX_KERNEL = 1000, 15  # what one judge can train in reasonable time
# Medians that this training reached (torch 2.15, x86), by kernel size and learning rate, after 50 / 100 / 200 epochs:
#   3, 0.03: 0.33 0.62 0.94      5, 0.03: 0.71 0.88 0.93      7, 0.03: 0.67 0.84 0.90      9, 0.03: 0.69 0.81 0.85
#   3, 0.1:  0.58 0.79 0.87      5, 0.1:  0.85 0.95 0.95      7, 0.1:  0.81 0.85 0.86      9, 0.1:  0.75 0.89 0.87
#   11, 0.1: 0.74 0.75 0.75      15, 0.03: 0.75 0.72 0.65     5, 0.2:  0.80 0.89 0.88      any, 0.5: 0.33
# With 5 and 0.03 the worst of the five reaches 0.89 after 200 epochs.


class SimpleCNN(nn.Module):
    """The judge's own network of d2."""

    def __init__(self, kernel_size: int) -> None:
        """Make it with three filters for three classes."""
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, kernel_size, padding=(kernel_size - 1) // 2)
        self.conv2 = nn.Conv2d(3, 3, kernel_size, padding=(kernel_size - 1) // 2)
        self.fc = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 1, H, W) -> (B, 3)."""
        h = F.relu(self.conv2(F.max_pool2d(F.relu(self.conv1(x)), 2)))
        return self.fc(h.mean((2, 3)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How d8's network is trained."""

    lr: float
    num_epochs: int
    kernel_size: int


def validation_accuracies(config: Config, seeds: Sequence[int] = SEEDS) -> list[float]:
    """Return the validation accuracies, seed after seed, until their median is known to lie above or below both thresholds."""
    accuracies: list[float] = []
    with _one_thread(), _own_chance():
        for seed in seeds:
            accuracies.append(_validation_accuracy(config, seed))
            if is_decided(accuracies, len(seeds)):
                break
    return accuracies


def is_decided(accuracies: Sequence[float], number: int) -> bool:
    """Return whether the points are known, whatever comes for the rest of so many seeds."""
    left = [0.0] * (number - len(accuracies)), [1.0] * (number - len(accuracies))
    worst, best = (points_fraction(median([*accuracies, *rest])) for rest in left)
    return worst == best


def points_fraction(accuracy: float) -> float:
    """Return the share of d8's points that a median accuracy earns."""
    return 1.0 if accuracy >= FULL_ACCURACY else 0.5 if accuracy >= HALF_ACCURACY else 0.0


def _validation_accuracy(config: Config, seed: int) -> float:
    provided.set_seed(seed)
    x, labels = _pictures("train", TRAINING_PER_CLASS)
    unseen, truth = _pictures("valid", VALIDATION_PER_CLASS)
    model = SimpleCNN(config.kernel_size)
    weights = list(model.parameters())
    velocities = [torch.zeros_like(weight) for weight in weights]
    for _ in range(config.num_epochs):
        for chosen in torch.randperm(len(x)).split(BATCH_SIZE):
            loss = F.cross_entropy(model(x[chosen]), labels[chosen])
            gradients = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                for weight, velocity, gradient in zip(weights, velocities, gradients, strict=True):
                    weight -= config.lr * velocity.mul_(MOMENTUM).add_(gradient)
        if not math.isfinite(float(loss.detach())):  # it never becomes a number again
            break
    with torch.no_grad():
        return float((model(unseen).argmax(1) == truth).double().mean())


def _pictures(mode: str, per_class: int) -> tuple[torch.Tensor, torch.Tensor]:
    domain = {"data_per_class": per_class, "possible_edge_location_ratio": SHIFT_RATIO}
    dataset = provided.EdgeDetectionDataset(domain, mode=mode)
    pictures = torch.from_numpy(np.stack([np.asarray(image) for image in dataset.images]))
    return pictures[:, None].float() / 255, torch.tensor(dataset.labels)


@contextmanager
def _own_chance() -> Iterator[None]:
    """Leave all random numbers of this process as they were."""
    python, numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute with one thread: the sums of several come in another order, and the networks are small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
