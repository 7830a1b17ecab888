"""Feeds the wire with frames of strangers, led by coverage: `python fuzz/fuzz_wire.py -max_total_time=900`.

An input is what arrives on the socket, byte for byte. It must give a value or a WireError; a value must be made of what may
travel, and must come back the same when it is sent again.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import atheris
import numpy as np
import torch

with atheris.instrument_imports(include=["grader", "json"]):
    from grader.wire.channel import Channel
    from grader.wire.decoding import parse_header, rebuild
    from grader.wire.encoding import encode
    from grader.wire.values import ALL_DTYPES, NUMPY_DTYPES, TORCH_DTYPES, Ref, WireError
from trees import TreeMutator
from watching import Broken, Watch, arguments, limit_memory, refused

MAX_BYTES = 2**20  # of the buffers of one answer
MAX_INPUT_BYTES = 16_384  # goes into a socket's own buffer, so that no thread is needed to write it
SPARE_BYTES = 300 * 2**20

_PREFIX = struct.Struct(">I")
_TAGS = ("i", "f", "c", "b", "D", "t", "l", "d", "T", "N", "s", "h")
_DTYPES = (*TORCH_DTYPES, *NUMPY_DTYPES)
_BARE = re.compile(r'"@(?:[^"\\]|\\.)*"')  # a text that is written without its quotes: what json itself would not write
_ATOMS = (
    *(None, True, False, 0, 1, 2, 3, -1, 31, 32, 33, 200, 2**31, 2**53 - 1, 2**53, -(2**53), 2**63, 10**19),
    *(0.0, -0.0, 0.5, 1e308),
    *("", "x", "nan", "inf", "-inf", "handle", "callback", "ff", "-0x1f", "1_0", "f" * 3500, "-" + "f" * 3501, "f" * 3501),
    *("@1e999", "@-1e999", "@NaN", "@-0", "@{}", "@1E5", "@18446744073709551616", "@" + "9" * 21, '@"\\ud83d\\ude00"'),
    *("x" * 200, "x" * 201, "\ud83d", "\ude00", "\0", "é\u202e", "_dynamo", "Tensor", *_DTYPES, *ALL_DTYPES),
)


def _leaf(random: Random) -> Any:
    return random.choice(_ATOMS)


def _number(random: Random) -> Any:
    return random.choice((["f", "nan"], 0.5, -0.0, 3, None, ["i", "20000000000000"], ["i", "f" * random.randint(3_495, 3_502)]))


def _elements(random: Random) -> Any:
    """Build a tensor, an array or a scalar; its buffer is made to fit when the frame is written."""
    tag = random.choice("TNs")
    dtype = random.choice(tuple(TORCH_DTYPES if tag == "T" else NUMPY_DTYPES))
    shape = [] if tag == "s" else [random.choice((0, 1, 1, 2, 3, 7)) for _ in range(random.choice((0, 1, 1, 2, 3, 32)))]
    return [tag, dtype, shape, random.randint(0, 3)]


def _node(random: Random, depth: int = 0) -> Any:
    """Build a node that is mostly right."""
    if depth > 3:
        return _leaf(random)
    parts = [_node(random, depth + 1) for _ in range(random.choice((0, 1, 2, 2, 3)))]
    keys = [random.choice(("a", "b", 1, -1, True, None, ["i", "7"], _leaf(random))) for _ in parts]
    return random.choice(
        (
            _leaf(random),
            ["i", random.choice(("ff", "-1", "f" * 3500, "f" * 3501, " 1", ""))],
            ["f", random.choice(("nan", "inf", "-inf"))],
            ["c", _number(random), _number(random)],
            ["b", random.randint(0, 3)],
            ["D", random.choice(tuple(ALL_DTYPES))],
            ["t", parts],
            ["l", parts],
            ["d", [list(pair) for pair in zip(keys, parts, strict=True)]],
            _elements(random),
            _elements(random),
            ["h", random.choice(("handle", "callback")), _leaf(random), "Net", _number(random), _number(random)],
        )
    )


_SHELLS = (
    lambda value: ["l", [value]],
    lambda value: ["t", [value]],
    lambda value: ["d", [["a", value]]],
    lambda value: ["d", [[value, 1]]],
    lambda value: ["c", value, 0.5],
    lambda value: ["h", "handle", 1, "", None, value],
    lambda value: [value],
)
_MUTATOR = TreeMutator(_ATOMS, _node, _SHELLS, _TAGS)


def _parts(data: bytes) -> tuple[Any, list[bytes]] | None:
    """Take a frame apart, without the code under test; None where it is none."""
    try:
        (length,) = _PREFIX.unpack_from(data)
        header = json.loads(data[_PREFIX.size : _PREFIX.size + length])
        node, sizes = header["m"], [min(max(int(size), 0), MAX_INPUT_BYTES) for size in header["b"]]
    except (struct.error, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
    buffers, at = [], _PREFIX.size + length
    for size in sizes[:100]:
        buffers.append(data[at : at + size])
        at += size
    return node, buffers


def _frame(node: object, sizes: Sequence[object], buffers: Sequence[bytes], *, ascii_only: bool = False) -> bytes:
    text = json.dumps({"m": node, "b": sizes}, separators=(",", ":"), ensure_ascii=ascii_only)
    header = _BARE.sub(_bare, text).encode("utf-8", "surrogatepass")
    return _PREFIX.pack(len(header)) + header + b"".join(buffers)


def _bare(match: re.Match[str]) -> str:
    return str(json.loads(match[0]))[1:]


def _fitted(node: Any, buffers: list[bytes], random: Random) -> tuple[Any, list[bytes]]:
    """Give every node that names a buffer one of its own, of the size that it asks for."""
    fitted: list[bytes] = []
    for part in _tagged(node):
        if len(part) == 2 and part[0] == "b":
            part[1] = len(fitted)
            fitted.append(random.choice([*buffers, b"", b"bytes"]))
        elif len(part) == 4 and part[0] in ("T", "N", "s") and part[1] in _DTYPES:
            size = _bytes_for(part[1], part[2])
            if size is not None:
                part[3] = len(fitted)
                source = random.choice([*buffers, b"\0", b"\xff\x01", random.randbytes(8)]) or b"\0"
                fitted.append((source * (size // len(source) + 1))[:size])
    return node, fitted


def _tagged(node: Any) -> Iterator[list[Any]]:
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            if part and isinstance(part[0], str):
                yield part
            pending.extend(part)


def _bytes_for(dtype: str, shape: object) -> int | None:
    if not isinstance(shape, list) or not all(type(size) is int and 0 <= size < 100 for size in shape):
        return None
    kind = TORCH_DTYPES.get(dtype) or NUMPY_DTYPES[dtype]
    size = int(np.prod(shape, dtype=object)) * kind.itemsize
    return size if size < MAX_INPUT_BYTES else None


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change a frame: its bytes, its buffers, the sizes that it claims, or, mostly, the message in its header."""
    random = Random(seed)
    parts = _parts(data)
    if parts is None or random.random() < 0.1:
        return atheris.Mutate(data, max_size)
    try:
        return _mutated(*parts, random)[:max_size]
    except (RecursionError, TypeError, ValueError):  # nested too deeply to be written
        return atheris.Mutate(data, max_size)


