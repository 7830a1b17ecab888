"""Whatever bytes arrive, they give a value or a WireError, soon, and nothing large is made for them."""

from __future__ import annotations

import json
import pickle
import resource
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.wire.channel import Channel
from grader.wire.decoding import rebuild
from grader.wire.encoding import encode
from grader.wire.values import MAX_BUFFERS, MAX_DEPTH, MAX_HEADER_BYTES, MAX_INT_DIGITS, Ref, WireClosed, WireError, WireTooBig

MAX_BYTES = 2**20
SPARE_BYTES = 300 * 2**20  # for the parsed form of the longest header
SOON_S = 10.0  # on a busy machine
PLAIN = (type(None), bool, int, float, complex, str, bytes, torch.dtype, torch.Tensor, np.ndarray, np.generic, Ref)


@pytest.fixture(autouse=True, scope="module")
def _little_memory():
    """Let these tests take so much private memory and no more: what asks for gigabytes ends in a MemoryError."""
    if not sys.platform.startswith("linux"):
        yield
        return
    receive(frame(None))
    with open("/proc/self/status") as status:
        held = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held + SPARE_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


def receive(data):
    """Return the message that these bytes are, read from a real connection whose writer then hangs up."""
    near, far = socket.socketpair()
    writer = threading.Thread(target=_write, args=(near, data))
    writer.start()
    with far:
        try:
            return Channel(far, max_bytes=MAX_BYTES).receive(time.monotonic() + SOON_S)
        finally:
            far.shutdown(socket.SHUT_RDWR)
            writer.join()


def _write(sock, data):
    with sock:
        try:
            sock.sendall(data)
        except OSError:  # the reader has seen enough
            return


def frame(node, *buffers):
    """Return the bytes of a frame, whatever its node is."""
    header = json.dumps({"m": node, "b": [len(buffer) for buffer in buffers]}, separators=(",", ":"))
    return headed(header.encode()) + b"".join(buffers)


def headed(header):
    return len(header).to_bytes(4, "big") + header


def assert_value(value):
    """It is made of what may travel and of nothing else."""
    if isinstance(value, list | tuple):
        for item in value:
            assert_value(item)
    elif isinstance(value, dict):
        assert_value([*value, *value.values()])
    else:
        assert isinstance(value, PLAIN)


def assert_comes_back(value):
    """It can be sent again: what the judge cannot send counts as a fault, and a fault costs a submission nothing."""
    sent = b"".join(bytes(piece) for piece in encode(value))
    again = receive(sent)
    assert type(again) is type(value)
    assert b"".join(bytes(piece) for piece in encode(again)) == sent


def assert_value_or_error(data):
    try:
        value = receive(data)
    except WireError:
        return
    assert_value(value)
    assert_comes_back(value)


@given(data=st.binary(max_size=400), length=st.none() | st.integers(0, 400))
@settings(deadline=None, max_examples=200)
def test_random_bytes_give_a_value_or_an_error(data, length):
    assert_value_or_error(data if length is None else length.to_bytes(4, "big") + data)


GOOD = {
    "id": 3,
    "value": (torch.arange(6.0).reshape(2, 3), np.arange(3, dtype=np.int16), np.float64(2.5), torch.tensor([True, False])),
    "more": [1, 2**70, 1.5, float("nan"), 1 - 2j, "text\ud800", b"bytes", None, torch.float16],
    "ref": Ref(kind="handle", id=4, type="Net", integer=2, number=0.5),
}
WHOLE = b"".join(bytes(piece) for piece in encode(GOOD))


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_a_frame_with_some_bytes_changed_gives_a_value_or_an_error(data):
    mutated = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        until = data.draw(st.integers(at, min(len(mutated), at + 4)))
        mutated[at:until] = data.draw(
            st.sampled_from([b"", b"[", b"]", b'"', b"9", b"-", b"e", b",", b"null"]) | st.binary(max_size=3)
        )
        if not mutated:
            break
    assert_value_or_error(bytes(mutated))


