"""Workers on a cluster: a real one of Ray's, with two nodes on the loopback, whose nodes and processes get killed."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import __version__
from grader.schedule import ray_cluster
from grader.schedule.local import LocalWorkers
from grader.schedule.ray_cluster import RayWorkers
from grader.schedule.ray_driving import Places
from grader.schedule.workers import ScheduleError
from tests.schedule.ray_nodes import START_S, Nodes
from tests.schedule.ray_service import LONG_S, Sum, Sums, dying, unable_to_start

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="nodes have addresses of their own on Linux's loopback alone"),
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
]

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD, OTHER, THIRD = "127.0.0.2", "127.0.0.3", "127.0.0.4"
SOON_S = 60.0


@pytest.fixture(scope="module")
def nodes():
    with Nodes() as cluster, pytest.MonkeyPatch.context() as patch:
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        cluster.add(HEAD)
        cluster.add(OTHER)
        await_slots(cluster, 2)
        yield cluster


def await_slots(cluster, slots):
    """Wait until the cluster has so many."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with RayWorkers(cluster.address, Sums) as workers:
                while workers.slots != slots and time.monotonic() < deadline:
                    workers.wait(0.5)
                if workers.slots == slots:
                    return
        except ScheduleError:
            time.sleep(0.5)  # the head is not ready
    raise AssertionError(f"{slots} nodes did not come together: {[log.read_text() for log in cluster.folder.glob('*.log')]}")


def ended(workers, requests):
    """Hand in the requests, as many at a time as there are slots, and return how each ended; each ends once."""
    waiting, ends = list(enumerate(requests)), {}
    in_flight, deadline = 0, time.monotonic() + SOON_S
    while (waiting or in_flight) and time.monotonic() < deadline:
        while waiting and in_flight < workers.slots:
            workers.submit(*waiting.pop(0))
            in_flight += 1
        for end in workers.wait(0.5):
            assert end.number not in ends
            ends[end.number] = end
            in_flight -= 1
    return [ends[number] for number in range(len(requests))]


def answers(workers, requests):
    ends = ended(workers, requests)
    assert [end.lost for end in ends] == [""] * len(ends)
    return [pickle.loads(end.answer) for end in ends]


def await_lines(path, number):
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        if path.exists() and len(lines := path.read_text().split()) >= number:
            return [int(line) for line in lines]
        time.sleep(0.05)
    raise AssertionError(f"{number} lines were not written")


