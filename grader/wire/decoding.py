"""One frame of bytes -> values; checks everything before it allocates anything."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import TypeGuard

import numpy as np
import torch

from grader.wire.values import (
    ALL_DTYPES,
    MAX_BUFFERS,
    MAX_DEPTH,
    MAX_INT_DIGITS,
    NUMPY_DTYPES,
    PLAIN_INT,
    TORCH_DTYPES,
    Ref,
    WireError,
    WireTooBig,
    is_key,
    is_shape,
)

_BIG_INT = re.compile(f"-?[0-9a-f]{{1,{MAX_INT_DIGITS}}}")


class _Decoder:
    """Rebuilds one message; `buffers` are the frame's raw bytes."""

    def __init__(self, buffers: Sequence[bytearray]) -> None:
        self._buffers = dict(enumerate(buffers))

    def value(self, node: object, depth: int = 0) -> object:
        if depth > MAX_DEPTH:
            raise WireError(f"nested deeper than {MAX_DEPTH}")
        if not isinstance(node, list):
            return _plain(node)
        if not node or not isinstance(node[0], str) or node[0] not in _DECODERS:
            raise WireError("unknown tag")
        arity, decode = _DECODERS[node[0]]
        if len(node) != arity + 1:
            raise WireError(f"tag {node[0]!r} with {len(node) - 1} fields")
        return decode(self, *node[1:], depth=depth + 1)

    def number(self, node: object) -> object:
        """Rebuild a part that has no parts of its own, and so is no level of nesting: the encoder counts none."""
        if isinstance(node, list) and node[:1] not in (["i"], ["f"]):
            raise WireError("not a number")
        return self.value(node)

    def buffer(self, position: object) -> bytearray:
        if not _is_count(position) or position not in self._buffers:
            raise WireError("no such buffer")
        return self._buffers.pop(position)  # once: to copy one large buffer a million times takes no more than a header

    def items(self, nodes: object, depth: int) -> list[object]:
        if not isinstance(nodes, list):
            raise WireError("items are not a list")
        return [self.value(node, depth) for node in nodes]


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _plain(node: object) -> object:
    if isinstance(node, dict):
        raise WireError("an untagged object")
    if isinstance(node, int) and not isinstance(node, bool) and not -PLAIN_INT < node < PLAIN_INT:
        raise WireError("an untagged int of 2**53 or more")
    if isinstance(node, float) and not math.isfinite(node):
        raise WireError("an untagged float that is not finite")
    return node


def _big_int(decoder: _Decoder, digits: object, depth: int) -> int:
    if not isinstance(digits, str) or not _BIG_INT.fullmatch(digits):
        raise WireError("not a big int")
    return int(digits, 16)


def _special_float(decoder: _Decoder, text: object, depth: int) -> float:
    if text not in ("nan", "inf", "-inf"):
        raise WireError("not a special float")
    return float(str(text))


def _complex(decoder: _Decoder, real: object, imag: object, depth: int) -> complex:
    x, y = decoder.number(real), decoder.number(imag)
    if not isinstance(x, float) or not isinstance(y, float):
        raise WireError("not a complex number")
    return complex(x, y)


def _dict(decoder: _Decoder, pairs: object, depth: int) -> dict[object, object]:
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise WireError("not pairs")
    result: dict[object, object] = {}
    for key_node, value_node in pairs:
        key = decoder.value(key_node, depth)
        if not is_key(key):
            raise WireError("a key that is not allowed")
        result[key] = decoder.value(value_node, depth)
    return result


def _shape(sizes: object, item_bytes: int, data: bytearray) -> tuple[int, ...]:
    if not isinstance(sizes, list) or not all(map(_is_count, sizes)):
        raise WireError("not a shape")
    if not is_shape(sizes) or math.prod(sizes) * item_bytes != len(data):
        raise WireError(f"a shape of {len(sizes)} sizes that does not fit {len(data)} bytes")
    return tuple(sizes)


