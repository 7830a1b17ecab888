"""A class by the real command line: graded once, gone on with after any end, graded again only where something changed."""

from __future__ import annotations

import csv
import os
import random
import signal
import time

import pytest

from grader.store.store import Store
from tests.batch.course import POINTS, RIGHT, SOON_S, wait_for, without_times


def graded(done):
    """Return what a batch said of how many it graded, or an empty text."""
    return next((line for line in done.stderr.splitlines() if line.startswith("graded ")), "")


def test_a_class_is_graded_and_the_same_command_grades_nothing_twice(course):
    done = course.grade()
    assert done.returncode == 0, done.stderr
    assert course.points() == POINTS
    assert graded(done) == "graded 6: 1 pass, 2 fail, 1 timeout, 1 missing, 1 unreadable"
    assert str(course.folder / "index.html") in done.stdout
    for name in POINTS:
        assert (course.folder / "reports" / name / "index.html").is_file()
        assert (course.folder / "reports" / name / "result.json").is_file()
    with (course.folder / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["id"]: float(row["total"]) for row in csv.DictReader(file)} == POINTS
    before = course.results()
    again = course.grade()
    assert again.returncode == 0, again.stderr
    assert graded(again) == ""
    assert course.results() == before
    assert [what for _, what in course.trail()] == ["graded"] * 6


@pytest.mark.slow
def test_who_hands_in_later_or_anew_is_graded_and_nobody_else(course):
    course.grade()
    before = course.results()
    (course.hand_ins / "cem.py").write_text(RIGHT)
    (course.hand_ins / "gil.py").write_text(RIGHT)
    done = course.grade()
    assert graded(done) == "graded 2: 2 pass"
    assert course.points() == {**POINTS, "cem": 10.0, "gil": 10.0}
    assert {name: course.results()[name] for name in ("ada", "bea", "dan", "eve")} == {
        name: before[name] for name in ("ada", "bea", "dan", "eve")
    }
    assert course.trail("cem") == [("cem", "graded"), ("cem", "handed in anew")]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_scores_do_not_depend_on_workers_order_or_neighbours(course, jobs, tmp_path):
    course.grade("--jobs", jobs)
    whole = course.results()
    for name in ("eve.zip", "fox.py", "dan.py", "ada.py"):
        (course.hand_ins / name).unlink()
    alone = tmp_path / "alone"
    course.grade("--jobs", "1", folder=alone)
    assert without_times(course.results(alone)) == without_times({name: whole[name] for name in ("bea", "cem")})


@pytest.mark.slow
def test_after_an_edit_only_that_check_is_asked_and_what_changes_is_shown_before_it_is_written(course):
    course.grade()
    before = course.results()
    course.edit("assert_int(solution.halve(9), 4)", "assert_int(solution.halve(9), 5)")
    done = course.grade()
    assert done.returncode == 1
    changed = ("ada", "bea", "cem", "dan")
    assert {name: course.results()[name] for name in changed} == {name: before[name] for name in changed}, "nobody said yes"
    assert "4 reports change: 1 gain, 3 lose" in done.stdout
    assert "check_halve_odd was edited: pass became fail" in " ".join(done.stdout.split())
    assert "--yes" in done.stderr
    assert (course.folder / "changes.csv").read_text().count("\n") == 5
    done = course.grade("--yes")
    assert done.returncode == 0
    assert graded(done) == "", "the reports were made before and only waited"
    assert course.points() == {**POINTS, "ada": 7.0, "bea": 10.0, "cem": 3.0, "dan": 3.0}
    for name in changed:
        old, new = (
            {check["id"]: check for question in results[name]["questions"] for check in question["checks"]}
            for results in (before, course.results())
        )
        for check in ("check_double", "check_halve_even"):  # the time that it took is that of the only run
            assert new[check] == {**old[check], "points": new[check]["points"]}
        assert new["check_halve_odd"]["verdict"] != old["check_halve_odd"]["verdict"]
    assert course.trail("ada") == [("ada", "graded"), ("ada", "regraded")]
    with Store(course.folder / "results.sqlite") as store:
        entry = list(store.audit("ada"))[-1]
    assert (entry.points_before, entry.points_after) == (10.0, 7.0)
    assert "check_halve_odd was edited" in entry.why


