"""What may travel: dtypes, limits, references, and the errors of the protocol."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

MAX_HEADER_BYTES = 8 * 2**20
MAX_DEPTH = 60
MAX_DIMENSIONS = 32  # of a tensor or array
MAX_BUFFERS = 2**18  # of one message: a header full of empty ones cost a gigabyte
MAX_INT_DIGITS = 3500  # hexadecimal; from 4300 decimal digits on, Python refuses to print an int
PLAIN_INT = 2**53  # ints from here on are tagged: JSON readers disagree about them

TORCH_DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128),
    )
}
NUMPY_DTYPES: dict[str, np.dtype] = {
    np.dtype(name).name: np.dtype(name)
    for name in (
        *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
TORCH_NAMES = {dtype: name for name, dtype in TORCH_DTYPES.items()}
# Every dtype by its name, also those of which no elements travel. A table: torch imports modules for unknown attributes.
ALL_DTYPES = {str(value).removeprefix("torch."): value for value in vars(torch).values() if isinstance(value, torch.dtype)}


class WireError(Exception):
    """A frame breaks the protocol."""


class WireClosed(WireError):
    """The other side closed its end."""


class WireDeadline(WireError):
    """The frame was not complete in time."""


class WireTooBig(WireError):
    """The frame is larger than allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """An object that stays on its own side and is only named here.

    `kind` is "handle" (lives in the runner) or "callback" (lives in the judge). `type` describes it in words; `integer`
    and `number` are what operator.index() and float() give for it, where they give something.
    """

    kind: str
    id: int
    type: str = ""
    integer: int | None = None
    number: float | None = None


def is_key(key: object) -> bool:
    """Return whether a value may be a key of a dict on the wire."""
    # Only keys whose hashes cannot be made to collide: a dict of chosen keys cost 19 s of the judge's time.
    if isinstance(key, int):
        return -PLAIN_INT < key < PLAIN_INT
    return key is None or isinstance(key, str)


def is_shape(sizes: Sequence[int]) -> bool:
    """Return whether a tensor or array of these sizes, none below 0, can be made on the other side."""
    # Sizes beside a 0 count too: libraries compute strides from them, and those overflow.
    return len(sizes) <= MAX_DIMENSIONS and math.prod(max(size, 1) for size in sizes) < PLAIN_INT
