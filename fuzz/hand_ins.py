"""Hand-ins for the fuzzer: a few to begin with, and changes to each kind that keep it one of its kind."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from random import Random
from typing import Any

from packing import TarEntry, ZipEntry, tar_bytes, tar_entries, zip_bytes, zip_entries
from trees import TreeMutator

KINDS = (".zip", ".tar", ".tar.gz", ".ipynb", ".py", "")  # the last is a folder, written as a tar of what lies in it

_Bytes = Callable[[bytes, int], bytes]

_NAMES = (
    *(b"conv_nets.py", b"conv_nets.ipynb", b"Conv_Nets.IPYNB", b"hw/conv_nets.py", b"hw/helpers.py", b"helpers.py"),
    *(b"a.ipynb", b"hw/", b"a/b/c.txt", b"hw", b"a", b"a\\b.py", b"../x.py", b"a/../b.py", b"/etc/passwd", b"./x.py"),
    *(b"C:/x.py", b"hw/C:/x.py", b"__MACOSX/._a", b"__pycache__/a.pyc", b".git/config", b".hidden.py", b"con.py"),
    *(b"env/pyvenv.cfg", b"env/lib/x.py", b"pyvenv.cfg", b"", b".", b"..", b"/", b"a\0b.py", b"caf\xc3\xa9.py"),
    *(b"\xff\xfe.py", "x\u202ey.py".encode(), b"a\nb.py", b"x" * 200, b"x" * 201 + b".py", b"nested.zip"),
    *(b"a/" * 499 + b"x", b"a/" * 600 + b"x", b"y" * 5_000, b"hw/__init__.py"),
)
_LINES = (
    *("# coding: latin-1", "# -*- coding: utf-7 -*-", "# coding: hex", "# coding: idna", "# coding: cp932"),
    *("# vim: set coding=utf-16 :", "def conv2d(x):\n    return x", "def sgd_step(w):\n    pass", "conv2d = 1"),
    *("class SimpleCNN:\n    def f(self): ...", "conv2d: int = 1", "async def conv2d(): 1", "if a:\n  def conv2d(): 1"),
    *("from helpers import *", "from helpers import conv2d", "import os as conv2d", "from . import *"),
    *("%run helpers.py", "%%time", "%%bash", "%%capture x", "%%time?", "%matplotlib inline", "%time f(1)", "%%", "%"),
    *("!ls \\", "x = !ls", "x = %time y", "!", "!!ls", "x?", "??x", "?x", "/f 1", ",f 1 2", ";f 1", "In [1]: a"),
    *(">>> a", "... b", "   ...: c", "'''", '"""', "(", ")", "[", "{", "}", "\\", "lambda:", "f'{x!r:{y}}'", "a\\"),
    *("\r", "\x0c", "\x1c", "\u2028", "\ufeff", "\t", "    ", "0x", "1_", "1e", "é"),
)
_ATOMS = (
    *(None, True, False, 0, 1, 2, 3, 4, 5, -1, 2**70, 0.5, "", "\ud800", "\0", "\u202e", *_LINES),
    *("code", "markdown", "raw", "heading", "html", "cells", "cell_type", "source", "input", "outputs", "text"),
    *("execution_count", "prompt_number", "metadata", "tags", "level", "nbformat", "worksheets", "doc_id", "url"),
)
_MODES = (40960 << 16, 33188 << 16, 4480 << 16)  # of a link, a file and a pipe
_NUMBERS = (0, 1, -1, 2, 8, 9, 12, 0x10, 0x20, 0x41, 0x800, 0x2000, 0xFFFF, 2**31, 2**32 - 1, *_MODES)
_BITS = (
    *(b"", b"\0", b" ", b"ustar  \0", b"\x80" + b"\xff" * 11, b"\x80" + bytes(10) + b"\1", b"\xff" * 12),
    *(b"00000000777\0", b"9", b"7" * 11, b"0", b"1", b"2", b"3", b"5", b"6", b"7", b"L", b"K", b"x", b"X", b"g", b"S", b"V"),
    *(b"\xff" * 24, b"\xff" * 7 + b"\x7f", bytes(24), b"\1" + bytes(23), bytes(16) + b"\xff" * 8),  # sizes and offset in a zip
    *(b"19 path=hw/x.py\n", b"13 path=../a\n", b"3 \n", b"11 size=99\n", b"10 size=5\n", b"99 x=\n"),
    *(b"17 linkpath=a.py\n", b"18 GNU.sparse.a=1\n"),
    *(line.encode("utf-8", "replace") for line in _LINES),
)