@pytest.mark.slow
def test_changes_that_wait_are_gone_when_the_check_is_edited_back(course):
    course.grade()
    before = course.points()
    course.edit("assert_int(solution.halve(9), 4)", "assert_int(solution.halve(9), 5)")
    assert course.grade().returncode == 1
    course.edit("assert_int(solution.halve(9), 5)", "assert_int(solution.halve(9), 4)")
    done = course.grade("--yes")
    assert done.returncode == 0
    assert "reports change" not in done.stdout
    assert course.points() == before


@pytest.mark.slow
def test_a_comment_in_the_checks_changes_nothing_and_asks_nothing(course):
    course.grade()
    course.edit("for n in (0, 3, -4):", "for n in (0, 3, -4):  # small ones")
    assert graded(course.grade()) == ""


@pytest.mark.slow
def test_never_lower_keeps_the_old_report_and_does_not_ask_again(course):
    course.grade()
    course.edit("assert_int(solution.halve(9), 4)", "assert_int(solution.halve(9), 5)")
    done = course.grade("--yes", "--never-lower")
    assert done.returncode == 0
    assert course.points() == {**POINTS, "bea": 10.0}
    assert course.trail("ada") == [("ada", "graded"), ("ada", "kept")]
    done = course.grade("--yes")
    assert graded(done) == ""
    assert course.points() == {**POINTS, "bea": 10.0}


@pytest.mark.slow
def test_a_fault_is_tried_again_costs_nothing_and_is_graded_when_the_check_is_mended(course):
    course.edit("assert_int(solution.halve(9), 4)", "assert_int(solution.halve(9), undefined_name)")
    done = course.grade()
    assert done.returncode == 3
    assert "not graded, our problem" in done.stdout
    results = course.results()
    assert not results["ada"]["score"]["complete"]
    assert results["ada"]["faults"]
    assert course.trail("ada") == [("ada", "fault")] * 3
    assert results["eve"]["score"]["complete"], "an unreadable file is no fault"
    course.edit("undefined_name", "4")
    done = course.grade()
    assert done.returncode == 0, done.stdout + done.stderr
    assert course.points() == POINTS


def test_the_second_batch_on_a_folder_is_told_who_is_at_work(course):
    with course.start() as first:
        wait_for((course.folder / "results.sqlite").exists)
        second = course.grade()
        os.killpg(first.pid, signal.SIGKILL)
    assert second.returncode == 2
    assert f"process {first.pid} on " in second.stderr
    assert "wait for it or choose another folder" in second.stderr


@pytest.mark.slow
def test_an_interrupt_ends_within_two_seconds_says_what_was_done_and_the_same_command_goes_on(course):
    with course.start("--jobs", "1") as process:
        wait_for(lambda: (course.folder / "reports" / "ada" / "index.html").exists())
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody in the foreground gets it
        out, err = process.communicate(timeout=SOON_S)
        took_s = time.monotonic() - start
    assert process.returncode == 130, err
    assert took_s < 2.0
    assert "Traceback" not in out + err
    assert "of 6 submissions have a report, all stored; the same command goes on:" in err
    done = course.grade()
    assert done.returncode == 0
    assert course.points() == POINTS
    assert [what for _, what in course.trail()] == ["graded"] * 6


@pytest.mark.slow
def test_killed_at_any_moment_the_same_command_goes_on_to_the_same_result(course, tmp_path):
    for number in range(12):
        (course.hand_ins / f"more_{number}.py").write_text(RIGHT + f"# {number}\n")
    whole = tmp_path / "whole"
    assert course.grade(folder=whole).returncode == 0
    chance = random.Random(7)
    for _ in range(6):
        with course.start() as process:
            time.sleep(chance.uniform(0.5, 12.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    done = course.grade()
    assert done.returncode == 0, done.stderr
    assert without_times(course.results()) == without_times(course.results(whole))
    assert sorted(course.trail()) == sorted((name, "graded") for name in course.results())


@pytest.mark.slow
def test_when_the_assignment_is_edited_meanwhile_the_batch_stops_and_says_so(course):
    with course.start("--jobs", "1") as process:
        wait_for(lambda: (course.folder / "reports" / "ada" / "index.html").exists())
        course.edit('"""Twice the number."""', '"""Two times the number."""')
        _, err = process.communicate(timeout=SOON_S)
    assert process.returncode == 3
    assert "the files of small changed while the batch ran" in err
    assert course.grade("--yes").returncode == 0
    assert course.points() == POINTS
