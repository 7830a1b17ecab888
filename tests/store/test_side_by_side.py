"""Others read while a batch writes; a full, closed or busy disk is told in words; and 10,000 submissions stay small."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import closing
from dataclasses import replace

import pytest

from grader.store.failing import StoreError
from grader.store.reports import COLUMNS
from grader.store.store import Store
from tests.store.conftest import ROOT
from tests.store.realistic import entry, graded, stamp_of

READER = """
import sys
from pathlib import Path
from grader.store.store import Store
with Store(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    most = reads = 0
    while most < int(sys.argv[2]):
        seen = [stored.report for stored in store.grades() if stored.report]
        assert len(seen) >= most, "a report was lost"
        most, reads = len(seen), reads + 1
        for entry, result in store.results():
            assert result is None or len(result["questions"]) == 20
            assert result is None or store.audit(entry.id)
    print(reads, flush=True)
"""
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM roll")
print("writing", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""
FILLING = """
import os, sys
from pathlib import Path
from grader.errors import GraderError
from grader.store.store import Store
from tests.store.realistic import graded
folder = Path(sys.argv[1])
spare = folder / "spare"
spare.write_bytes(b"x" * 300_000)
saved = []
def fill(count):
    for _ in range(count):
        id = f"s{len(saved)}"
        store.save(id, **graded(id).in_setting())
        saved.append(id)
with Store(folder / "results.sqlite") as store:
    try:
        fill(10_000)
    except GraderError as error:
        print(error)
    assert [id for id in saved if store.result_of(id) is None] == []
    assert store.result_of(f"s{len(saved)}") is None
    spare.unlink()
    before = len(saved)
    fill(3)
    print(before, len(saved), len(list(store.audit())))
"""
OPENING = """
import sys
from pathlib import Path
from grader.errors import GraderError
from grader.store.store import Store
try:
    with Store(Path(sys.argv[1])) as store:
        store.forget_everything()
except GraderError as error:
    print(error)
"""


def numbered(count):
    return [f"s{number:05}" for number in range(count)]


def test_others_read_whole_reports_while_a_batch_writes(store, path, start):
    ids = numbered(120)
    store.enrol((entry(id), stamp_of(id)) for id in ids)
    readers = [start(READER, path, len(ids)) for _ in range(2)]
    assert [reader.stdout.readline() for reader in readers] == ["ready\n"] * 2
    for id in ids:
        store.save(id, **graded(id).in_setting())
    for reader in readers:
        assert int(reader.stdout.read()) >= 1, reader.stderr.read()
        assert reader.wait(60) == 0


def test_a_reader_does_not_wait_for_who_writes(path, start):
    with Store(path) as store:
        store.enrol([(entry("ada"), "")])
    holder = start(HOLDER, path)
    assert holder.stdout.readline() == "writing\n"
    with Store(path, busy_s=0.0) as store:
        assert [one.entry.id for one in store.grades()] == ["ada"]


def test_who_finds_the_file_busy_waits_and_then_says_so(store, path, start):
    holder = start(HOLDER, path)
    assert holder.stdout.readline() == "writing\n"
    with Store(path, busy_s=0.1) as hasty, pytest.raises(StoreError, match="written to by another process that does not let go"):
        hasty.save("ada", **graded("ada").in_setting())
    began = time.monotonic()
    threading.Timer(0.5, holder.communicate, ["\n"]).start()
    store.save("ada", **graded("ada").in_setting())
    assert time.monotonic() - began > 0.4
    assert store.result_of("ada") is not None


def walled(*options):
    """Return the beginning of a command that sees this machine through other walls; skip the test where there are none."""
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *map(str, options), "--chdir", str(ROOT)]
    if shutil.which("bwrap") is None or subprocess.run([*command, "true"], capture_output=True).returncode != 0:
        pytest.skip("bubblewrap is not here or does not start")
    return [*command, sys.executable, "-c"]


def test_a_full_disk_is_told_loses_nothing_and_once_there_is_room_saving_goes_on(tmp_path):
    command = walled("--size", 1_500_000, "--tmpfs", tmp_path)
    done = subprocess.run([*command, FILLING, tmp_path], capture_output=True, text=True, timeout=120)
    message, counts = done.stdout.splitlines() if done.returncode == 0 else (done.stderr, "")
    assert "results.sqlite cannot grow: the disk is full; make room; what was saved before is safe" in message
    before, after, audited = map(int, counts.split())
    assert before > 20
    assert after == audited == before + 3


@pytest.mark.parametrize("is_new", [True, False])
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path, is_new):
    path = tmp_path / "results.sqlite"
    if not is_new:
        Store(path).close()
    done = subprocess.run([*walled(), OPENING, path], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "results.sqlite cannot be opened or written to; check that its folder is there and that you may write" in done.stdout


def test_a_disk_that_refuses_is_told(tmp_path):
    resource = pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", FILLING.replace("spare.unlink()", "raise SystemExit"), tmp_path],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "results.sqlite cannot be read or written to: the disk refuses; check the disk and its quota" in done.stdout


def test_who_did_it_is_told_also_where_the_user_has_no_name():
    command = walled("--unshare-user", "--uid", 54321, "--gid", 54321)
    program = "from grader.store.clock import who; print(who())"
    done = subprocess.run([*command, program], capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"]})
    assert done.stdout == f"user 54321@{platform.node()}\n", done.stderr


def test_saving_80_checks_takes_a_few_milliseconds(store):
    works = {id: graded(id) for id in numbered(100)}
    took_s = []
    for id, work in works.items():
        began_s = time.process_time()  # whatever else this machine does
        store.save(id, **work.in_setting())
        took_s.append(time.process_time() - began_s)
    assert statistics.median(took_s) < 0.01  # 0.002 on two slow cores


def test_ten_thousand_submissions_take_a_hundred_megabytes(path):
    ids = numbered(200)
    with Store(path) as store:
        store.enrol((entry(id), stamp_of(id)) for id in ids)
        for id in ids:
            store.save(id, **graded(id).in_setting())
    with closing(sqlite3.connect(path)) as connection:
        (lengths,) = connection.execute("SELECT avg(length(result)) FROM reports").fetchone()
    assert lengths < 6_000  # of 60,000 as result.json
    assert path.stat().st_size / len(ids) < 12_000


COPIES = """
    WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {last})
    INSERT INTO {table} (id, {columns})
    SELECT printf('s%05d', number), {columns} FROM numbers, {table} WHERE id = 's00000'
"""


@pytest.mark.parametrize("read", [Store.results, Store.proposals])
def test_reading_all_results_takes_no_more_memory_for_more_of_them(tmp_path, read):
    def peak(count):
        path, ids = tmp_path / f"{count}.sqlite", numbered(count)
        with Store(path) as store:
            # no paths: Python's own table of their parts would grow
            store.enrol((replace(entry(id), path=None), "") for id in ids)
            work = graded("ada")
            del work.result["questions"][2:]  # reading takes long under the eyes of tracemalloc
            store.save(ids[0], **work.in_setting())
            store.propose(ids[0], **work.in_setting())
        with closing(sqlite3.connect(path)) as connection, connection:
            for table in ("reports", "proposals"):
                connection.execute(COPIES.format(table=table, columns=COLUMNS, last=count - 1))
        with Store(path) as store:
            tracemalloc.start()
            try:
                assert sum(1 for _ in read(store)) == count
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    few, many = peak(100), peak(2500)
    assert many < few + 200_000  # all of them at once would take 40,000,000