@given(length=st.integers(0, len(WHOLE) - 1))
@settings(deadline=None)
def test_a_frame_that_breaks_off_is_an_end_of_the_connection(length):
    with pytest.raises(WireClosed):
        receive(WHOLE[:length])


atoms = st.sampled_from(
    [None, True, False, 0, 1, 2, -1, 2**53, -(2**60), 10**19, 0.5, 1e308, "", "f", "nan", "float32", "bool", "uint16", "x" * 300]
) | st.sampled_from(
    ["handle", "callback", "_dynamo", "Tensor", "__builtins__", "0x1f", "1_0", "-", "\ud800", "onnx", "complex64"]
)
tags = st.sampled_from(["i", "f", "c", "b", "D", "t", "l", "d", "T", "N", "s", "h", "", "?"])
nodes = st.recursive(
    atoms,
    lambda inner: (
        st.builds(lambda tag, fields: [tag, *fields], tags, st.lists(inner, max_size=5))
        | st.builds(lambda tag, items: [tag, items], st.sampled_from(["t", "l", "d", "i", "c"]), st.lists(inner, max_size=4))
        | st.builds(lambda tag, name, sizes: [tag, name, sizes, 0], st.sampled_from(["T", "N", "s"]), atoms, st.lists(atoms))
        | st.builds(lambda one, two: ["d", [[one, two], [two, one]]], inner, inner)
        | st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=20,
)


@given(node=nodes, buffers=st.lists(st.binary(max_size=16).map(bytearray), max_size=3))
@settings(deadline=None, max_examples=600)
def test_a_header_of_any_other_form_gives_a_value_or_an_error(node, buffers):
    try:
        value = rebuild(node, buffers)
    except WireError:
        return
    assert_value(value)
    assert_comes_back(value)


def with_sizes(*sizes):
    return headed(b'{"m":null,"b":[' + b",".join(sizes) + b"]}")


def of_node(text):
    return headed(b'{"m":' + text + b',"b":[]}')


FOUR_BYTES = b"\x00\x00\x80?"
MALFORMED = {
    "a header of 4 GB": b"\xff\xff\xff\xff" + b"x" * 100,
    "a header just too long": (MAX_HEADER_BYTES + 1).to_bytes(4, "big") + b" " * 100,
    "a header that is empty": headed(b""),
    "a header that is a pickle": headed(pickle.dumps({"m": None, "b": []})),
    "a header in another encoding": headed('{"m":"ü","b":[]}'.encode("latin-1")),
    "a header in UTF-16": headed('{"m":null,"b":[]}'.encode("utf-16-le")),
    "a header in UTF-32": headed('{"m":null,"b":[]}'.encode("utf-32-be")),
    "a header with a byte order mark": headed('{"m":null,"b":[]}'.encode("utf-8-sig")),
    "a header that is a list": headed(b"[null,[]]"),
    "a header with a key too many": headed(b'{"m":null,"b":[],"c":0}'),
    "a header with a key too few": headed(b'{"m":null}'),
    "a header with text behind it": headed(b'{"m":null,"b":[]}{}'),
    "sizes that are an object": headed(b'{"m":null,"b":{}}'),
    "a size below zero": with_sizes(b"-1"),
    "a size below zero that makes the sum small": with_sizes(b"99999999999", b"-99999999999"),
    "a size that is NaN": with_sizes(b"NaN"),
    "a size that is infinite": with_sizes(b"Infinity"),
    "a size that is 1e400": with_sizes(b"1e400"),
    "a size that is a float": with_sizes(b"4.0"),
    "a size that is a bool": with_sizes(b"true") + b"x",
    "a size that is a text": with_sizes(b'"4"'),
    "a size that is null": with_sizes(b"null"),
    "a size of 2**50": with_sizes(b"1125899906842624"),
    "a size of 900,000 digits": with_sizes(b"9" * 900_000),
    "sizes that are too much together": with_sizes(*[b"%d" % (MAX_BYTES // 2)] * 3),
    "four million empty buffers": with_sizes(*[b"0"] * 4_000_000),
    "500,000 lists in each other": of_node(b"[" * 500_000 + b"]" * 500_000),
    "500,000 tagged lists in each other": of_node(b'["l",[' * 500_000 + b"]]" * 500_000),
    "500,000 objects in each other": of_node(b'{"m":' * 500_000 + b"0" + b"}" * 500_000),
    "900 tagged lists in each other": of_node(b'["l",[' * 900 + b"]]" * 900),
    "an int of 900,000 digits": of_node(b"9" * 900_000),
    "an int of 2**53": of_node(b"9007199254740992"),
    "a tagged int of 900,000 digits": frame(["i", "f" * 900_000]),
    "a tagged int one digit too long": frame(["i", "f" * (MAX_INT_DIGITS + 1)]),
    "a tagged int below zero one digit too long": frame(["i", "-" + "f" * (MAX_INT_DIGITS + 1)]),
    "a tagged int with spaces around it": frame(["i", " ff "]),
    "a tagged int with an underscore": frame(["i", "f_f"]),
    "a tagged int with a prefix": frame(["i", "0xff"]),
    "a tagged int in digits of another script": frame(["i", "\u0661\u0662"]),
    "a tagged int with a line break behind it": frame(["i", "ff\n"]),
    "a tagged int that is none": frame(["i", "12 apples"]),
    "a float that is NaN": of_node(b"NaN"),
    "a float that is 1e400": of_node(b"1e400"),
    "a special float that is none": frame(["f", "1e5"]),
    "a complex number of ints": frame(["c", 1, 2]),
    "a complex number of NumPy's floats": frame(["c", ["s", "float64", [], 0], 0.5], bytes(8)),
    "complex numbers in each other": of_node(b'["c",' * 300 + b"0.5" + b",0.5]" * 300),
    "lists one level deeper than may be sent": of_node(b'["l",[' * (MAX_DEPTH + 2) + b"]]" * (MAX_DEPTH + 2)),
    "a tag that is not known": frame(["x", 1]),
    "a tag that is a list": frame([[], 1]),
    "a tag without fields": frame(["t"]),
    "a tag with a field too many": frame(["t", [], []]),
    "an empty list": frame([]),
    "an object": frame({"a": 1}),
    "a dict whose pairs are none": frame(["d", [[1, 2, 3]]]),
    "a dict with a list as key": frame(["d", [[["l", []], 0]]]),
    "a dict with a float as key": frame(["d", [[0.5, 0]]]),
    "a dict with a huge int as key": frame(["d", [[["i", "ffffffffffffffffff"], 0]]]),
    "a buffer that is not there": frame(["b", 0]),
    "a buffer before the first": frame(["b", -1], b"x"),
    "a buffer whose number is a bool": frame(["b", True], b"x", b"x"),
    "a buffer whose number is a text": frame(["b", "0"], b"x"),
    "a buffer that is used twice": frame(["t", [["b", 0], ["b", 0]]], b"x"),
    "a large buffer that is used 800,000 times": frame(["l", [["b", 0]] * 800_000], bytes(MAX_BYTES)),
    "a large tensor of bools that is used 200,000 times": frame(
        ["l", [["T", "bool", [MAX_BYTES], 0]] * 200_000], bytes(MAX_BYTES)
    ),
    "a shape of another product": frame(["T", "float32", [3], 0], FOUR_BYTES),
    "a shape below zero": frame(["T", "float32", [-1], 0], FOUR_BYTES),
    "a shape of two sizes below zero": frame(["T", "float32", [-1, -1], 0], FOUR_BYTES),
    "a shape with a bool": frame(["T", "float32", [True], 0], FOUR_BYTES),
    "a shape with a float": frame(["T", "float32", [1.0], 0], FOUR_BYTES),
    "a shape that is a number": frame(["T", "float32", 1, 0], FOUR_BYTES),
    "an immense shape without elements": frame(["T", "float32", [0, 2**52, 2**52], 0], b""),
    "an immense array without elements": frame(["N", "float32", [0, 2**52, 2**52], 0], b""),
    "a shape of a million ones": frame(["T", "float32", [1] * 1_000_000, 0], FOUR_BYTES),
    "an array of 33 dimensions": frame(["N", "float32", [1] * 33, 0], FOUR_BYTES),
    "an array of objects": frame(["N", "object", [1], 0], b"12345678"),
    "an array of records": frame(["N", "void32", [1], 0], FOUR_BYTES),
    "a tensor of a dtype that torch does not have": frame(["T", "uint4096", [1], 0], FOUR_BYTES),
    "a tensor of another attribute of torch": frame(["T", "Tensor", [1], 0], FOUR_BYTES),
    "a scalar with dimensions": frame(["s", "float32", [1], 0], FOUR_BYTES),
    "a dtype that is a module": frame(["D", "nn"]),
    "a dtype that is a dotted name": frame(["D", "nn.functional"]),
    "a dtype that is a number": frame(["D", 5]),
    "a reference of another kind": frame(["h", "file", 1, "", None, None]),
    "a reference with a number as a type": frame(["h", "handle", 1, 5, None, None]),
    "a reference with a long type": frame(["h", "handle", 1, "x" * 201, None, None]),
    "a reference whose integer is a text": frame(["h", "handle", 1, "", "1", None]),
    "a reference whose number is one of NumPy's": frame(["h", "handle", 1, "", None, ["s", "float64", [], 0]], bytes(8)),
    "references in each other": of_node(b'["h","handle",1,"",null,' * 300 + b"0.5" + b"]" * 300),
    "a reference whose number is a list": frame(["h", "handle", 1, "", None, ["l", []]]),
}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in MALFORMED.items()])
def test_a_malformed_frame_is_an_error_and_soon(data):
    start = time.monotonic()
    with pytest.raises(WireError):
        receive(data)
    assert time.monotonic() - start < SOON_S


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(with_sizes(*[b"0"] * MAX_BUFFERS), id="as many empty buffers as are allowed"),
        pytest.param(frame(["l", [["t", []]] * 800_000]), id="800,000 tuples"),
        pytest.param(frame(["d", [[number * 2**33, 0] for number in range(400_000)]]), id="400,000 keys with the same low bits"),
        pytest.param(
            of_node(b'["l",[' * MAX_DEPTH + b'["c",0.5,["f","nan"]]' + b"]]" * MAX_DEPTH), id="a list as deep as may be"
        ),
        pytest.param(of_node(b"0." + b"1" * 8_000_000), id="a float of eight million digits"),
        pytest.param(of_node(b'"' + b"\\ud800" * 1_300_000 + b'"'), id="a million surrogates"),
    ],
)
def test_the_largest_frames_are_read_soon(data):
    start = time.monotonic()
    assert_value(receive(data))
    assert time.monotonic() - start < SOON_S


