"""Every limit ends in its verdict, with a sentence that names it and what was used; a loss costs a fresh start and no more."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from grader.errors import SandboxError
from grader.model import Limits, SourceFile, Submission, Verdict
from grader.sandbox.live import LiveSolution
from grader.sandbox.starting import Sandbox
from grader.solution import SolutionError

LITTLE = Limits(
    load_s=20.0,
    call_s=5.0,
    memory_bytes=256 * 2**20,
    processes=24,
    open_files=64,
    files=200,
    disk_bytes=32 * 2**20,
    file_bytes=16 * 2**20,
)


@pytest.fixture(
    scope="module", params=["A", pytest.param("B", marks=pytest.mark.slow), pytest.param("C", marks=pytest.mark.slow)]
)
def walls(request):
    try:
        with Sandbox(isolation=request.param, preload=("torch", "numpy")) as sandbox:
            yield sandbox
    except SandboxError as error:
        pytest.skip(f"this machine does not offer it: {error}")


@pytest.fixture
def live(walls, conv_nets):
    """Return a way to load a file with these lines under these limits."""
    opened = []

    def load(source, limits=LITTLE):
        submission = Submission(
            id="x", files=(SourceFile(path="m.py", content=source.encode()),), main="m.py", cells=None, digest=""
        )
        solution = LiveSolution(walls, submission, replace(conv_nets, limits=limits))
        opened.append(solution)
        loading = solution.load()
        solution.begin_check("a1")
        return solution, loading

    yield load
    for solution in opened:
        solution.close()


def lost(solution, name="f"):
    """Return the verdict and the sentence that a call ends in."""
    with pytest.raises(SolutionError) as caught:
        solution.call(name, (), {})
    return caught.value.verdict, caught.value.message


def test_a_call_has_its_time(live):
    solution, _ = live("def f():\n    while True: pass\n", replace(LITTLE, call_s=0.3))
    assert lost(solution) == (Verdict.TIMEOUT, "no answer within 0.3 s")


def test_loading_has_its_time_and_names_that_it_was_loading(live):
    _, loading = live("while True: pass\n", replace(LITTLE, load_s=0.5))
    assert loading.incidents[0].message == "While the file ran, no answer within 0.5 s."


def test_a_question_has_its_time_over_all_its_calls(live):
    solution, _ = live("import time\ndef f():\n    time.sleep(0.3)\n", replace(LITTLE, question_s=0.8))
    solution.call("f", (), {})
    solution.call("f", (), {})
    assert lost(solution) == (Verdict.TIMEOUT, "the calls of this question took 0.8 s together; more is not allowed")
    solution.begin_check("a2")
    assert solution.call("f", (), {}).value is None


def test_a_submission_has_its_time_over_everything(live):
    solution, _ = live("import time\ndef f():\n    time.sleep(0.5)\n", replace(LITTLE, total_s=0.8))
    solution.call("f", (), {})
    assert lost(solution) == (Verdict.TIMEOUT, "the submission took 0.8 s in all; more is not allowed")


def test_processor_time_has_a_limit_of_its_own(live):
    solution, _ = live("def f():\n    while True: pass\n", replace(LITTLE, cpu_s=1.0))
    verdict, message = lost(solution)
    assert verdict is Verdict.TIMEOUT
    assert re.fullmatch(r"it used [12] s of processor time; 1 s are allowed", message)


def test_private_memory_ends_in_an_exception_that_names_the_limit(live):
    solution, _ = live("import torch\ndef f():\n    return torch.ones(2**28)\ndef g():\n    return 'alive'\n")
    verdict, message = lost(solution)
    assert verdict is Verdict.MEMORY
    assert message.endswith("(256 MiB of memory are allowed)")
    assert solution.call("g", (), {}).value == "alive"  # the process lives on


def test_shared_memory_counts_and_the_sentence_says_how_much_was_held(live):
    source = (
        "import mmap, time\n"
        "def f():\n"
        "    held = mmap.mmap(-1, 400 * 2**20)\n"
        "    for start in range(0, len(held), 4096): held[start] = 1\n"
        "    time.sleep(4)\n"
    )
    solution, _ = live(source)
    verdict, message = lost(solution)
    assert verdict is Verdict.MEMORY
    held = re.fullmatch(r"it held (\d+) MiB of memory; 256 MiB are allowed", message)
    assert held
    assert 256 <= int(held[1]) <= 420


def test_memory_is_counted_over_all_processes(live, walls):
    if walls.walls.level != "A":
        pytest.skip("no other processes at this level")
    source = (
        "import os, time\n"
        "def f():\n"
        "    for _ in range(4):\n"
        "        if os.fork() == 0:\n"
        "            held = bytearray(os.urandom(1)) * (120 * 2**20)\n"
        "            time.sleep(10)\n"
        "            os._exit(len(held) % 2)\n"
        "    time.sleep(4)\n"
    )
    verdict, message = lost(live(source)[0])
    assert verdict is Verdict.MEMORY
    assert message.endswith("256 MiB are allowed")


def test_what_forks_share_is_counted_once(live, walls):
    if walls.walls.level != "A":
        pytest.skip("no other processes at this level")
    source = (
        "import os, time\n"
        "held = bytearray(b'x') * (100 * 2**20)\n"
        "def f():\n"
        "    for _ in range(4):\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(1)\n"
        "            os._exit(held[5] % 2)\n"
        "    for _ in range(4): os.wait()\n"
        "    return 'all ended'\n"
    )
    assert live(source)[0].call("f", (), {}).value == "all ended"


def test_files_have_a_size_and_the_message_says_which(live):
    verdict, message = lost(live("def f():\n    open('big', 'wb').write(bytes(20 * 2**20))\n")[0])
    assert verdict is Verdict.ERROR
    assert message.endswith("(a file may have 16 MiB)")


def test_all_files_together_have_a_size(live):
    source = (
        "import time\n"
        "def f():\n"
        "    for number in range(4): open(f'part {number}', 'wb').write(bytes(12 * 2**20))\n"
        "    time.sleep(4)\n"
    )
    verdict, message = lost(live(source)[0])
    assert (verdict, message.rpartition("; ")[2]) == (Verdict.CRASH, "32 MiB are allowed") or (
        verdict is Verdict.ERROR and message.endswith("(32 MiB in 200 files may be written)")
    )


def test_the_number_of_files_is_limited(live):
    source = "import time\ndef f():\n    for number in range(400): open(str(number), 'w').close()\n    time.sleep(4)\n"
    verdict, message = lost(live(source)[0])
    assert (verdict is Verdict.CRASH and re.fullmatch(r"it wrote \d+ files; 200 are allowed", message)) or (
        verdict is Verdict.ERROR and message.endswith("(32 MiB in 200 files may be written)")
    )


def test_open_files_are_limited(live):
    verdict, message = lost(live("def f():\n    return len([open('/dev/null') for _ in range(100)])\n")[0])
    assert verdict is Verdict.ERROR
    assert message.endswith("(64 files may be open)")


def test_processes_are_limited_where_there_may_be_any(live, walls):
    source = (
        "import os, time\n"
        "def f():\n"
        "    for _ in range(60):\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(5)\n"
        "            os._exit(0)\n"
    )
    verdict, message = lost(live(source)[0])
    assert verdict is Verdict.ERROR
    assert message.endswith("(24 processes and threads are allowed)" if walls.walls.level == "A" else "Operation not permitted")


def test_an_exit_says_its_code_and_a_crash_its_signal(live):
    solution, _ = live("import ctypes, os\ndef f():\n    os._exit(3)\ndef g():\n    ctypes.string_at(1)\n")
    assert lost(solution) == (Verdict.CRASH, "its process ended itself with exit code 3")
    solution.begin_check("a2")
    assert lost(solution, "g") == (Verdict.CRASH, "its process crashed (SIGSEGV)")


def test_after_a_loss_the_next_check_finds_the_submission_loaded_again(live):
    solution, _ = live("import os\ncalls = []\ndef f():\n    os._exit(1)\ndef g():\n    calls.append(1)\n    return len(calls)\n")
    assert solution.call("g", (), {}).value == 1
    lost(solution)
    assert lost(solution, "g") == (Verdict.CRASH, "its process ended itself with exit code 1")  # the same check: at once
    solution.begin_check("a2")
    assert solution.call("g", (), {}).value == 1


def test_a_submission_that_dies_whenever_it_is_loaded_again_is_given_up_after_a_few(live):
    again = "import time\nstart = time.monotonic()\nif start > {limit}: time.sleep(60)\ndef f():\n    time.sleep(60)\n"
    limits = replace(LITTLE, load_s=0.7, call_s=0.2, losses_per_question=9)
    solution, loading = live(again.format(limit=time.monotonic() + 0.5), limits)
    assert not loading.incidents
    time.sleep(0.6)
    assert lost(solution) == (Verdict.TIMEOUT, "no answer within 0.2 s")
    for question in ("a2", "a3", "a4"):
        solution.begin_check(question)
        assert lost(solution) == (Verdict.TIMEOUT, "while the file ran again, no answer within 0.7 s")
    start = time.monotonic()
    solution.begin_check("a5")
    assert lost(solution)[0] is Verdict.TIMEOUT
    assert time.monotonic() - start < 0.5  # it was not started once more
