"""Kill the batch at any moment: what it said was saved is there whole, nothing is there by half, and the same command goes on."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing

import pytest

from grader.store.store import Store
from tests.store.realistic import KEYS, NEXT_SETTING, SETTING, entry, graded, stamp_of

ROUNDS = 8
SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
from grader.store.store import Store
from tests.store.realistic import NEXT_SETTING, entry, graded, stamp_of
path, first = Path(sys.argv[1]), int(sys.argv[2])
works = [graded(f"pattern {number}", lost=0.5) for number in range(3)]
with Store(path) as store:
    for number in range(first, first + 100_000):
        id = f"s{number:06}"
        work = replace(works[number % 3], stamp=stamp_of(id))
        store.save(id, **work.in_setting())
        print("saved", id, flush=True)
        store.propose(id, **replace(works[(number + 1) % 3], stamp=work.stamp).in_setting(NEXT_SETTING))
        print("proposed", id, flush=True)
        store.accept([id], why="a test")
        print("accepted", id, flush=True)
"""
OPENER = """
import sys
from pathlib import Path
from grader.store.store import Store
print("opening", flush=True)
Store(Path(sys.argv[1]))
"""
STAGES = ("saved", "proposed", "accepted")


def stage_of(store, id, results):
    """Return how far a submission has come; everything that belongs to it must be there, and nothing beyond."""
    audited = [entry.what for entry in store.audit(id)]
    header, result = store.grade_of(id).report, store.result_of(id)
    assert result in results
    assert (header.stamp, header.points) == (stamp_of(id), result["score"]["points"])
    assert len(store.known(stamp_of(id), KEYS)) == 80
    proposal = results_of_proposals(store).get(id)
    if header.setting == NEXT_SETTING:
        assert (audited, proposal) == (["graded", "regraded"], None)
        return 2
    assert (audited, header.setting) == (["graded"], SETTING)
    assert proposal is None or proposal in results
    return 0 if proposal is None else 1


def results_of_proposals(store):
    return {proposal.id: proposal.after for proposal in store.proposals()}


def entry_of(id):
    return entry(id), stamp_of(id)


def test_what_was_saved_before_a_kill_is_whole_and_nothing_is_there_by_half(path, start):
    draw = random.Random(4)
    results = [graded(f"pattern {number}", lost=0.5).result for number in range(3)]
    reached = {}
    for _ in range(ROUNDS):
        first = len(reached)
        saver = start(SAVER, path, first)
        lines = [saver.stdout.readline() for _ in range(draw.randrange(1, 90))]
        time.sleep(draw.uniform(0.0, 0.01))  # somewhere in one of the next transactions
        saver.kill()
        lines += saver.stdout.readlines()
        assert saver.stderr.read() == ""
        for line in lines:
            if line.endswith("\n"):  # the last one may be cut
                stage, id = line.split()
                reached[id] = STAGES.index(stage)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            ids = {id for (id,) in connection.execute("SELECT id FROM reports UNION SELECT id FROM audit")}
        unsaid = ids - set(reached)
        assert set(reached) <= ids
        assert len(unsaid) <= 1  # committed, and killed before it could say so
        reached |= dict.fromkeys(unsaid, 0)
        with Store(path) as store:
            store.enrol(entry_of(id) for id in sorted(ids))
            found = {id: stage_of(store, id, results) for id in sorted(ids)[first:]}
        ahead = [id for id, stage in found.items() if stage != reached[id]]
        assert all(found[id] == reached[id] + 1 for id in ahead)
        assert len(ahead) + len(unsaid) <= 1
        reached |= found
    assert len(reached) > 10 * ROUNDS
    with Store(path) as store:
        assert [stored.report.stamp for stored in store.grades()] == [stamp_of(id) for id in sorted(reached)]


@pytest.mark.parametrize("moment_s", [0.0, 0.001, 0.003, 0.006, 0.012])
def test_a_kill_while_the_file_is_made_leaves_one_that_opens(path, start, moment_s):
    opener = start(OPENER, path)
    assert opener.stdout.readline() == "opening\n"
    time.sleep(moment_s)
    opener.kill()
    opener.communicate(timeout=60)
    with Store(path) as store:
        store.save("ada", **graded("ada").in_setting())
        assert store.result_of("ada") == graded("ada").result