def _mutated(node: Any, buffers: list[bytes], random: Random) -> bytes:
    node = _node(random) if random.random() < 0.05 else _MUTATOR.mutate(node, random)
    if random.random() < 0.7:
        node, buffers = _fitted(node, buffers, random)
    if buffers and random.random() < 0.2:
        at = random.randrange(len(buffers))
        buffers[at] = atheris.Mutate(buffers[at], 64)
    sizes: list[object] = [len(buffer) for buffer in buffers]
    if random.random() < 0.05:
        sizes.insert(random.randint(0, len(sizes)), random.choice((*_ATOMS, 2**20, 10**18)))
    frame = _frame(node, sizes, buffers, ascii_only=random.random() < 0.3)
    return frame[: random.randint(0, len(frame))] if random.random() < 0.02 else frame


_WATCH = Watch()


def test_one_input(data: bytes) -> None:
    """Receive these bytes over a real connection and hold the promises."""
    data = data[:MAX_INPUT_BYTES]
    near, far = socket.socketpair()
    with far:
        with near:
            near.sendall(data)
        with _WATCH():
            value, error = refused(lambda: Channel(far, max_bytes=MAX_BYTES).receive(time.monotonic() + 5), WireError)
    if error is None:
        _hold_bools(value)
        _comes_back(value)