def _cell(random: Random) -> Any:
    lines = [f"{random.choice(_LINES)}\n" for _ in range(random.randint(0, 4))]
    cell: dict[str, Any] = {"cell_type": random.choice(("code", "code", "markdown", "heading"))}
    cell[random.choice(("source", "source", "input"))] = lines if random.random() < 0.5 else "".join(lines)
    if random.random() < 0.2:
        cell["metadata"] = {"tags": [random.choice(_ATOMS)]}
    return cell


_SHELLS = (lambda value: [value], lambda value: {"cells": value}, lambda value: {"source": value})
_NOTEBOOKS = TreeMutator(_ATOMS, _cell, _SHELLS)


def mutated(kind: int, content: bytes, random: Random, change: _Bytes) -> bytes:
    """Return a changed hand-in of the same kind; `change` changes bytes as the fuzzer likes."""
    suffix = KINDS[kind]
    if suffix == ".zip":
        return _changed_zip(content, random, change)
    if suffix == ".tar.gz":
        return _changed_gzip(content, random, change)
    if suffix in (".tar", ""):
        return tar_bytes(_changed_entries(tar_entries(content), _fresh_tar, random, change))
    if suffix == ".ipynb":
        return _changed_notebook(content, random, change)
    return _changed_lines(content, random, change)


def _changed_zip(content: bytes, random: Random, change: _Bytes) -> bytes:
    entries = _changed_entries(zip_entries(content), _fresh_zip, random, change)
    before = b"#!/bin/sh\n" if random.random() < 0.05 else b""
    return zip_bytes(entries, before=before, comment=b"PK\5\6" if random.random() < 0.05 else b"")


def _changed_gzip(content: bytes, random: Random, change: _Bytes) -> bytes:
    unpack = zlib.decompressobj(31)
    try:
        data = unpack.decompress(content, 500_000)
    except zlib.error:
        data = b""
    packed = gzip.compress(tar_bytes(_changed_entries(tar_entries(data), _fresh_tar, random, change)), 1, mtime=0)
    if random.random() < 0.1:
        return random.choice((packed + packed, packed[:-4], packed + b"x", packed[:-8] + bytes(8), packed + bytes(9)))
    return packed


def _fresh_zip(random: Random) -> ZipEntry:
    return ZipEntry(name=_name(random), data=_data(random))


def _fresh_tar(random: Random) -> TarEntry:
    kind = random.choice((b"0", b"0", b"0", b"5", b"1", b"2", b"L", b"K", b"x", b"6", b"g"))
    data = _data(random) if kind in (b"0", b"g") else random.choice((*_NAMES, *_BITS)) if kind in (b"L", b"K", b"x") else b""
    return TarEntry(name=_name(random), data=data, kind=kind, link=_name(random) if kind in (b"1", b"2") else b"")


def _name(random: Random) -> bytes:
    """Return a name, or two of them one below the other, mostly beside the seeds' files."""
    name = random.choice(_NAMES)
    return random.choice((name, name, b"hw/" + name, random.choice(_NAMES) + b"/" + name))


def _data(random: Random) -> bytes:
    """Return the content of a file: lines of Python, a notebook, or nothing of the kind."""
    choice = random.random()
    if choice < 0.5:
        return "\n".join(random.choice(_LINES) for _ in range(random.randint(0, 5))).encode("utf-8", "replace")
    if choice < 0.8:
        return json.dumps({"nbformat": 4, "cells": [_cell(random) for _ in range(random.randint(0, 3))]}).encode()
    return random.choice((b"", b"\0" * 600, b"\xff\xfea\0", b"PK\3\4", random.randbytes(20)))


def _changed_entries(entries: list[Any], fresh: Callable[[Random], Any], random: Random, change: _Bytes) -> list[Any]:
    """Add, drop, double or move whole entries, or change one field of one."""
    for _ in range(random.randint(1, 4)):
        step = random.random()
        at = random.randrange(len(entries) + 1)
        if step < 0.25 or at == len(entries):
            entries.insert(at, fresh(random))
        elif step < 0.35:
            del entries[at]
        elif step < 0.45:
            entries[at:at] = [replace(entries[at]) for _ in range(random.choice((1, 1, 2, 40)))]
        elif step < 0.5:
            random.shuffle(entries)
        else:
            _change_field(entries[at], random, change)
    return entries


