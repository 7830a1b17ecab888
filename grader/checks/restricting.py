"""Holds a function to a rule on what it may use: on its source, and while it runs."""

from __future__ import annotations

from grader.checks.calling import Function
from grader.checks.comparing import fail
from grader.model import ForbiddenCalls, Verdict
from grader.solution import SolutionError


def assert_allowed(function: Function, rule: ForbiddenCalls, *args: object, **kwargs: object) -> None:
    """Neither the source that the function reaches nor one call of it uses what the rule forbids.

    The source is read on the judge's side. What is seen while it runs is reported by the runner: it can only cost points.
    """
    violations = function.violations(rule)
    try:
        used = function.observe(args, kwargs, guard=rule).used
    except SolutionError as error:
        if error.verdict is not Verdict.ERROR:
            raise
        used = ()  # what it raises is for the other checks to judge
    if violations:
        first = violations[0]
        fail(f"{first.where} uses {first.what}", expected=rule.rule, got=f"{first.where}:  {first.line}", about_source=True)
    if used:
        what, where = used[0]
        place = where or "an unknown line"
        fail(f"while it ran, {place} used {what}", expected=rule.rule, got=f"{what} at {place}", about_source=True)