def _hold_bools(value: object) -> None:
    """A bool that is neither true nor false makes libraries contradict themselves."""
    if isinstance(value, list | tuple):
        for item in value:
            _hold_bools(item)
    elif isinstance(value, dict):
        _hold_bools([*value.values()])
    elif isinstance(value, torch.Tensor | np.ndarray | np.generic) and value.dtype in (torch.bool, np.dtype(bool)):
        elements = np.asarray(value).reshape(-1).view(np.uint8)
        if elements.size and elements.max() > 1:
            raise Broken(f"bools that are neither true nor false: {elements[:50]}")


def _comes_back(value: object) -> None:
    with _WATCH():
        first = b"".join(encode(value, _wrap))
        (length,) = _PREFIX.unpack_from(first)
        node, sizes = parse_header(first[4 : 4 + length], 2 * MAX_BYTES)
        ends = [4 + length + sum(sizes[: number + 1]) for number in range(len(sizes))]
        again = rebuild(node, [bytearray(first[end - size : end]) for end, size in zip(ends, sizes, strict=True)])
        second = b"".join(encode(again, _wrap))
    if first != second:
        raise Broken(f"it came back as another frame: {first!r:.500} and {second!r:.500}")
    if not _is_same(value, again):
        raise Broken(f"{value!r:.500} came back as {again!r:.500}")


def _wrap(value: object) -> Ref:
    raise Broken(f"a {type(value).__name__} arrived and cannot travel back: {value!r:.200}")


def _is_same(one: Any, two: Any) -> bool:
    """Compare type and content to the last bit; whatever is of no kind that may travel is the same as nothing."""
    if type(one) is not type(two):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(_is_same, one, two))
    if isinstance(one, dict):
        return _is_same([*one.items()], [*two.items()])
    if isinstance(one, Ref):
        return all(_is_same(getattr(one, name), getattr(two, name)) for name in ("kind", "id", "type", "integer", "number"))
    return _is_same_leaf(one, two)


def _is_same_leaf(one: Any, two: Any) -> bool:
    if isinstance(one, torch.Tensor):
        bits = [tensor.reshape(-1).view(torch.uint8).tolist() if tensor.numel() else [] for tensor in (one, two)]
        return one.dtype is two.dtype and one.shape == two.shape and bits[0] == bits[1]
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes()
    if isinstance(one, float | complex):
        return struct.pack("dd", *_pair(one)) == struct.pack("dd", *_pair(two))
    return one is None or (isinstance(one, bool | int | str | bytes | torch.dtype) and one == two)


def _pair(number: complex) -> tuple[float, float]:
    return number.real, number.imag


def seeds() -> list[bytes]:
    """Return frames that hold each kind of value, and the beginnings of some that are malformed."""
    values: list[object] = [
        None,
        {"id": 3, "value": [1, 2**70, 1.5, float("nan"), 1 - 2j, "text\ud800", b"bytes", True, torch.float16]},
        (
            torch.arange(6.0).reshape(2, 3),
            torch.tensor([True, False]),
            torch.empty(0, 2),
            torch.tensor(1.0, dtype=torch.bfloat16),
        ),
        (np.arange(3, dtype=np.int16), np.float64(2.5), np.bool_(True), np.zeros((2, 0), np.complex64)),
        {"ref": Ref(kind="handle", id=4, type="Net", integer=2, number=0.5), 1: Ref(kind="callback", id=1), None: ()},
    ]
    frames = [b"".join(encode(value)) for value in values]
    return [*frames, b"", b"\0\0\0\0", b"\xff\xff\xff\xff", frames[1][:40], _frame(["t", [["b", 0]]], [3], [b"abc"])]


def main() -> None:
    """Warm everything up that imports late, then fuzz."""
    for seed in seeds():
        refused(lambda data=seed: test_one_input(data), Broken)
    limit_memory(SPARE_BYTES)
    options = arguments(seeds(), f"-max_len={MAX_INPUT_BYTES}", "-timeout=20", "-rss_limit_mb=4096")
    atheris.Setup(options, test_one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