def _change_field(entry: Any, random: Random, change: _Bytes) -> None:
    name = random.choice([field.name for field in fields(entry)])
    value = getattr(entry, name)
    if isinstance(value, int):
        fresh: object = random.choice((*_NUMBERS, value + 1, value - 1))
    elif name == "data" and value and random.random() < 0.8:
        fresh = _changed_data(value, random, change)
    else:
        fresh = random.choice((_name(random), random.choice(_BITS), change(value, 300)))
    setattr(entry, name, fresh)


def _changed_data(data: bytes, random: Random, change: _Bytes) -> bytes:
    """Change the content of a file in an archive as what it is."""
    if data.startswith(b"{"):
        return _changed_notebook(data, random, change)
    return _changed_lines(data, random, change)


def _changed_notebook(content: bytes, random: Random, change: _Bytes) -> bytes:
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        tree = {"nbformat": 4, "cells": [_cell(random)]}
    text = json.dumps(_NOTEBOOKS.mutate(tree, random), ensure_ascii=random.random() < 0.5)
    encoding = "utf-16" if random.random() < 0.03 else "utf-8-sig" if random.random() < 0.03 else "utf-8"
    data = text.encode(encoding, "replace")
    return change(data, len(data) + 50) if random.random() < 0.05 else data


def _changed_lines(content: bytes, random: Random, change: _Bytes) -> bytes:
    """Change the lines of a module, or a few bytes of it."""
    if random.random() < 0.2:
        return change(content, len(content) + 50)
    lines = content.split(b"\n")
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        fresh = random.choice(_LINES).encode("utf-8", "replace")
        change_of = random.random()
        if change_of < 0.4:
            lines.insert(at, fresh)
        elif change_of < 0.6:
            lines[at] += random.choice((b" ", b"", b"=", b"\\")) + fresh
        elif change_of < 0.75:
            lines[at] = b" " * random.choice((1, 2, 4, 101)) + lines[at]
        elif change_of < 0.85:
            lines[at] *= random.choice((2, 20, 200)) if len(lines[at]) < 50 else 1
        elif len(lines) > 1:
            del lines[at]
    return b"\n".join(lines)


def seeds() -> list[bytes]:
    """Return a few honest hand-ins of every kind, and one or two that are none."""
    module = b"from helpers import *\n\ndef conv2d(x):\n    return x\n"
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "def sgd_step(w):\n", "    return w\n"]},
        {"cell_type": "code", "source": "%%time\n!ls \\\n  -l\nx = !ls\nconv2d?", "metadata": {"tags": ["a"]}},
        {"cell_type": "markdown", "source": "text"},
    ]
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()
    sheets = [{"cells": [{"cell_type": "heading", "level": 2, "source": "a"}]}]
    old = json.dumps({"nbformat": 3, "worksheets": sheets}).encode()
    files = {
        b"hw/conv_nets.py": module,
        b"hw/helpers.py": b"conv2d = 1\n",
        b"hw/a.ipynb": notebook,
        b"hw/__pycache__/a.pyc": b"x",
    }
    zipped = zip_bytes([ZipEntry(name=name, data=data) for name, data in files.items()])
    plain = [TarEntry(name=name, data=data) for name, data in files.items()]
    links = [
        TarEntry(name=b"hw/l.py", kind=b"2", link=b"/etc/passwd"),
        TarEntry(name=b"hw/h.py", kind=b"1", link=b"hw/conv_nets.py"),
    ]
    long = TarEntry(name=b"././@LongLink", kind=b"L", data=b"hw/" + b"x" * 120 + b".py\0")
    extended = TarEntry(name=b"p", kind=b"x", data=b"17 path=hw/caf\xc3\xa9\n")
    return [
        *(b"\0" + zipped, b"\0" + zipped[:-30]),
        *(b"\1" + tar_bytes([*plain, *links]), b"\1" + tar_bytes([long, *plain]), b"\1" + tar_bytes([extended, *plain])),
        b"\2" + gzip.compress(tar_bytes(plain), mtime=0),
        *(b"\3" + notebook, b"\3" + old, b"\3<html>"),
        *(b"\4" + module, b"\4# coding: latin-1\n# \xe9\n"),
        b"\5" + tar_bytes([*plain, *links]),
    ]
