"""How one check ended -> its result: verdict, message, counterexample, snippet."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import hypothesis.errors
import pytest

from grader.checks.calling import Call, NothingThereError
from grader.checks.comparing import CheckFailure
from grader.checks.retelling import snippet, told
from grader.checks.showing import show
from grader.checks.stopwatch import InconclusiveError
from grader.model import CheckResult, Counterexample, Measurement, Question, Verdict, Visibility
from grader.solution import SolutionError
from grader.wire.values import Ref

Answers = Mapping[str, Callable[..., object]]  # the judge's own functions, by the names that submissions define

_SHOULD = {
    Verdict.ERROR: "an answer, and no exception",
    Verdict.TIMEOUT: "an answer in time",
    Verdict.MEMORY: "an answer within the memory limit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is known of a check before it runs."""

    id: str
    question: Question
    visibility: Visibility
    rule: str
    weight: float
    decisive: bool
    law: bool
    timed: bool
    full: bool


def result_of(
    check: Check,
    error: BaseException | None,
    *,
    last: Call | None,
    imported_from: str | None,
    wall_s: float,
    answers: Answers,
    picture: bytes = b"",
    measurement: Measurement | None = None,
) -> tuple[CheckResult, str]:
    """Return the result of a check that ended with this exception (None: it passed), and the details of a fault."""
    known = _known(error)
    fields = {
        "id": check.id,
        "question": check.question.id,
        "visibility": check.visibility,
        "rule": check.rule,
        "weight": check.weight,
        "decisive": check.decisive,
        "law": check.law,
        "wall_s": round(wall_s, 4),
        "picture": base64.b64encode(picture).decode("ascii"),
        "measurement": measurement,
    }
    if error is None:
        return CheckResult(verdict=Verdict.PASS, fraction=1.0, **fields), ""  # type: ignore[arg-type]  # fields of it
    if isinstance(known, pytest.skip.Exception):
        return CheckResult(verdict=Verdict.NOT_RUN, message=str(known.msg), **fields), ""  # type: ignore[arg-type]
    if isinstance(known, InconclusiveError):
        return CheckResult(verdict=Verdict.INCONCLUSIVE, message=str(known), **fields), ""  # type: ignore[arg-type]
    if isinstance(known, CheckFailure):
        shown = None if known.about_source else last
        return CheckResult(
            verdict=Verdict.FAIL,
            fraction=known.fraction,
            message=known.message + _flaky(error),
            counterexample=Counterexample(call=_call(shown), expected=known.expected, got=known.got),
            reproduce=_snippet(shown, imported_from),
            **fields,  # type: ignore[arg-type]  # the fields that every result has
        ), ""
    if isinstance(known, SolutionError):
        return _solution_result(known, error, fields, last, imported_from, answers), ""
    details = "".join(traceback.format_exception(error))[-8000:]
    message = f"the check itself failed ({type(error).__name__}); this costs no points"
    return CheckResult(verdict=Verdict.FAULT, message=message, **fields), details  # type: ignore[arg-type]


def _solution_result(
    known: SolutionError,
    error: BaseException,
    fields: dict[str, object],
    last: Call | None,
    imported_from: str | None,
    answers: Answers,
) -> CheckResult:
    example = None
    if known.verdict is not Verdict.MISSING:
        expected = _answer(last, answers) or _SHOULD.get(known.verdict, "an answer")
        example = Counterexample(call=_call(last), expected=expected, got=known.message)
    return CheckResult(
        verdict=known.verdict,
        message=known.message + _flaky(error),
        counterexample=example,
        traceback=known.traceback,
        reproduce=_snippet(last, imported_from) if example else "",
        **fields,  # type: ignore[arg-type]  # the fields that every result has
    )


def _answer(last: Call | None, answers: Answers) -> str:
    """Return what the judge's own function gives for a call that got no answer, or nothing where there is none."""
    if last is None or last.name not in answers or any(isinstance(value, Ref) for value in (*last.args, *last.kwargs.values())):
        return ""  # an object of the runner has been used, and is not as it was
    try:
        return show(answers[last.name](*last.args, **last.kwargs))
    except ValueError as error:  # the contract may ask for just this
        return f"ValueError: {error}"
    except (TypeError, RuntimeError, ArithmeticError, LookupError, AttributeError, AssertionError):
        return ""  # it is a help for the reader, and no reason to give up grading


def _known(error: BaseException | None) -> BaseException | None:
    """Return the exception that tells the outcome; Hypothesis may have wrapped it."""
    if isinstance(error, NothingThereError):
        return error.error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            known = _known(inner)
            if isinstance(known, CheckFailure | SolutionError):
                return known
    return error


def _flaky(error: BaseException | None) -> str:
    if isinstance(error, hypothesis.errors.Flaky):
        return " (asked again, the same call gave another answer: it must not depend on chance or on earlier calls)"
    return ""


def _call(last: Call | None) -> str:
    return told(last) if last else ""


def _snippet(last: Call | None, imported_from: str | None) -> str:
    return snippet(last, imported_from=imported_from) if last else ""
