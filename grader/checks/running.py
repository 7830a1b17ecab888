"""Runs an assignment's checks over one solution: pytest in this process, with settings of its own."""

from __future__ import annotations

import ast
import gc
import importlib.util
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import hypothesis
import pytest
import torch

from grader.checks.calling import Calling
from grader.checks.check_files import check_files
from grader.checks.outcomes import Answers, Check
from grader.checks.plugin import JudgePlugin, Turns
from grader.checks.profile import SETTINGS
from grader.checks.source_rules import reached_names
from grader.errors import CheckError
from grader.model import Asked, Assignment, CheckResult, Fault, Profile, Question, SourceText, Verdict
from grader.solution import Solution

CONFIGURATION = Path(__file__).with_name("checks.ini")
# What pytest need not look at for every submission.
_NEEDLESS = (
    *("cacheprovider", "logging", "faulthandler", "doctest", "junitxml", "pastebin", "unittest", "setuponly", "setupplan"),
    *("stepwise", "unraisableexception", "threadexception", "legacypath"),
)
_LEAKS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the checks found."""

    results: tuple[CheckResult, ...]
    faults: tuple[Fault, ...]
    asked: tuple[Asked, ...] = ()  # every answer that led there


def run_checks(
    assignment: Assignment,
    solution: Solution,
    *,
    sources: Sequence[SourceText],
    hidden: bool,
    seed: int,
    turns: Turns,
    profile: Profile = Profile.FULL,
    questions: Collection[str] = (),
    known: Sequence[Asked] = (),
    imported_from: str | None = None,
) -> Findings:
    """Run the public checks, and the hidden ones too when `hidden`; `questions` limits them to some; `known` need not run.

    A question that fails while another on which it may build has failed as well is asked again with the judge's own
    function in that one's place, so that one defect costs one question. Raises CheckError for a wrong check file.
    """
    with _prepared(assignment.folder.parent.parent):
        judge = _Judge(
            assignment,
            solution,
            sources,
            hidden=hidden,
            seed=seed,
            turns=turns,
            profile=profile,
            known=known,
            imported_from=imported_from,
        )
        return _run_checks(judge, assignment, sources, questions)


def _run_checks(judge: _Judge, assignment: Assignment, sources: Sequence[SourceText], questions: Collection[str]) -> Findings:
    first = judge.run(lambda check: not questions or check.question.id in questions)
    results = {result.id: result for result in first.results}
    lost = {result.question for result in first.results if result.verdict.is_lost}
    faults, asked = list(first.faults), [Asked(result=result) for result in first.results]
    rescued: dict[str, set[str]] = {}  # question -> those in whose place the judge's own functions answered
    for question in assignment.questions:
        needs = _lost_needs(assignment, question, lost, rescued, sources) if question.id in lost else []
        if needs:
            again = judge.run_with_stand_ins(question, needs, first.results)
            faults += again.faults
            asked += [Asked(result=result, stand_ins=tuple(needs)) for result in again.results]
            results.update({result.id: result for result in again.results if result.verdict is Verdict.FAULT})
            passed = [result for result in again.results if result.verdict is Verdict.PASS]
            if not all(result.law for result in passed):
                results.update({result.id: replace(result, stood_in=tuple(needs)) for result in passed})
                rescued[question.id] = set(needs)
    return Findings(results=tuple(results.values()), faults=tuple(faults), asked=tuple(asked))


class _Judge:
    def __init__(
        self,
        assignment: Assignment,
        solution: Solution,
        sources: Sequence[SourceText],
        *,
        hidden: bool,
        seed: int,
        turns: Turns,
        profile: Profile,
        known: Sequence[Asked],
        imported_from: str | None,
    ) -> None:
        self._assignment = assignment
        self._solution = solution
        self._sources = tuple(sources)
        self._files = check_files(assignment.folder, hidden=hidden)
        self._seed = seed
        self._profile = profile
        self._turns = turns
        self._known = known
        self._imported_from = imported_from
        self._answers = _answers(assignment)

    def run(self, wanted: Callable[[Check], bool], *, stand_ins: tuple[str, ...] = ()) -> Findings:
        """Run the wanted checks once, but for those of which it is known what they find with these stand-ins."""
        names = self._assignment.names
        plugin = JudgePlugin(
            assignment=self._assignment,
            solution=self._solution,
            calling=Calling(self._solution, sources=self._sources, names=names),
            provided=Calling(self._solution, sources=(), names=(), prefix="provided."),
            seed=self._seed,
            profile=self._profile,
            wanted=wanted,
            known={asked.result.id: asked.result for asked in self._known if asked.stand_ins == stand_ins},
            turns=self._turns,
            imported_from=self._imported_from,
            answers=self._answers,
        )
        code, printed = _run_pytest(self._assignment.folder, self._files, plugin)
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise CheckError(f"the checks of {self._assignment.slug} could not run (pytest ended with {code})\n{printed}")
        _require_all_collected(self._assignment, self._files, plugin)
        return Findings(results=_all_results(plugin), faults=tuple(plugin.faults))

    def run_with_stand_ins(self, question: Question, needs: Sequence[str], first: Sequence[CheckResult]) -> Findings:
        """Ask a question's lost checks again while the judge's own functions answer for those of other questions."""
        again = {result.id for result in first if result.question == question.id and result.verdict.is_lost}
        names = {name for need in needs for name in self._assignment.question(need).names}
        calling = Calling(self._solution, sources=(), names=())
        self._solution.stand_in({name: calling.bind(answer) for name, answer in self._answers.items() if name in names})
        try:
            return self.run(lambda check: check.id in again, stand_ins=tuple(needs))
        finally:
            self._solution.stand_in({})


def _require_all_collected(assignment: Assignment, files: Sequence[str], plugin: JudgePlugin) -> None:
    """A check that was not even collected would be a silent pass: what the files define must all have been there."""
    for name in files:
        tree = ast.parse((assignment.folder / name).read_bytes())
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")}
        missing = sorted(function for function in defined if (name, function) not in plugin.collected)
        if missing or not defined:
            raise CheckError(f"{name} of {assignment.slug} was not collected whole; missing: {', '.join(missing) or 'all'}")


def _all_results(plugin: JudgePlugin) -> tuple[CheckResult, ...]:
    results = []
    for check in plugin.expected:
        result = plugin.results.get(check.id)
        if result is None:  # pytest ended early: silence is never a pass
            message = "the check gave no result; this costs no points"
            plugin.faults.append(Fault(where=f"{check.question.id}: {check.id}", message=message))
            result = CheckResult(
                id=check.id,
                question=check.question.id,
                visibility=check.visibility,
                verdict=Verdict.FAULT,
                rule=check.rule,
                weight=check.weight,
                decisive=check.decisive,
                law=check.law,
                message=message,
            )
        results.append(result)
    return tuple(results)


def _run_pytest(folder: Path, files: Sequence[str], plugin: JudgePlugin) -> tuple[int, str]:
    arguments = [
        *(str(folder / name) for name in files),
        *("-c", str(CONFIGURATION), "--rootdir", str(folder), "--import-mode=importlib"),
        "--disable-plugin-autoload",
        *(word for plugin in _NEEDLESS for word in ("-p", f"no:{plugin}")),
        *("--capture=no", "--no-header", "-q", "--tb=native", "--noconftest", "--assert=plain"),
    ]
    output = StringIO()
    hypothesis.settings.register_profile("grader", SETTINGS)
    hypothesis.settings.load_profile("grader")
    with _without_leaks(), redirect_stdout(output), redirect_stderr(output):
        code = pytest.main(arguments, plugins=[plugin])
    return int(code), output.getvalue()


@contextmanager
def _prepared(root: Path) -> Iterator[None]:
    """Let checks import `assignments.<slug>.<module>`, and keep torch to one thread meanwhile."""
    gc.freeze()  # pytest collects garbage at its end: half a second in a process that holds torch
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the judge's tensors are small, and a pool of threads would make it unfit to be forked
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        torch.set_num_threads(threads)
        gc.unfreeze()


@contextmanager
def _without_leaks() -> Iterator[None]:
    saved = {name: os.environ.pop(name) for name in _LEAKS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(saved)


def _lost_needs(
    assignment: Assignment,
    question: Question,
    lost: Collection[str],
    rescued: Mapping[str, set[str]],
    sources: Sequence[SourceText],
) -> list[str]:
    """Return the lost questions on which a lost question builds, never in a circle with what was rescued before.

    None where nothing of the question's own would be left to judge.
    """
    # Its own names too: a question may ask for what another one is about, a network and its training for example.
    reached = {*question.names, *(name for own in question.names for name in reached_names(sources, own, assignment.names))}
    needs = [
        need
        for need in question.needs
        if need in lost and reached.intersection(assignment.question(need).names) and question.id not in _closure(rescued, need)
    ]
    stood_in = {name for need in needs for name in assignment.question(need).names}
    return [] if stood_in.issuperset(question.names) else needs


def _closure(edges: Mapping[str, set[str]], start: str) -> set[str]:
    seen, todo = set(), [start]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(edges.get(node, ()))
    return seen


def _answers(assignment: Assignment) -> Answers:
    """Return the judge's own functions of an assignment, by the names that submissions define."""
    path = assignment.folder / "stand_ins.py"
    if not path.exists():
        return {}
    spec = importlib.util.spec_from_file_location(f"stand_ins_of_{assignment.slug}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    answers: Answers = module.STAND_INS
    return answers
