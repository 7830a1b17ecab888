"""The idx format of MNIST's files: a head of big-endian integers, then bytes. http://yann.lecun.com/exdb/mnist"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

_UNSIGNED_BYTES = 0x08
Bytes = npt.NDArray[np.uint8]


def write_idx(path: Path, values: Bytes) -> None:
    """Write an array of bytes with its shape."""
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, _UNSIGNED_BYTES, values.ndim, *values.shape)
    path.write_bytes(head + np.ascontiguousarray(values).tobytes())


def images_in(path: Path) -> int:
    """Return how many pictures a file says that it holds; 0 when it is no file of this format."""
    with path.open("rb") as file:
        head = file.read(8)
    return int.from_bytes(head[4:], "big") if len(head) == 8 and head[:3] == bytes((0, 0, _UNSIGNED_BYTES)) else 0


def write_mnist_like(folder: Path, *, train: tuple[Bytes, Bytes], test: tuple[Bytes, Bytes]) -> None:
    """Write pictures (N, 28, 28) and labels (N,) under the names that torchvision's MNIST and its like look for."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for prefix, (pictures, labels) in (("train", train), ("t10k", test)):
        write_idx(raw / f"{prefix}-images-idx3-ubyte", pictures)
        write_idx(raw / f"{prefix}-labels-idx1-ubyte", labels)