def await_end(processes):
    deadline = time.monotonic() + 5.0
    while left := [process for process in processes if is_there(process)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def is_there(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


SUMS = [Sum(numbers=tuple(range(number)), wait_s=0.05) for number in range(20)]


@pytest.mark.slow
def test_answers_are_those_of_local_workers(nodes):
    with RayWorkers(nodes.address, Sums) as cluster, LocalWorkers(Sums, slots=2) as local:
        assert cluster.slots == 2
        assert answers(cluster, SUMS) == answers(local, SUMS)
        assert cluster.descriptions == local.descriptions == {"a fork for each sum"}


@pytest.mark.slow
def test_all_nodes_work_and_keep_their_warm_process_also_over_a_pause(nodes):
    with RayWorkers(nodes.address, Sums) as workers:
        before = answers(workers, [Sum(wait_s=1.0)] * 2)
        time.sleep(4.0)  # Ray ends idle processes after one second where there are more of them than processors
        after = answers(workers, [Sum(wait_s=0.5)] * 4)
    assert {answer.node.split("/")[1] for answer in before} == {HEAD, OTHER}
    assert {answer.warm for answer in before} == {answer.warm for answer in after}
    assert len({answer.fork for answer in before + after}) == 6


@pytest.mark.slow
def test_the_warm_process_knows_nothing_of_ray(nodes):
    with RayWorkers(nodes.address, Sums) as workers:
        assert not answers(workers, [Sum()])[0].knows_ray
    assert "ray" not in sys.modules


@pytest.mark.slow
def test_what_the_service_says_about_one_request_is_the_end_of_that_request_alone(nodes, tmp_path):
    begun = tmp_path / "begun"
    with RayWorkers(nodes.address, Sums) as workers:
        refused, died, well = ended(workers, [Sum(end="refused"), Sum(end="exit", begun=begun), Sum(numbers=(1, 2))])
    assert (refused.answer, refused.lost) == (None, "nobody adds this up")
    assert died.answer is None
    assert "exit code 7" in died.lost
    assert pickle.loads(well.answer).total == 3
    assert len(begun.read_text().split()) == 1


@pytest.mark.slow
def test_requests_of_a_killed_process_run_again(nodes, tmp_path):
    begun = tmp_path / "begun"
    with RayWorkers(nodes.address, Sums) as workers:
        first = answers(workers, [Sum(), Sum(wait_s=1.0)])[0]
        workers.submit(0, Sum(numbers=(3, 4), wait_s=3.0, begun=begun))
        workers.submit(1, Sum(numbers=(5, 6), wait_s=3.0, begun=begun))
        await_lines(begun, 2)
        os.kill(first.ray_process, signal.SIGKILL)
        await_end([first.warm, first.ray_process])
        ends = {}
        deadline = time.monotonic() + SOON_S
        while len(ends) < 2 and time.monotonic() < deadline:
            ends |= {end.number: pickle.loads(end.answer) for end in workers.wait(0.5)}
        assert [ends[number].total for number in range(2)] == [7, 11]
        await_end(await_lines(begun, 3))
    assert first.warm not in {end.warm for end in ends.values()}


@pytest.mark.slow
def test_a_request_that_kills_its_worker_each_time_is_lost_after_so_many_tries(nodes, tmp_path):
    begun = tmp_path / "begun"
    with RayWorkers(nodes.address, Sums, tries=2) as workers:
        killer, well = ended(workers, [Sum(end="kill", begun=begun), Sum(numbers=(1, 2))])
        await_end(await_lines(begun, 2))
    assert killer.answer is None
    assert re.search(r"lost it 2 times; the last time: node 127\.0\.0\.[23]: The worker died unexpectedly", killer.lost)
    assert pickle.loads(well.answer).total == 3
    assert len(begun.read_text().split()) == 2


@pytest.mark.slow
def test_a_service_that_cannot_start_stops_everything_and_says_where(nodes):
    with RayWorkers(nodes.address, unable_to_start) as workers:
        with pytest.raises(ScheduleError, match=r"node 127\.0\.0\.[23]: there are no walls here"):
            ended(workers, [Sum()])
        with pytest.raises(ScheduleError):  # and goes on saying so
            workers.wait(0.0)


@pytest.mark.slow
def test_a_node_that_cannot_make_the_service_stops_everything_and_says_why(nodes, tmp_path, monkeypatch):
    tmp_path.joinpath("only_here.py").write_text("def prepare():\n    raise AssertionError\n")
    monkeypatch.syspath_prepend(tmp_path)
    stopped = pytest.raises(ScheduleError, match=r"node 127\.0\.0\.[23] cannot answer requests: .*only_here")
    with RayWorkers(nodes.address, import_module("only_here").prepare) as workers, stopped:
        ended(workers, [Sum()])


@pytest.mark.slow
def test_a_warm_process_that_keeps_dying_stops_everything(nodes):
    stopped = pytest.raises(ScheduleError, match=r"node 127\.0\.0\.[23]: .*exit code 9")
    with RayWorkers(nodes.address, dying) as workers, stopped:
        ended(workers, [Sum()] * 10)


@pytest.mark.slow
def test_closing_ends_what_runs_on_the_nodes(nodes, tmp_path):
    begun = tmp_path / "begun"
    with RayWorkers(nodes.address, Sums) as workers:
        for number in range(2):
            workers.submit(number, Sum(wait_s=LONG_S, begun=begun))
        forks = await_lines(begun, 2)
        start = time.monotonic()
    assert time.monotonic() - start < 2.0
    await_end(forks)
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_an_interrupt_at_the_terminal_ends_everything_within_two_seconds(nodes, tmp_path):
    begun = tmp_path / "begun"
    with hanging(nodes, begun) as batch:
        forks = await_lines(begun, 2)
        start = time.monotonic()
        os.killpg(batch.pid, signal.SIGINT)
        assert batch.wait(SOON_S) == 130
        assert time.monotonic() - start < 2.0
        assert batch.stdout.read() == b""
        await_end(forks)


@pytest.mark.slow
def test_nothing_goes_on_when_whoever_asked_is_killed(nodes, tmp_path):
    begun = tmp_path / "begun"
    with hanging(nodes, begun) as batch:
        forks = await_lines(begun, 2)
        batch.kill()
        batch.wait(SOON_S)
        await_end(forks)


@contextmanager
def hanging(nodes, begun):
    """Start a process that uses the cluster for requests that never end; it is killed when a test is over, however it ends."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from grader.schedule.ray_cluster import RayWorkers\n"
        "from tests.schedule.ray_service import LONG_S, Sum, Sums\n"
        "try:\n"
        f"    with RayWorkers({nodes.address!r}, Sums) as workers:\n"
        "        for number in range(2):\n"
        f"            workers.submit(number, Sum(wait_s=LONG_S, begun=Path({str(begun)!r})))\n"
        "        workers.wait(LONG_S)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_a_lost_nodes_requests_run_again_and_each_request_ends_once(nodes, tmp_path):
    nodes.add(THIRD)
    await_slots(nodes, 3)
    begun = tmp_path / "begun"
    requests = [Sum(numbers=(number, 1), wait_s=0.5, begun=begun) for number in range(24)]
    with RayWorkers(nodes.address, Sums) as workers:
        threading.Thread(target=lambda: (await_lines(begun, 8), nodes.kill(THIRD))).start()
        ends = answers(workers, requests)
        assert [end.total for end in ends] == [number + 1 for number in range(24)]
        by_node = Counter(end.node.split("/")[1] for end in ends)
        assert set(by_node) >= {HEAD, OTHER}
        assert by_node[THIRD] < 8
        assert len(begun.read_text().split()) > 24  # what was lost was begun twice
        noticed = time.monotonic() + SOON_S
        while workers.slots == 3 and time.monotonic() < noticed:
            workers.wait(0.5)
        assert workers.slots == 2
    assert not nodes.processes(THIRD)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("import grader; grader.__version__ = '0.0.1'", f"node {HEAD} has grader 0.0.1, and here is grader {__version__};"),
        ("import sys; sys.modules['grader'] = None", f"node {HEAD} has no grader "),
        ("import platform; platform.python_version = lambda: '3.9.99'", rf"node {HEAD}: it has Python 3.9.99 \(this machine: "),
    ],
    ids=["another version", "none", "another Python"],
)
def test_a_node_that_has_another_grader_stops_everything_and_is_named(what, message, tmp_path, monkeypatch):
    tmp_path.joinpath("sitecustomize.py").write_text(what)
    stopped = pytest.raises(ScheduleError, match=message)
    with lonely(monkeypatch, PYTHONPATH=f"{tmp_path}:{ROOT}") as cluster, RayWorkers(cluster.address, Sums) as workers, stopped:
        ended(workers, [Sum()])


@pytest.mark.slow
def test_each_request_has_its_own_gpu(monkeypatch):
    with lonely(monkeypatch, cpus=3, gpus=2) as cluster:
        with RayWorkers(cluster.address, Sums, gpus=0.5) as workers:
            assert workers.slots == 3
        with pytest.raises(ScheduleError, match="a processor and 3 of a GPU"):
            RayWorkers(cluster.address, Sums, gpus=3.0)
        with RayWorkers(cluster.address, Sums, gpus=1.0) as workers:
            assert workers.slots == 2
            together = [answers(workers, [Sum(wait_s=1.0)] * 2) for _ in range(3)]
    assert [{answer.devices for answer in pair} for pair in together] == [{"0", "1"}] * 3
    everybody = [answer for pair in together for answer in pair]
    assert len({answer.warm for answer in everybody}) == len({(answer.ray_process, answer.devices) for answer in everybody})


@pytest.mark.slow
def test_a_lost_head_stops_everything_in_time(monkeypatch, tmp_path):
    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "5")  # Ray itself hopes for a minute that it comes back
    begun = tmp_path / "begun"
    with lonely(monkeypatch) as cluster, RayWorkers(cluster.address, Sums) as workers:
        workers.submit(0, Sum(wait_s=LONG_S, begun=begun))
        forks = await_lines(begun, 1)
        cluster.kill(HEAD)
        await_end(forks)
        with pytest.raises(ScheduleError, match=f"the connection to the cluster at {cluster.address} is lost .*GCS"):
            wait_for_one(workers)


@pytest.mark.slow
def test_a_cluster_whose_last_working_node_is_lost_stops_everything(monkeypatch, tmp_path):
    monkeypatch.setattr(ray_cluster, "_PATIENCE_S", 3.0)
    begun = tmp_path / "begun"
    with lonely(monkeypatch, cpus=0) as cluster:
        with pytest.raises(ScheduleError, match="has no node with a processor"):
            RayWorkers(cluster.address, Sums)
        cluster.add(OTHER)
        await_slots(cluster, 1)
        with RayWorkers(cluster.address, Sums) as workers:
            workers.submit(0, Sum(wait_s=LONG_S, begun=begun))
            await_lines(begun, 1)
            cluster.kill(OTHER)
            with pytest.raises(ScheduleError, match="has no node with a processor"):
                wait_for_one(workers)
            assert workers.slots == 0


@contextmanager
def lonely(monkeypatch, **head):
    """Start a cluster of one node."""
    with Nodes() as cluster:
        for name, value in cluster.environment.items():
            monkeypatch.setenv(name, value)
        cluster.add(HEAD, **head)
        if head.get("cpus") != 0:
            await_slots(cluster, head.get("cpus", 1))
        yield cluster


def wait_for_one(workers):
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        if ends := workers.wait(0.5):
            return ends[0]
    raise AssertionError("nothing ended")


@pytest.mark.slow
def test_nothing_is_imported_from_the_folders_in_which_everybody_stands(nodes, tmp_path):
    script, hand_ins = tmp_path / "batch.py", tmp_path / "hand_ins"
    hand_ins.mkdir()
    for name in ("multiprocessing", "pickle", "grader", "ray", "tests", "asyncio"):
        for folder in (hand_ins, nodes.folder):
            folder.joinpath(f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write(__file__)\n")
    script.write_text(
        "import pickle\n"
        "from grader.schedule.ray_cluster import RayWorkers\n"
        "from tests.schedule.ray_service import Sum, Sums\n"
        "if __name__ == '__main__':\n"
        f"    with RayWorkers({nodes.address!r}, Sums) as workers:\n"
        "        workers.submit(0, Sum(numbers=(3, 4)))\n"
        "        ends = []\n"
        "        while not ends:\n"
        "            ends = workers.wait(1.0)\n"
        "        print(pickle.loads(ends[0].answer).total)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = [sys.executable, str(script)]
    done = subprocess.run(run, cwd=hand_ins, env=environment, capture_output=True, text=True, timeout=SOON_S, check=False)
    assert (done.stdout, done.stderr) == ("7\n", "")
    assert not (tmp_path / "ran").exists()


def test_a_wrong_address_is_found_out_at_once():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    start = time.monotonic()
    with pytest.raises(ScheduleError, match=f"nothing answers at 127.0.0.1:{port} .*ray start --head"):
        RayWorkers(f"127.0.0.1:{port}", Sums)
    assert time.monotonic() - start < 5.0


@pytest.mark.parametrize("address", ["", "head", "head:", ":", "head:port", "http://head/"])
def test_what_is_no_address_is_said(address):
    with pytest.raises(ScheduleError, match="HOST:PORT"):
        RayWorkers(address, Sums)


def test_without_ray_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ScheduleError, match=r"pip install 'grader\[cluster\]'"):
        RayWorkers("127.0.0.1:6379", Sums)


@pytest.mark.slow
def test_what_listens_and_is_no_cluster_is_given_up(monkeypatch):
    monkeypatch.setattr(ray_cluster, "_CONNECT_S", 5.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        start = time.monotonic()
        with pytest.raises(ScheduleError, match="gave no answer within 5 s"):
            RayWorkers(f"127.0.0.1:{server.getsockname()[1]}", Sums)
    assert time.monotonic() - start < 10.0
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_a_cluster_without_the_secret_is_not_used(nodes, monkeypatch):
    monkeypatch.setattr(ray_cluster, "_CONNECT_S", 10.0)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "0" * 40)
    with pytest.raises(ScheduleError, match=f"the cluster at {nodes.address}"):
        RayWorkers(nodes.address, Sums)


@pytest.mark.slow
def test_auto_finds_the_cluster_that_ray_knows(nodes, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", nodes.address)
    with RayWorkers("auto", Sums) as workers:
        assert answers(workers, [Sum(numbers=(3, 4))])[0].total == 7


@given(slots=st.dictionaries(st.text(max_size=2), st.integers(1, 4), min_size=1), data=st.data())
def test_no_node_has_more_requests_than_slots_and_one_that_lost_a_request_gets_it_last(slots, data):
    places = Places()
    places.slots = slots
    taken = [places.take(()) for _ in range(sum(slots.values()))]
    assert Counter(taken) == slots
    for node in data.draw(st.lists(st.sampled_from(taken), max_size=3)):
        places.give_back(node)
        assert places.take(()) == node
    lost = data.draw(st.sets(st.sampled_from(taken)))
    again = places.take(lost)
    assert again not in lost or lost == set(slots)


def test_without_a_node_there_is_no_place():
    assert Places().take(()) is None
