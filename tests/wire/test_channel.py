"""Frames over a real connection: deadlines hold in both directions, ends are noticed, and what else waits is served."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager

import pytest
import torch

from grader.wire.channel import Channel
from grader.wire.encoding import encode
from grader.wire.values import WireClosed, WireDeadline, WireTooBig

SOON_S = 0.3  # the deadline that the tests set
LATE_S = 3.0  # by when it must have been kept, on a busy machine
LARGE = torch.arange(2_000_000.0)  # more than the connection holds


@pytest.fixture
def ends():
    """Two connected sockets."""
    near, far = socket.socketpair()
    with near, far:
        yield near, far


@contextmanager
def at_once(work: Callable[[], object]):
    """Do something in a thread meanwhile."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(10)
    assert not thread.is_alive()


@contextmanager
def held_to(deadline_s: float):
    """The block ends about when its time is up, neither before nor long after."""
    start = time.monotonic()
    yield start + deadline_s
    assert deadline_s <= time.monotonic() - start < LATE_S


def in_time():
    return time.monotonic() + 10


def whole(message):
    """Return a message as one piece of bytes."""
    return b"".join(bytes(piece) for piece in encode(message))


def test_messages_arrive_whole_and_in_order_also_when_they_are_larger_than_the_connection_holds(ends):
    judge, runner = (Channel(sock, max_bytes=2**24) for sock in ends)

    def answer():
        for _ in range(2):
            runner.send(encode({"got": runner.receive(in_time())}), in_time())

    with at_once(answer):
        for message in ("small", LARGE):
            judge.send(encode(message), in_time())
            got = judge.receive(in_time())["got"]
            assert torch.equal(got, LARGE) if isinstance(got, torch.Tensor) else got == "small"


def test_messages_that_arrive_in_one_piece_are_told_apart(ends):
    near, far = ends
    near.sendall(whole(1) + whole([2]) + whole(None))
    channel = Channel(far, max_bytes=100)
    assert [channel.receive(in_time()) for _ in range(3)] == [1, [2], None]


def test_a_message_that_comes_in_single_bytes_is_read(ends):
    near, far = ends

    def write():
        for byte in whole({"a": (1, 2.5)}):
            near.sendall(bytes([byte]))

    with at_once(write):
        assert Channel(far, max_bytes=100).receive(in_time()) == {"a": (1, 2.5)}


def test_without_a_deadline_it_waits_until_something_comes(ends):
    near, far = ends
    with at_once(lambda: (time.sleep(0.2), near.sendall(whole("at last")))):
        assert Channel(far, max_bytes=100).receive() == "at last"


def test_a_message_that_lies_there_complete_is_read_even_after_the_deadline(ends):
    near, far = ends
    near.sendall(whole("early"))
    assert Channel(far, max_bytes=100).receive(time.monotonic() - 1) == "early"


@pytest.mark.parametrize(
    "beginning",
    [b"", b"\x00\x00", whole("text")[:-1], whole(torch.ones(3))[:-1]],
    ids=["nothing", "half a length", "half a header", "half a buffer"],
)
def test_a_writer_that_stops_does_not_hold_up_the_reader_beyond_the_deadline(ends, beginning):
    near, far = ends
    near.sendall(beginning)
    with held_to(SOON_S) as deadline, pytest.raises(WireDeadline):
        Channel(far, max_bytes=100).receive(deadline)


@pytest.mark.parametrize("pause_s", [0.0, 0.01], ids=["without a pause", "with pauses"])
def test_a_writer_of_single_bytes_does_not_hold_up_the_reader_beyond_the_deadline(ends, pause_s):
    near, far = ends
    over = threading.Event()

    def drip():
        near.sendall((2**20).to_bytes(4, "big"))
        while not over.is_set():
            near.send(b" ")
            time.sleep(pause_s)

    with at_once(drip):
        with held_to(SOON_S) as deadline, pytest.raises(WireDeadline):
            Channel(far, max_bytes=100).receive(deadline)
        over.set()


def test_a_reader_that_reads_nothing_does_not_hold_up_the_writer_beyond_the_deadline(ends):
    near, _ = ends
    with held_to(SOON_S) as deadline, pytest.raises(WireDeadline):
        Channel(near, max_bytes=100).send(encode(LARGE), deadline)


