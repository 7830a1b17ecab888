"""A file of an older grader is brought up to date without a loss; one that is newer, foreign or damaged is refused in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from grader import __version__
from grader.model import Verdict
from grader.store.failing import StoreError
from grader.store.schema import STEPS, migrate
from grader.store.store import Store
from tests.store.realistic import KEYS, NEXT_SETTING, SETTING, entry, graded, stamp_of

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")  # written by the first version, never to change


@pytest.fixture
def old(path):
    """A file as the first version left it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    return path


def version_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def tables_of(connection):
    return [
        (name, " ".join(sql.split()))
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name")
    ]


def changed(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_the_first_step_is_the_one_that_was_released():
    with closing(sqlite3.connect(":memory:")) as released, closing(sqlite3.connect(":memory:")) as ours:
        released.executescript(VERSION_1)
        ours.executescript(";".join(STEPS[0]))
        assert tables_of(ours) == tables_of(released)


def test_a_file_of_the_first_version_opens_with_everything_in_it(old):
    assert version_of(old) == 1
    with Store(old) as store:
        zoe, ada, bob = store.grades()
        assert [one.entry.id for one in (zoe, ada, bob)] == ["Zoë", "ada", "bob"]
        assert zoe.entry.origin == "\udc80 Zoë"
        assert (bob.report, bob.tries) == (None, 1)
        header = ada.report
        assert (header.setting, header.points, header.out_of, header.verdict) == (SETTING, 0.0, 70.0, Verdict.FAIL)
        assert header.at.startswith("2026-11-21T")
        assert store.result_of("ada")["submission"]["id"] == "ada"
        assert [len(store.known(stamp_of(id), KEYS)) for id in ("ada", "Zoë", "bob")] == [2, 2, 0]
        (proposal,) = store.proposals()
        assert (proposal.id, proposal.after["score"]["points"], proposal.before_setting) == ("ada", 70.0, {"points": {"a1": 2.0}})
        assert [(one.id, one.what, one.who) for one in store.audit()] == [
            ("ada", "graded", "instructor@office"),
            ("Zoë", "graded", "instructor@office"),
        ]
        assert [run.command for run in store.runs()] == ["grade.py batch conv_nets class -o out"]


def test_what_came_with_the_second_version_works_in_a_file_of_the_first(old):
    with Store(old) as store:
        assert not store.page_is_current("ada")
        store.note_page("ada")
        assert store.page_is_current("ada")
        store.accept(["ada"], why="")
        assert not store.page_is_current("ada")
        store.save("bob", **graded("bob").in_setting(NEXT_SETTING))
        assert [one.what for one in store.audit()] == ["graded", "graded", "regraded", "graded"]
    assert version_of(old) == len(STEPS)


def test_an_old_file_becomes_what_a_new_one_is(old, tmp_path):
    new = tmp_path / "new.sqlite"
    Store(old).close()
    Store(new).close()
    with closing(sqlite3.connect(old)) as one, closing(sqlite3.connect(new)) as other:
        assert tables_of(one) == tables_of(other)
        query = "SELECT version, grader FROM written_by ORDER BY version"
        assert other.execute(query).fetchall() == [(number + 1, __version__) for number in range(len(STEPS))]
        assert [version for version, _ in one.execute(query)] == [1, 2]


def test_a_step_that_fails_leaves_nothing_of_itself(old):
    Store(old).close()
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        before = tables_of(connection)
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, (*STEPS, ("CREATE TABLE third (a)", "UPDATE reports SET points = 0", "nonsense")))
        assert tables_of(connection) == before
    assert version_of(old) == len(STEPS)
    with Store(old) as store:
        assert store.grade_of("Zoë").report.points > 0


def test_several_processes_may_bring_one_file_up_to_date_at_once(old, start):
    program = """
import sys
from pathlib import Path
from grader.store.store import Store
print("ready", flush=True)
sys.stdin.readline()
with Store(Path(sys.argv[1])) as store:
    print(len(list(store.grades())), flush=True)
"""
    for path, count in ((old, "3"), (old.with_name("new.sqlite"), "0")):
        processes = [start(program, path) for _ in range(4)]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            output, errors = process.communicate(timeout=60)
            assert (output.strip(), errors) == (count, "")
        assert version_of(path) == len(STEPS)


