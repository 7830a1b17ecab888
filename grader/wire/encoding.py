"""Values -> one frame of bytes."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence

import numpy as np
import torch

from grader.wire.values import (
    MAX_BUFFERS,
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
    is_shape,
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
        if value is None or value is True or value is False:
            return value
        for types, encode in _ENCODERS:
            if issubclass(type(value), types):  # what an object says of its own class does not count
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
    text = json.dumps({"m": node, "b": [len(b) for b in encoder.buffers]}, separators=(",", ":"), ensure_ascii=False)
    header = text.encode("utf-8", "surrogatepass")  # escaped, two lone surrogates in a row would come back as one character
    if len(header) > MAX_HEADER_BYTES:
        raise WireTooBig(f"a header of {len(header) / 1e6:.1f} MB, {MAX_HEADER_BYTES / 1e6:.1f} MB allowed")
    if len(encoder.buffers) > MAX_BUFFERS:
        raise WireTooBig(f"{len(encoder.buffers)} tensors, arrays and NumPy scalars, {MAX_BUFFERS} allowed")
    return [memoryview(PREFIX.pack(len(header)) + header), *(b for b in encoder.buffers if len(b))]


def _int_node(encoder: Encoder, value: int, depth: int) -> object:
    value = int.__int__(value)  # a subclass may have another opinion of its value, or none
    if -PLAIN_INT < value < PLAIN_INT:
        return value
    digits = format(value, "x")
    return ["i", digits] if len(digits.lstrip("-")) <= MAX_INT_DIGITS else None


def _float_node(encoder: Encoder, value: float, depth: int) -> object:
    value = float.__float__(value)
    return value if math.isfinite(value) else ["f", str(value)]


def _complex_node(encoder: Encoder, value: complex, depth: int) -> object:
    plain = complex.__complex__(value)
    return ["c", _float_node(encoder, plain.real, depth), _float_node(encoder, plain.imag, depth)]


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
    if type(value).__torch_dispatch__ is not torch.Tensor.__torch_dispatch__:  # it has none: fake and distributed tensors
        return None
    try:
        with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
            plain = torch.Tensor.detach(value)
            if not _is_plain(plain):
                return None
            plain = plain.cpu().resolve_conj().resolve_neg()
            flat = plain.contiguous().reshape(-1)
            if flat.numel() == 1:  # of any stride it counts as contiguous; only a copy has the stride 1 that view() asks for
                flat = flat.clone(memory_format=torch.contiguous_format)
            data = flat.view(torch.uint8).numpy() if flat.numel() else np.empty(0, np.uint8)
    except RuntimeError:  # its elements cannot be had: inside a torch.func transform, or more of them than memory
        return None
    return ["T", TORCH_NAMES[plain.dtype], list(plain.shape), encoder.buffer(data.data.cast("B"))]


def _is_plain(value: torch.Tensor) -> bool:
    if value.is_nested or value.is_quantized or value.device.type == "meta":
        return False
    return value.dtype in TORCH_NAMES and value.layout == torch.strided and is_shape(value.shape)


def _array_node(encoder: Encoder, value: np.ndarray, depth: int) -> object:
    plain = np.asarray(value)
    name = plain.dtype.name
    if name not in NUMPY_DTYPES or not is_shape(plain.shape):
        return None
    try:
        data = np.ascontiguousarray(plain, dtype=NUMPY_DTYPES[name]).reshape(-1).view(np.uint8)
    except MemoryError:  # one element that is broadcast to more than memory holds
        return None
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
    (str, lambda encoder, value, depth: str.__str__(value)),
    (complex, _complex_node),
    ((bytes, bytearray), lambda encoder, value, depth: ["b", encoder.buffer(memoryview(value))]),
    (torch.Tensor, _tensor_node),
    (np.ndarray, _array_node),
    (torch.dtype, lambda encoder, value, depth: ["D", str(value).removeprefix("torch.")]),
    (tuple, _tuple_node),
    (list, _list_node),
    (dict, _dict_node),
    (Ref, _ref_node),
)
