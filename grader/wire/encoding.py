"""Values -> one frame of bytes."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence

import numpy as np
import torch

from grader.wire.values import (
    MAX_DEPTH,
    MAX_HEADER_BYTES,
    MAX_INT_DIGITS,
    NUMPY_DTYPES,
    PLAIN_INT,
    TORCH_NAMES,
    Ref,
    WireError,
    WireTooBig,
    is_key,
)

PREFIX = struct.Struct(">I")


class Encoder:
    """Turns one message into a header and buffers; `wrap` names the objects that cannot travel."""

    def __init__(self, wrap: Callable[[object], Ref] | None = None) -> None:
        self.buffers: list[memoryview] = []
        self._wrap = wrap

    def node(self, value: object, depth: int = 0) -> object:
        """Return the node for a value; raises WireError for what neither travels nor can be wrapped."""
        if depth > MAX_DEPTH:
            raise WireError(f"nested deeper than {MAX_DEPTH}")
        if value is None or isinstance(value, bool):
            return value
        for types, encode in _ENCODERS:
            if isinstance(value, types):
                node = encode(self, value, depth)
                if node is not None:
                    return node
        if self._wrap is None:
            raise WireError(f"a {type(value).__name__} cannot be sent")
        return _ref_node(self, self._wrap(value), depth)

    def buffer(self, data: memoryview) -> int:
        """Append raw bytes and return their position."""
        self.buffers.append(data)
        return len(self.buffers) - 1


def encode(message: object, wrap: Callable[[object], Ref] | None = None) -> list[memoryview]:
    """Return one frame as pieces of bytes."""
    encoder = Encoder(wrap)
    node = encoder.node(message)
    header = json.dumps({"m": node, "b": [len(b) for b in encoder.buffers]}, separators=(",", ":")).encode()
    if len(header) > MAX_HEADER_BYTES:
        raise WireTooBig(f"a header of {len(header) / 1e6:.1f} MB, {MAX_HEADER_BYTES / 1e6:.1f} MB allowed")
    return [memoryview(PREFIX.pack(len(header)) + header), *(b for b in encoder.buffers if len(b))]


def _int_node(encoder: Encoder, value: int, depth: int) -> object:
    value = int(value)
    if -PLAIN_INT < value < PLAIN_INT:
        return value
    digits = format(value, "x")
    return ["i", digits] if len(digits) <= MAX_INT_DIGITS else None


def _float_node(encoder: Encoder, value: float, depth: int) -> object:
    value = float(value)
    return value if math.isfinite(value) else ["f", str(value)]


def _tuple_node(encoder: Encoder, value: Sequence[object], depth: int) -> object:
    return ["t", [encoder.node(item, depth + 1) for item in tuple(value)]]


def _list_node(encoder: Encoder, value: list[object], depth: int) -> object:
    return ["l", [encoder.node(item, depth + 1) for item in list(value)]]


def _dict_node(encoder: Encoder, value: dict[object, object], depth: int) -> object:
    if not all(is_key(key) for key in value):
        return None
    return ["d", [[encoder.node(k, depth + 1), encoder.node(v, depth + 1)] for k, v in value.items()]]


def _tensor_node(encoder: Encoder, value: torch.Tensor, depth: int) -> object:
    # A subclass may answer anything to any method: only its plain data travels.
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        name = TORCH_NAMES.get(value.dtype)
        if name is None or value.layout != torch.strided or value.device.type == "meta" or value.is_quantized:
            return None
        plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        data = plain.reshape(-1).view(torch.uint8).numpy() if plain.numel() else np.empty(0, np.uint8)
    return ["T", name, list(plain.shape), encoder.buffer(data.data.cast("B"))]


def _array_node(encoder: Encoder, value: np.ndarray, depth: int) -> object:
    plain = np.asarray(value)
    name = plain.dtype.name
    if name not in NUMPY_DTYPES:
        return None
    data = np.ascontiguousarray(plain, dtype=NUMPY_DTYPES[name]).reshape(-1).view(np.uint8)
    return ["N", name, list(plain.shape), encoder.buffer(data.data.cast("B"))]


def _numpy_scalar_node(encoder: Encoder, value: np.generic, depth: int) -> object:
    node = _array_node(encoder, np.asarray(value), depth)
    return None if node is None else ["s", *node[1:]]  # type: ignore[index]  # a node of an array is a list


def _ref_node(encoder: Encoder, value: Ref, depth: int) -> object:
    integer = None if value.integer is None else _int_node(encoder, value.integer, depth)
    number = None if value.number is None else _float_node(encoder, value.number, depth)
    return ["h", value.kind, value.id, value.type[:200], integer, number]


_ENCODERS: tuple[tuple[type | tuple[type, ...], Callable[..., object]], ...] = (
    (np.generic, _numpy_scalar_node),  # before float and int: np.float64 is a float
    (int, _int_node),
    (float, _float_node),
    (str, lambda encoder, value, depth: str(value)),
    (complex, lambda encoder, value, depth: ["c", encoder.node(value.real), encoder.node(value.imag)]),
    ((bytes, bytearray), lambda encoder, value, depth: ["b", encoder.buffer(memoryview(value))]),
    (torch.Tensor, _tensor_node),
    (np.ndarray, _array_node),
    (torch.dtype, lambda encoder, value, depth: ["D", str(value).removeprefix("torch.")]),
    (tuple, _tuple_node),
    (list, _list_node),
    (dict, _dict_node),
    (Ref, _ref_node),
)