def test_a_message_that_is_too_long_is_told_from_one_that_is_malformed():
    with pytest.raises(WireTooBig, match="a header of 4295 MB, 8 MB allowed"):
        receive(b"\xff\xff\xff\xff")
    with pytest.raises(WireTooBig, match="an answer of 2 MB, 1 MB allowed"):
        receive(with_sizes(b"2000000"))


IMPORTS_NOTHING = """
import sys
from grader.wire.decoding import rebuild
from grader.wire.values import WireError

before = set(sys.modules)
for tag, *rest in (("D",), ("T", [1], 0), ("N", [1], 0)):
    for name in ("_dynamo", "_inductor", "onnx", "_export"):
        try:
            rebuild([tag, name, *rest], [bytearray(4)])
        except WireError:
            continue
        sys.exit(name + " was accepted")
sys.exit(", ".join(set(sys.modules) - before) or None)
"""


def test_no_name_that_arrives_makes_torch_import_anything():
    done = subprocess.run([sys.executable, "-c", IMPORTS_NOTHING], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_elements_of_a_bool_tensor_are_true_or_false_whatever_the_bytes_are():
    tensor, array = receive(frame(["t", [["T", "bool", [3], 0], ["N", "bool", [3], 1]]], b"\x00\x01\xff", b"\x00\x02\xff"))
    assert tensor.view(torch.uint8).tolist() == [0, 1, 1]
    assert array.view(np.uint8).tolist() == [0, 1, 1]