@pytest.mark.parametrize("pause_s", [0.0, 0.01], ids=["without a pause", "with pauses"])
def test_a_reader_of_single_bytes_does_not_hold_up_the_writer_beyond_the_deadline(ends, pause_s):
    near, far = ends
    over = threading.Event()

    def sip():
        while not over.is_set():
            far.recv(1)
            time.sleep(pause_s)

    with at_once(sip):
        with held_to(SOON_S) as deadline, pytest.raises(WireDeadline):
            Channel(near, max_bytes=100).send(encode(LARGE), deadline)
        over.set()


@pytest.mark.parametrize(
    "beginning",
    [b"", b"\x00\x00", whole("text")[:-1], whole(torch.ones(3))[:-1]],
    ids=["nothing", "half a length", "half a header", "half a buffer"],
)
def test_an_end_that_is_closed_is_noticed_by_the_reader(ends, beginning):
    near, far = ends
    near.sendall(beginning)
    near.close()
    with pytest.raises(WireClosed, match="was closed"):
        Channel(far, max_bytes=100).receive(in_time())


def test_an_end_that_is_closed_is_noticed_by_the_writer(ends):
    near, far = ends
    far.close()
    with pytest.raises(WireClosed, match="broke"):
        Channel(near, max_bytes=100).send(encode("text"), in_time())


def test_an_end_that_is_closed_meanwhile_is_noticed_by_the_writer(ends):
    near, far = ends
    with at_once(lambda: (time.sleep(0.1), far.close())), pytest.raises(WireClosed):
        Channel(near, max_bytes=100).send(encode(LARGE), in_time())


def test_an_own_end_that_is_closed_neither_reads_nor_writes(ends):
    channel = Channel(ends[0], max_bytes=100)
    channel.close()
    with pytest.raises(WireClosed):
        channel.receive(in_time())
    with pytest.raises(WireClosed):
        channel.send(encode("text"), in_time())


def test_what_is_too_long_is_refused_before_it_is_read(ends):
    near, far = ends
    near.sendall(whole(torch.zeros(26)))
    with pytest.raises(WireTooBig):
        Channel(far, max_bytes=100).receive(in_time())
    assert len(far.recv(1000)) == 26 * 4


class Drain:
    """Reads what is printed into a pipe, as the judge does."""

    def __init__(self):
        self.out, self.into = os.pipe()
        self.text = b""
        self.asked = 0

    def read(self):
        self.asked += 1
        data = os.read(self.out, 1000)
        self.text += data
        return bool(data)


@pytest.fixture
def drain():
    made = Drain()
    yield made
    os.close(made.out)


def test_what_is_printed_is_read_while_an_answer_is_awaited(ends, drain):
    near, far = ends

    def work():
        for _ in range(100):  # far more than the pipe holds: without a reader this would hang
            os.write(drain.into, b"x" * 1000)
        near.sendall(whole("done"))
        os.close(drain.into)

    with at_once(work):
        assert Channel(far, max_bytes=100, drains=[(drain.out, drain.read)]).receive(in_time()) == "done"
    assert drain.text == b"x" * len(drain.text)
    assert len(drain.text) >= 34_000  # all but what the pipe still holds


def test_what_is_printed_is_read_while_a_message_is_sent(ends, drain):
    near, far = ends

    def work():
        for _ in range(100):
            os.write(drain.into, b"x" * 1000)
        while far.recv(2**20):
            continue

    with at_once(work):
        Channel(near, max_bytes=100, drains=[(drain.out, drain.read)]).send(encode(LARGE), in_time())
        near.close()
    os.close(drain.into)
    assert len(drain.text) >= 34_000


def test_an_output_that_has_ended_is_not_asked_again(ends, drain):
    near, far = ends
    os.close(drain.into)
    with at_once(lambda: (time.sleep(0.2), near.sendall(whole("done")))):
        assert Channel(far, max_bytes=100, drains=[(drain.out, drain.read)]).receive(in_time()) == "done"
    assert drain.asked == 1


def test_a_flood_of_printed_text_does_not_move_the_deadline(ends, drain):
    over = threading.Event()

    def flood():
        while not over.is_set():
            os.write(drain.into, b"x" * 1000)
        os.close(drain.into)

    with at_once(flood):
        with held_to(SOON_S) as deadline, pytest.raises(WireDeadline):
            Channel(ends[1], max_bytes=100, drains=[(drain.out, drain.read)]).receive(deadline)
        over.set()
        while drain.read():
            continue