def _tensor(decoder: _Decoder, dtype: object, sizes: object, position: object, depth: int) -> torch.Tensor:
    if not isinstance(dtype, str) or dtype not in TORCH_DTYPES:
        raise WireError("unknown dtype")
    kind, data = TORCH_DTYPES[dtype], decoder.buffer(position)
    shape = _shape(sizes, kind.itemsize, data)
    if not data:
        return torch.empty(shape, dtype=kind, device="cpu")
    if kind is torch.bool:  # bytes other than 0 and 1 would be neither true nor false
        return torch.frombuffer(data, dtype=torch.uint8).reshape(shape) != 0
    return torch.frombuffer(data, dtype=kind).reshape(shape)


def _array(decoder: _Decoder, dtype: object, sizes: object, position: object, depth: int) -> np.ndarray:
    if not isinstance(dtype, str) or dtype not in NUMPY_DTYPES:
        raise WireError("unknown dtype")
    kind, data = NUMPY_DTYPES[dtype], decoder.buffer(position)
    shape = _shape(sizes, kind.itemsize, data)
    if kind.kind == "b":
        return np.asarray(np.frombuffer(data, dtype=np.uint8).reshape(shape) != 0)
    return np.frombuffer(data, dtype=kind).reshape(shape)


def _numpy_scalar(decoder: _Decoder, dtype: object, sizes: object, position: object, depth: int) -> object:
    array = _array(decoder, dtype, sizes, position, depth)
    if array.ndim:
        raise WireError("a scalar with dimensions")
    return array[()]


def _dtype(decoder: _Decoder, name: object, depth: int) -> torch.dtype:
    if not isinstance(name, str) or name not in ALL_DTYPES:
        raise WireError("unknown dtype")
    return ALL_DTYPES[name]


def _ref(
    decoder: _Decoder, kind: object, number: object, described: object, integer: object, as_float: object, depth: int
) -> Ref:
    index, real = decoder.number(integer), decoder.number(as_float)
    if kind not in ("handle", "callback") or not isinstance(described, str) or len(described) > 200:
        raise WireError("not a reference")
    if not isinstance(number, int) or not isinstance(index, int | None) or not isinstance(real, float | None):
        raise WireError("not a reference")
    return Ref(kind=str(kind), id=number, type=described, integer=index, number=real)


_DECODERS: dict[str, tuple[int, Callable[..., object]]] = {
    "i": (1, _big_int),
    "f": (1, _special_float),
    "c": (2, _complex),
    "b": (1, lambda decoder, position, depth: bytes(decoder.buffer(position))),
    "D": (1, _dtype),
    "t": (1, lambda decoder, nodes, depth: tuple(decoder.items(nodes, depth))),
    "l": (1, lambda decoder, nodes, depth: decoder.items(nodes, depth)),
    "d": (1, _dict),
    "T": (3, _tensor),
    "N": (3, _array),
    "s": (3, _numpy_scalar),
    "h": (5, _ref),
}


def parse_header(data: bytes | bytearray, max_bytes: int) -> tuple[object, list[int]]:
    """Return the message's node and the sizes of its buffers, all within `max_bytes` together."""
    try:
        # Of bytes, json would also take UTF-16 and UTF-32; lone surrogates are allowed, as in every text of Python.
        text = data.decode("utf-8", "surrogatepass")
        header = json.loads(text, parse_constant=_refuse_constant, parse_int=_short_int)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise WireError("a header that is not JSON") from None
    if not isinstance(header, dict) or set(header) != {"m", "b"} or not isinstance(header["b"], list):
        raise WireError("a header of another form")
    sizes = header["b"]
    if len(sizes) > MAX_BUFFERS:
        raise WireTooBig(f"{len(sizes)} buffers, {MAX_BUFFERS} allowed")
    if not all(map(_is_count, sizes)):
        raise WireError("a buffer size that is not a number of bytes")
    if sum(sizes) > max_bytes:
        raise WireTooBig(f"an answer of {sum(sizes) / 1e6:.0f} MB, {max_bytes / 1e6:.0f} MB allowed")
    return header["m"], sizes


def rebuild(node: object, buffers: Sequence[bytearray]) -> object:
    """Return the message of a node; raises WireError for anything malformed."""
    return _Decoder(buffers).value(node)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not allowed")


def _short_int(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("an int that long is tagged")
    return int(digits)