CROWD = """
import os, sys, time
from pathlib import Path
from grader.store.store import Store
lost = 0
for number in range(150):
    at, children = time.monotonic() + 0.03, []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            while time.monotonic() < at:
                pass
            with Store(Path(sys.argv[1]) / f"{number}.sqlite") as store:
                store.enrol([])
            os._exit(0)
        children.append(child)
    lost += sum(os.waitpid(child, 0)[1] != 0 for child in children)
print(lost)
"""


@pytest.mark.slow
def test_however_often_a_crowd_makes_one_file_at_once_nobody_is_turned_away(tmp_path, start):
    crowd = start(CROWD, tmp_path)
    output, errors = crowd.communicate(timeout=300)
    assert (output, errors) == ("0\n", "")


def test_a_file_of_a_newer_grader_is_refused_with_the_grader_to_use_and_left_alone(path):
    Store(path).close()
    changed(path, "PRAGMA user_version = 99", "INSERT INTO written_by VALUES (99, '7.3.1', '2030-01-01')")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=rf"written by grader 7\.3\.1 .*reads formats up to {len(STEPS)}; use grader 7\.3\.1 or"):
        Store(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(path):
    changed(path, "CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="database of another program; move it away or choose another folder"):
        Store(path)
    assert path.read_bytes() == before


def test_an_empty_file_is_a_new_store(path):
    path.touch()
    with Store(path) as store:
        store.enrol([(entry("ada"), "")])
        assert store.grade_of("ada").report is None


@pytest.mark.parametrize("content", [b"id,points\nada,7\n" * 99, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_refused_with_what_to_do(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"results\.sqlite is damaged or holds no results; move it away or put a copy back"):
        Store(path)
    assert path.read_bytes() == content


def test_a_file_that_is_damaged_is_told_from_one_that_is_whole(path):
    with Store(path) as store:
        store.enrol((entry(f"s{number}"), stamp_of(f"s{number}")) for number in range(40))
        for number in range(40):
            store.save(f"s{number}", **graded(f"s{number}").in_setting())
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    with pytest.raises(StoreError, match="is damaged"), Store(path) as store:
        list(store.results())
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreError, match="is damaged"), Store(path) as store:
        list(store.results())


@pytest.mark.parametrize("data", ["x'789c0000'", "x'5b31'", "x'ff'"])
def test_a_damaged_record_is_told_with_its_file_and_spoils_no_other(path, data):
    with Store(path) as store:
        store.enrol((entry(id), "") for id in ("ada", "bob"))
        for id in ("ada", "bob"):
            store.save(id, **graded(id).in_setting())
    changed(path, f"UPDATE reports SET result = {data} WHERE id = 'ada'", "UPDATE reports SET kept_for = '[' WHERE id = 'ada'")
    with Store(path) as store:
        for read in (store.result_of, store.grade_of):
            with pytest.raises(StoreError, match=r"results\.sqlite is damaged .* put a copy back"):
                read("ada")
        assert store.result_of("bob") == graded("bob").result


@pytest.mark.parametrize("name", ["", "missing/results.sqlite"])
def test_a_place_where_no_file_can_be_is_refused_with_what_to_do(tmp_path, name):
    with pytest.raises(StoreError, match="cannot be opened or written to; check that its folder is there"):
        Store(tmp_path / name)


def test_a_name_with_odd_characters_is_a_name_like_others(tmp_path):
    folder = tmp_path / "out?mode=ro#%20 é"
    folder.mkdir()
    Store(folder / "results.sqlite").close()
    assert (folder / "results.sqlite").exists()


def test_a_store_that_was_closed_says_so(path):
    store = Store(path)
    store.close()
    with pytest.raises(StoreError, match="closed database"):
        store.result_of("ada")
