"""The stand-in for MNIST: scikit-learn's real handwritten digits, 8 x 8, scaled to MNIST's size and place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from grader.data_sets.idx import Bytes, write_mnist_like

MADE_FROM = "scikit-learn's 1,797 handwritten digits (8 x 8), scaled to 20 x 20 in the middle of 28 x 28, as MNIST's are"
_TEST_SHARE = 0.3  # of each class; so many that an accuracy is worth something
_SIDE, _DIGIT = 28, 20


def make_digits(folder: Path, seed: int) -> dict[str, int]:
    """Write the data set and return how many pictures are for training and for testing."""
    from PIL import Image
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    small, labels = load_digits(return_X_y=True)
    margin = (_SIDE - _DIGIT) // 2
    pictures = np.zeros((len(small), _SIDE, _SIDE), dtype=np.uint8)
    for picture, digit in zip(pictures, small.reshape(-1, 8, 8), strict=True):
        large = Image.fromarray((digit * (255 / 16)).astype(np.uint8)).resize((_DIGIT, _DIGIT), Image.Resampling.BICUBIC)
        picture[margin:-margin, margin:-margin] = np.asarray(large)
    train, test = _split(labels, np.random.default_rng(seed))
    labels = labels.astype(np.uint8)
    write_mnist_like(folder, train=(pictures[train], labels[train]), test=(pictures[test], labels[test]))
    return {"train": len(train), "test": len(test)}


def _split(labels: Bytes, random: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Return the places of the pictures for training and for testing, each class divided alike, both in random order."""
    train, test = [], []
    for label in np.unique(labels):
        places = random.permutation(np.flatnonzero(labels == label))
        end = round(_TEST_SHARE * len(places))
        test.append(places[:end])
        train.append(places[end:])
    return random.permutation(np.concatenate(train)), random.permutation(np.concatenate(test))
