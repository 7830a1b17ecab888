"""One warm process forks a fresh one for each request; each request ends once, whatever happens to either."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.schedule.local import LocalWorkers
from grader.schedule.workers import ScheduleError
from tests.schedule import small_service

SOON_S = 30.0
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workers():
    with LocalWorkers(small_service.prepare, slots=3) as opened:
        yield opened


def all_of(workers, count):
    """Wait until so many requests have ended and return them by their number."""
    ended, deadline = {}, time.monotonic() + SOON_S
    while len(ended) < count and time.monotonic() < deadline:
        for each in workers.wait(0.2):
            assert each.number not in ended
            ended[each.number] = each
    return ended


def test_every_request_is_answered_in_a_process_of_its_own(workers):
    for number in range(3):
        workers.submit(number, ("say", number))
    answers = [pickle.loads(ended.answer) for _, ended in sorted(all_of(workers, 3).items())]
    assert [answer[:2] for answer in answers] == [("say", 0), ("say", 1), ("say", 2)]
    assert len({answer[2] for answer in answers} | {os.getpid()}) == 4
    assert workers.descriptions == {"a small service"}


def test_a_slow_one_does_not_hold_the_others_up(workers):
    workers.submit(0, ("sleep", 3))
    workers.submit(1, ("say", 1))
    start = time.monotonic()
    assert set(all_of(workers, 1)) == {1}
    assert time.monotonic() - start < 3


def test_requests_and_answers_may_be_larger_than_what_a_pipe_holds(workers):
    large = b"x" * 5_000_000
    for number in range(3):
        workers.submit(number, ("echo", large))
    time.sleep(0.5)  # the first answer waits to be read while the last request waits, too
    assert all(pickle.loads(ended.answer) == large for ended in all_of(workers, 3).values())


def test_closing_does_not_wait_for_what_nobody_reads():
    start = time.monotonic()
    with LocalWorkers(small_service.prepare, slots=2) as workers:
        for number in range(2):
            workers.submit(number, ("echo", b"x" * 5_000_000))
        time.sleep(0.5)
    assert time.monotonic() - start < SOON_S


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (("die", 7), "exit code 7 and gave no result"),
        (("raise", 0), "the check is wrong"),
        (("hang", 0.3), r"no result within 0\.3 s"),
    ],
)
def test_what_has_no_answer_says_why_and_the_next_one_is_answered(workers, request_, why):
    workers.submit(0, request_)
    (ended,) = all_of(workers, 1).values()
    assert ended.answer is None
    assert re.search(why, ended.lost)
    workers.submit(1, ("say", 1))
    assert all_of(workers, 1)[1].answer


def test_when_the_warm_process_dies_what_was_under_way_is_lost_and_a_new_one_answers(workers):
    workers.submit(0, ("sleep", 20))
    workers.submit(1, ("end the service", 0))
    ended = all_of(workers, 2)
    assert {each.lost for each in ended.values()} == {"the warm judge ended with exit code -9"}
    workers.submit(2, ("say", 2))
    assert all_of(workers, 1)[2].answer


def test_a_warm_process_that_always_dies_is_given_up():
    with LocalWorkers(small_service.prepare_and_die, slots=1) as workers:
        for number in range(2):
            workers.submit(number, ("say", 0))
            assert all_of(workers, 1)[number].lost == "the warm judge ended with exit code 9"
        workers.submit(2, ("say", 0))
        with pytest.raises(ScheduleError, match="3 times in a row"):
            all_of(workers, 1)


def test_why_the_service_could_not_start_is_raised():
    with LocalWorkers(small_service.prepare_badly, slots=1) as workers, pytest.raises(SandboxError, match="cannot reach level A"):
        all_of(workers, 1)


def test_closing_ends_what_is_under_way_at_once():
    start = time.monotonic()
    with LocalWorkers(small_service.prepare, slots=1) as workers:
        workers.submit(0, ("say", 0))
        all_of(workers, 1)
        workers.submit(1, ("sleep", 60))
        time.sleep(0.3)
        closing = time.monotonic()
    assert time.monotonic() - closing < 1.8
    assert time.monotonic() - start < SOON_S


def test_nothing_is_left_when_the_dispatcher_is_killed(tmp_path):
    script = tmp_path / "dispatch.py"
    script.write_text(
        f"import sys, time, pickle\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.schedule import small_service\nfrom grader.schedule.local import LocalWorkers\n"
        "if __name__ == '__main__':\n"
        "    workers = LocalWorkers(small_service.prepare, slots=2)\n"
        "    workers.submit(0, ('say', 0))\n"
        "    ended = []\n"
        "    while not ended:\n"
        "        ended = workers.wait(1)\n"
        "    workers.submit(1, ('sleep', 60))\n"
        "    time.sleep(0.3)\n"
        "    print(workers._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as dispatcher:
        warm = int(dispatcher.stdout.readline())
        group = [warm, *_children(warm)]
        assert len(group) >= 2
        dispatcher.kill()
    deadline = time.monotonic() + SOON_S
    while any(map(_is_there, group)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_there, group))


def test_nothing_is_imported_from_the_folder_in_which_a_batch_is_started(tmp_path):
    (tmp_path / "class").mkdir()
    for name in ("multiprocessing", "pickle", "socket", "torch"):  # what students may call their files
        (tmp_path / "class" / f"{name}.py").write_text("open('was_imported', 'w').close()\n")
    script = tmp_path / "dispatch.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.schedule import small_service\nfrom grader.schedule.local import LocalWorkers\n"
        "if __name__ == '__main__':\n"
        "    with LocalWorkers(small_service.prepare, slots=1) as workers:\n"
        "        workers.submit(0, ('say', 0))\n"
        "        ended = []\n"
        "        while not ended:\n"
        "            ended = workers.wait(1)\n"
        "        print(ended[0].answer is not None)\n"
    )
    where = tmp_path / "class"
    done = subprocess.run([sys.executable, str(script)], cwd=where, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True\n"
    assert not (where / "was_imported").exists()


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
