"""Says which data sets lie in a data root. Reads names, sizes and heads of files, nothing more: torch is not needed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.data_sets.idx import images_in

STAND_IN = "STAND_IN.json"  # lies in the folder of each data set that the grader made itself
_MNIST_LIKE = frozenset({"MNIST", "FashionMNIST", "KMNIST", "QMNIST", "EMNIST"})
_NAMES = {  # folder -> what torchvision calls it
    "caltech101": "Caltech101",
    "caltech256": "Caltech256",
    "cifar-10-batches-py": "CIFAR10",
    "cifar-100-python": "CIFAR100",
    "stl10_binary": "STL10",
    "flowers-102": "Flowers102",
    "oxford-iiit-pet": "OxfordIIITPet",
    "food-101": "Food101",
    "dtd": "DTD",
    "gtsrb": "GTSRB",
    "eurosat": "EuroSAT",
}
_PICTURES = frozenset({".jpg", ".jpeg", ".png"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One data set in the data root."""

    name: str  # as torchvision calls it, else the name of its folder
    path: Path
    is_stand_in: bool  # made by the grader, else the real one
    count: int | None  # of its pictures, training and test together; None where that cannot be told by looking
    seed: int | None = None  # of a stand-in
    made_from: str = ""  # the same, one sentence


def data_sets(root: Path | None) -> tuple[DataSet, ...]:
    """Return the data sets in a data root in the order of their names; none where there is no such folder."""
    if root is None or not root.is_dir():
        return ()
    folders = (path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    return tuple(sorted((_data_set(path) for path in folders), key=lambda found: found.name))


def data_digest(root: Path | None) -> str:
    """Return a hash of which files lie in a data root and how long they are; for stand-ins, of what they are made from."""
    digest = hashlib.sha256()
    for found in data_sets(root):
        for path in sorted(_files(found.path)):
            digest.update(f"{path.relative_to(found.path.parent)}\0{path.stat().st_size}\0".encode())
        digest.update(f"{found.name}\0{found.is_stand_in}\0{found.seed}\0{found.made_from}\0".encode())
    return f"sha256:{digest.hexdigest()}"


def stand_in_of(folder: Path) -> dict[str, object] | None:
    """Return what is noted on a stand-in in its folder; None for a real data set."""
    try:
        note = json.loads(folder.joinpath(STAND_IN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def _data_set(folder: Path) -> DataSet:
    note = stand_in_of(folder)
    seed = note.get("seed") if note else None
    return DataSet(
        name=_NAMES.get(folder.name, folder.name),
        path=folder,
        is_stand_in=note is not None,
        count=_count(folder),
        seed=seed if isinstance(seed, int) else None,
        made_from=str(note.get("made_from", "")) if note else "",
    )


def _count(folder: Path) -> int | None:
    if folder.name in _MNIST_LIKE:
        counts = [images_in(path) for path in sorted(folder.glob("raw/*-images-idx3-ubyte"))]
        return sum(counts) if counts else None
    pictures = sum(path.suffix.lower() in _PICTURES and path.parent.name != "BACKGROUND_Google" for path in _files(folder))
    return pictures or None


def _files(folder: Path) -> Iterator[Path]:
    for above, _, names in os.walk(folder):
        yield from (Path(above, name) for name in names)
