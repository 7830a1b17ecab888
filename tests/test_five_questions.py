"""The small assignment of the benchmarks: it grades right, its classes follow from their seed, and the peers are asked the same.

That a peer can be installed is no part of these tests: `benchmarks/overhead.py` holds each to the right scores before it
measures.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.five_questions.figures import (
    BATCH,
    GRADE,
    IMPORT,
    Sample,
    Way,
    markdown,
    pace_rows,
    peer_rows,
    times_below,
    warm_rows,
)
from benchmarks.five_questions.figures import cold_rows as cold_rows_of
from benchmarks.five_questions.making import (
    HERE,
    KINDS,
    SLUG,
    make_class,
    module_text,
    notebook_text,
    points_of_questions,
    right_answers,
    variants,
    write_answers,
    wrong_answers,
)
from benchmarks.five_questions.running import run_command
from benchmarks.five_questions.translating import CHECKS, plain_tests
from benchmarks.overhead import BEGIN, END, write_between_marks
from grader.pipeline import Job, grade
from grader.specs import read_assignment

QUESTIONS = tuple(points_of_questions())
WRONG = [(question, variant) for question in QUESTIONS for variant in variants(question, "wrong")]


@pytest.fixture(scope="module")
def five_questions():
    return read_assignment(HERE / "assignments", SLUG)


# The assignment


def test_the_questions_have_the_names_points_and_signatures_of_conv_nets(five_questions, conv_nets):
    for question in five_questions.questions:
        original = conv_nets.question(question.id)
        assert (question.names, question.points, question.signature) == (original.names, original.points, original.signature)


@pytest.mark.parametrize("kind", KINDS)
def test_every_right_answer_gets_full_marks(kind, five_questions, sandbox, tmp_path):
    for number in range(max(len(variants(question, "right")) for question in QUESTIONS)):
        chosen = {q: variants(q, "right")[number % len(variants(q, "right"))] for q in QUESTIONS}
        answers = type(right_answers())(student=f"right_{number}", remark="", variants=chosen)
        made = write_answers(tmp_path, answers, kind=kind)
        report = grade(Job(assignment=five_questions, path=made.path, hidden=True), sandbox=sandbox)
        assert not report.faults
        assert report.score.points == report.score.out_of == sum(points_of_questions().values()) == answers.points


@pytest.mark.parametrize(("question", "variant"), WRONG)
def test_a_wrong_answer_loses_its_own_question_and_no_other(question, variant, five_questions, sandbox, tmp_path):
    made = write_answers(tmp_path, wrong_answers(question, variant), kind="py")
    report = grade(Job(assignment=five_questions, path=made.path, hidden=True), sandbox=sandbox)
    assert not report.faults
    assert {q.question.id: q.points for q in report.score.questions} == {**points_of_questions(), question: 0.0}
    assert report.score.points == made.answers.points


# The tests of the peers


def test_the_peers_are_asked_every_comparison_of_every_check():
    comparisons = [
        node for node in ast.walk(ast.parse(CHECKS.read_text(encoding="utf-8"))) if isinstance(node, ast.Call) and _compares(node)
    ]
    statements = [statement for test in plain_tests().tests for statement in test.statements]
    assert len(comparisons) == len(statements) > 4 * len(QUESTIONS) - 1
    assert [test.question for test in plain_tests().tests] == list(QUESTIONS)


def _compares(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id.startswith("assert_")


def failed_questions(source: str) -> list[str]:
    """Return the questions whose plain test this submission fails, in this process."""
    plain = plain_tests()
    failed = []
    for test in plain.tests:
        namespace: dict[str, object] = {}
        exec(f"{source}\n{plain.setup}", namespace)
        try:
            exec(test.body(), namespace)
        except (AssertionError, ValueError, NotImplementedError):
            failed.append(test.question)
    return failed


@pytest.mark.parametrize(("question", "variant"), [("", ""), *WRONG])
def test_the_plain_tests_fail_where_the_checks_fail(question, variant):
    answers = wrong_answers(question, variant) if question else right_answers()
    assert failed_questions(module_text(answers)) == ([question] if question else [])


def test_a_prefix_stands_before_every_call_of_the_submission_and_nowhere_else():
    for test in plain_tests().tests:
        bare, prefixed = test.body(), test.body(prefix="submission.", indent="    ")
        assert prefixed.replace("submission.", "").replace("    ", "") == bare
        assert prefixed.count(f"submission.{test.function}(") == len(test.statements)


@pytest.mark.parametrize(
    "lines",
    [
        "    assert solution.f(1) == 2",
        "    assert_int(solution.f(1), 2, 3)",
        "    assert_float(solution.f(1), 2.0)",
        "    got = solution.f(1)\n    assert_int(got, 2)",
        "    for n in (1, 2):\n        assert_int(solution.f(n), n)",
        "    assert_int(solution.f(1), 2)\n    assert_int(solution.g(1), 2)",
    ],
)
def test_a_check_that_cannot_be_translated_whole_is_refused(lines, tmp_path):
    path = tmp_path / "checks_public.py"
    path.write_text(f'@question("a1")\ndef check_it(solution):\n    """A rule."""\n{lines}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"translated|unpack"):
        plain_tests(path)


# The classes


@pytest.mark.parametrize("kind", [*KINDS, "mixed"])
def test_the_same_seed_makes_the_same_class_and_another_seed_another(kind, tmp_path):
    first, again, other = (
        make_class(tmp_path / name, 40, kind=kind, hostile_share=0.1, seed=seed)
        for name, seed in (("first", 3), ("again", 3), ("other", 4))
    )
    assert contents(tmp_path / "first") == contents(tmp_path / "again") != contents(tmp_path / "other")
    assert [(made.student, made.answers, made.hostile) for made in first] == [
        (made.student, made.answers, made.hostile) for made in again
    ]
    assert [made.student for made in first] == sorted(made.student for made in first)
    assert len({made.path for made in other}) == 40


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@given(count=st.integers(0, 60), share=st.sampled_from((0.0, 0.1, 0.5, 1.0)), seed=st.integers(0, 5))
def test_a_class_has_as_many_hostile_ones_as_asked_for(tmp_path_factory, count, share, seed):
    made = make_class(tmp_path_factory.mktemp("class"), count, kind="mixed", hostile_share=share, seed=seed)
    assert len(made) == count
    assert sum(bool(one.hostile) for one in made) == round(count * share)
    assert all(one.path.exists() and bool(one.hostile) != bool(one.answers) for one in made)
    assert all(n == 1 for n in Counter(one.hostile for one in made if one.hostile).values())


def test_a_class_holds_right_ones_and_ones_wrong_in_each_question_and_no_two_alike(tmp_path):
    made = make_class(tmp_path, 200)
    wrong = Counter(one.answers.wrong for one in made)
    assert set(wrong) == {"", *QUESTIONS}
    assert 60 < wrong[""] < 140
    assert len({one.path.read_bytes() for one in made}) == 200


def test_a_notebook_holds_the_cells_of_the_module():
    cells = json.loads(notebook_text(right_answers()))["cells"]
    code = [cell["source"].rstrip("\n") for cell in cells if cell["cell_type"] == "code"]
    assert code == [part.strip("\n") for part in module_text(right_answers()).split("\n\n\n")]
    assert len({cell["id"] for cell in cells}) == len(cells)


# The figures


def samples_of(times: dict[Way, list[float]]) -> list[Sample]:
    return [Sample(way=way, turn=turn, wall_s=wall_s) for way, walls in times.items() for turn, wall_s in enumerate(walls)]


def batch(size: int, jobs: int = 1, kind: str = "py") -> Way:
    return Way(command=BATCH, kind=kind, jobs=jobs, size=size)


@given(
    start_s=st.floats(0, 100),
    each_s=st.floats(0.001, 10),
    computed_s=st.floats(0, 0.001),
    sizes=st.lists(st.integers(1, 5000), min_size=2, max_size=4, unique=True),
)
def test_starting_a_batch_and_what_the_students_compute_are_no_part_of_its_own_cost(start_s, each_s, computed_s, sizes):
    samples = samples_of({batch(size): [start_s + size * (each_s + computed_s)] for size in sizes})
    rows = warm_rows(samples, {"py": computed_s})
    assert len(rows) == len(sizes) - 1
    for row in rows:
        assert row.median == pytest.approx(each_s, rel=1e-6, abs=1e-6)


def test_a_batch_that_ran_once_is_compared_with_the_median_of_a_peer():
    times = {batch(20): [4.0], batch(220): [24.0], Way(command="pytest", kind="py"): [9.0, 3.0, 2.0]}
    (row,) = warm_rows(samples_of(times), {"py": 0.0})
    assert times_below(row, peer_rows(cold_rows_of(samples_of(times), {}))["pytest"]) == pytest.approx(30)


def test_the_budget_is_held_against_the_two_sizes_that_lie_farthest_apart():
    times = {batch(20): [4.0, 4.0], batch(200): [40.0, 40.0], batch(2000): [220.0]}
    text = markdown(samples_of(times), {"py": 0.0}, {})
    assert "| own cost of a `.py` in a warm batch | at most 150 ms | 100 ms |" in text


def test_the_time_between_reports_knows_nothing_of_the_rest_of_a_batch():
    samples = [Sample(way=batch(20), turn=turn, wall_s=50.0, pace_s=pace_s) for turn, pace_s in enumerate((0.3, 0.1, 0.2))]
    (row,) = pace_rows(samples, {"py": 0.05})
    assert row.median == pytest.approx(0.15)
    assert row.label == "`batch --jobs 1`, between the reports of 20 `.py`"
    assert pace_rows(samples_of({batch(20): [50.0], Way(command=GRADE, kind="py"): [4.0]}), {"py": 0.0}) == []


def test_batches_of_other_kinds_and_workers_make_no_slope():
    samples = samples_of({batch(20, jobs=1): [3.0], batch(200, jobs=2): [9.0], batch(2000, jobs=2, kind="ipynb"): [99.0]})
    assert warm_rows(samples, {"py": 0.0, "ipynb": 0.0}) == []


def test_a_batch_that_ran_in_some_rounds_only_is_compared_within_those():
    times = {batch(20): [3.0, 5.0, 4.0], batch(200): [21.0, 41.0], Way(command="otter", kind="py"): [4.0, 6.0, 1000.0]}
    (row,) = warm_rows(samples_of(times), {"py": 0.0})
    peers = peer_rows(cold_rows_of(samples_of(times), {}))
    assert dict(row.by_turn) == {0: pytest.approx(0.1), 1: pytest.approx(0.2)}
    assert times_below(row, peers["otter"]) == pytest.approx((40 + 30) / 2)


def test_a_peer_is_compared_by_its_row_of_the_same_kind_or_else_by_its_only_one():
    times = {
        Way(command="otter", kind="py"): [4.0],
        Way(command="otter", kind="ipynb"): [8.0],
        Way(command="pytest", kind="py"): [2.0],
    }
    grade_notebook = Way(command=GRADE, kind="ipynb")
    rows = cold_rows_of(samples_of({**times, grade_notebook: [1.0]}), {})
    (own,) = (row for row in rows if row.way == grade_notebook)
    assert {name: times_below(own, peer) for name, peer in peer_rows(rows).items()} == {"otter": 8.0, "pytest": 2.0}


def test_a_peer_that_grades_many_in_one_command_is_compared_at_its_cheapest():
    times = {Way(command="nbgrader", kind="ipynb"): [5.0], Way(command="nbgrader", kind="ipynb", size=4): [12.0]}
    text = markdown(samples_of({**times, batch(1): [1.0], batch(11): [2.0]}), {"py": 0.0, "ipynb": 0.0}, {})
    assert "| `batch --jobs 1`, from 1 to 11 `.py` | 1 | 100 ms | 100 ms to 100 ms | 30 |" in text
    assert "| nbgrader, `.ipynb`, 4 in one command | 1 | 3.00 s |" in text


def test_the_tables_say_what_was_measured_what_was_not_and_what_the_budgets_are():
    times = {
        Way(command=IMPORT): [2.0, 2.0],
        Way(command=GRADE, kind="py"): [4.0, 4.5],
        Way(command="pytest", kind="py"): [3.0, 3.0],
        batch(20): [5.0, 5.0],
        batch(200): [14.0, 23.0],
        batch(20, jobs=2): [5.0, 5.0],
        batch(200, jobs=2): [9.5, 14.0],
    }
    memory = [
        Sample(way=batch(size), turn=2, wall_s=wall_s, peak_bytes=mib * 2**20)
        for size, wall_s, mib in ((20, 5.0, 100), (200, 14.0, 103))
    ]
    text = markdown([*samples_of(times), *memory], {"py": 0.0}, {"otter": "it would not install"})
    for line in (
        "| `grade`, `.py` | 2 | 4.25 s | 4.12 s to 4.38 s | 0.708 |",
        "| own cost of a `.py` in a warm batch | at most 150 ms | 50 ms |",
        "| two workers on `.py` | at least 1.8 times one | 2.00 times |",
        "| `grade`, `.py`, cold | two imports of torch and 1 s: 5.00 s | 4.25 s |",
        "| `.py`, `--jobs 1` | 200 | 103.0 MiB | 3.0 MiB |",
        "otter was not run: it would not install",
    ):
        assert line in text


def test_the_expected_tensors_of_the_checks_are_those_of_torch():
    namespace: dict[str, object] = {"conv2d": lambda x, w: torch.nn.functional.conv2d(x[None, None], w[None, None])[0, 0]}
    exec(plain_tests().setup, namespace)
    (test,) = (test for test in plain_tests().tests if test.question == "b1")
    exec(test.body(), namespace)


def test_the_tables_replace_those_of_the_last_run_and_nothing_else(tmp_path):
    path = tmp_path / "performance.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_between_marks(path, "new\n")
    assert path.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    write_between_marks(tmp_path / "fresh.md", "new\n")
    assert (tmp_path / "fresh.md").read_text(encoding="utf-8") == f"\n{BEGIN}\nnew\n{END}\n"


# Commands

ALLOCATE = "import time; held = bytearray(96 * 2**20); time.sleep(0.5)"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say how much memory a process holds")
def test_the_memory_of_a_command_is_its_own_and_not_that_of_its_children(tmp_path):
    alone = run_command([sys.executable, "-c", ALLOCATE], folder=tmp_path)
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ALLOCATE!r}])"
    above = run_command([sys.executable, "-c", parent], folder=tmp_path)
    assert alone.peak_bytes > 96 * 2**20 > above.peak_bytes > 2**20
    assert min(alone.wall_s, above.wall_s) >= 0.5


def test_a_command_that_fails_says_how_and_one_that_takes_too_long_is_ended(tmp_path):
    ran = run_command([sys.executable, "-c", "import sys; print('x' * 9000); sys.exit('the end')"], folder=tmp_path)
    assert (ran.code, ran.output[-8:].strip()) == (1, "the end")
    assert len(ran.output) < 5000
    with pytest.raises(subprocess.TimeoutExpired):
        run_command([sys.executable, "-c", "import time; time.sleep(60)"], folder=tmp_path, limit_s=0.3)
