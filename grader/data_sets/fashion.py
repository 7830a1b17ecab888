"""The stand-in for FashionMNIST: ten kinds of clothes, drawn from outlines that vary, with cloth, folds and noise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.data_sets.idx import Bytes, write_mnist_like

MADE_FROM = "5,000 drawings of ten kinds of clothes: outlines that vary in form, size, place and tilt, with folds and noise"
_TRAIN, _TEST = 400, 100  # of each class
_SIDE = 28
Mask = npt.NDArray[np.bool_]
Plane = npt.NDArray[np.float64]


def make_fashion(folder: Path, seed: int) -> dict[str, int]:
    """Write the data set and return how many pictures are for training and for testing."""
    random = np.random.default_rng(seed)
    pictures = np.stack([_draw(kind, random) for kind in _KINDS for _ in range(_TRAIN + _TEST)])
    labels = np.repeat(np.arange(len(_KINDS), dtype=np.uint8), _TRAIN + _TEST)
    is_test = np.tile(np.arange(_TRAIN + _TEST) >= _TRAIN, len(_KINDS))
    train, test = (random.permutation(np.flatnonzero(chosen)) for chosen in (~is_test, is_test))
    write_mnist_like(folder, train=(pictures[train], labels[train]), test=(pictures[test], labels[test]))
    return {"train": len(train), "test": len(test)}


def _draw(kind: Callable[[Plane, Plane, np.random.Generator], Mask], random: np.random.Generator) -> Bytes:
    """Return one picture (28, 28): the outline in a place, size and tilt of its own, filled with cloth."""
    rows, columns = np.mgrid[0:_SIDE, 0:_SIDE] / ((_SIDE - 1) / 2) - 1
    tilt, size = random.normal(0, 0.12), random.uniform(0.95, 1.35)
    down, right = random.normal(0, 0.1, 2)
    y = size * (np.cos(tilt) * (rows - down) - np.sin(tilt) * (columns - right))
    x = size * (np.sin(tilt) * (rows - down) + np.cos(tilt) * (columns - right))
    shape = kind(y, x * random.uniform(0.85, 1.15), random)
    cloth = random.uniform(0.3, 1.0) + _folds(rows, columns, random) + random.normal(0, 0.09, shape.shape)
    picture = np.where(shape, np.clip(cloth, 0.12, 1), np.abs(random.normal(0, 0.03, shape.shape)))
    return np.asarray(np.clip(255 * picture, 0, 255), dtype=np.uint8)


def _folds(rows: Plane, columns: Plane, random: np.random.Generator) -> Plane:
    """Return waves of brightness across the cloth."""
    angle, frequency, phase = random.uniform(0, np.pi), random.uniform(2, 14), random.uniform(0, 2 * np.pi)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    return np.asarray(random.uniform(0, 0.35) * np.sin(frequency * along + phase))


def _between(y: Plane, top: float, bottom: float) -> Mask:
    return np.asarray((y >= top) & (y <= bottom))


def _body(y: Plane, x: Plane, points: list[tuple[float, float]], random: np.random.Generator) -> Mask:
    """Return what lies within half-widths given at heights, each of them changed a little."""
    heights, widths = (np.array(values) for values in zip(*points, strict=True))
    widths = widths * random.normal(1, 0.08, len(widths))
    return np.asarray((np.abs(x) <= np.interp(y, heights, widths)) & _between(y, heights[0], heights[-1]))


def _arms(y: Plane, x: Plane, length: float, random: np.random.Generator) -> Mask:
    """Return two sleeves that hang from the shoulders."""
    end, spread = -0.75 + length * random.uniform(0.85, 1.15), random.uniform(0.1, 0.25)
    middle = 0.5 + spread * (y + 0.75)
    return np.asarray((np.abs(np.abs(x) - middle) <= random.uniform(0.12, 0.18)) & _between(y, -0.75, end))


def _top(y: Plane, x: Plane, random: np.random.Generator, *, arms: float, bottom: float, width: float) -> Mask:
    neck = (x**2 + (y + 0.8) ** 2) <= random.uniform(0.12, 0.2) ** 2
    trunk = _body(y, x, [(-0.75, width), (-0.3, width * 0.95), (bottom, width)], random)
    return np.asarray((trunk | _arms(y, x, arms, random)) & ~neck)


def _t_shirt(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    return _top(y, x, random, arms=0.5, bottom=0.7, width=0.45)


def _trouser(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    legs = _body(y, x, [(-0.9, 0.3), (-0.3, 0.38), (0.9, 0.36)], random)
    return np.asarray(legs & ~((np.abs(x) < 0.06 + 0.08 * (y + 0.3)) & (y > -0.3)))


def _pullover(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    return _top(y, x, random, arms=1.35, bottom=0.65, width=0.47)


def _dress(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    return _body(y, x, [(-0.9, 0.22), (-0.5, 0.28), (-0.2, 0.2), (0.9, random.uniform(0.35, 0.6))], random)


def _coat(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    opening = np.abs(x - random.normal(0, 0.05)) < 0.04
    return np.asarray(_top(y, x, random, arms=1.4, bottom=0.88, width=0.48) & ~(opening & (y > -0.4)))


def _sole(y: Plane, x: Plane, random: np.random.Generator, heights: list[float]) -> Mask:
    """Return a shoe that points to the left: its upper edge at five places from toe to heel."""
    edge = np.interp(x, [-0.9, -0.5, 0.0, 0.5, 0.9], np.array(heights) + random.normal(0, 0.05, 5))
    return np.asarray((y >= edge) & (y <= 0.4) & (np.abs(x) <= 0.9))


def _sandal(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    whole = _sole(y, x, random, [0.2, 0.0, -0.05, -0.2, -0.3])
    straps = np.sin(random.uniform(7, 11) * (x + random.uniform(0, 1))) > 0
    return np.asarray(whole & (straps | (y > 0.25)))


def _shirt(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    buttons = (np.abs(x) < 0.05) & (np.sin(18 * y + random.uniform(0, 6)) > 0.3)
    return np.asarray(_top(y, x, random, arms=random.choice([0.55, 1.3]), bottom=0.78, width=0.46) & ~(buttons & (y > -0.6)))


def _sneaker(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    return _sole(y, x, random, [0.15, 0.0, -0.1, -0.25, -0.2])


def _bag(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    trunk = _body(y, x, [(-0.2, 0.6), (0.7, random.uniform(0.6, 0.8))], random)
    radius = random.uniform(0.35, 0.5)
    handle = np.abs(np.hypot(x, (y + 0.2) * random.uniform(0.8, 1.1)) - radius) < 0.07
    return np.asarray(trunk | (handle & (y < -0.1)))


def _ankle_boot(y: Plane, x: Plane, random: np.random.Generator) -> Mask:
    shaft = random.uniform(-0.75, -0.4)
    return _sole(y, x, random, [0.15, 0.05, shaft + 0.25, shaft, shaft])


_KINDS = (_t_shirt, _trouser, _pullover, _dress, _coat, _sandal, _shirt, _sneaker, _bag, _ankle_boot)  # FashionMNIST's order
