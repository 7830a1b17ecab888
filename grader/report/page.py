"""Renders a result as one self-contained HTML page; it sees the result alone, so rendering never grades again."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from grader.model import Kind, Verdict
from grader.report import wording
from grader.report.advice import next_steps, open_points
from grader.report.markdown import rendered
from grader.report.pictures import size_of
from grader.report.rendering import digest_of, new_environment, source_of
from grader.report.result_json import with_later_fields
from grader.report.rows import in_rows

STEPS = 3  # that the page proposes: it is read in a minute
SIDE_BY_SIDE = 44  # characters in a line of which two blocks fit beside each other


def render_page(result: dict[str, Any]) -> str:
    """Return the page for a result of schema `grader/report/v1`; equal results give equal text."""
    result = with_later_fields(result)
    style = _style()
    steps = next_steps(result)
    return _template().render(
        result=result,
        steps=steps[:STEPS],
        more=len(steps[STEPS:]),
        open_points=sum(map(open_points, result["questions"])),
        parts=_parts(result["questions"]),
        written=_written(result),
        tally=_tally(result),
        left_out=_left_out(result["questions"]),
        undecided=_is_undecided(result["questions"]),
        questions={question["id"]: question for question in result["questions"]},
        kept_bytes=len(result["loading"]["printed"].encode("utf-8", "surrogatepass")),
        style=Markup(style),
        style_hash=digest_of(style),
    )


@cache
def _environment() -> Environment:
    environment = new_environment()
    environment.filters |= {"anchor": _anchor, "findings": _findings, "open_points": open_points, "markdown": rendered}
    environment.tests |= {"whole": _is_whole, "wide": _is_wide, "import_of": _is_import_of, "all_of": _is_all}
    environment.globals |= {"share": _share, "picture_of": _picture_of, "size_of": size_of, "plot_of": _plot_of}
    return environment


@cache
def _template() -> Template:
    return _environment().get_template("report.html.j2")


@cache
def _style() -> str:
    return source_of(_environment(), "report.css")


def _anchor(question_id: str) -> str:
    """Return the name of a question's place on the page."""
    return "question-" + re.sub(r"[^A-Za-z0-9_.-]", "-", question_id)


def _share(points: float, out_of: float) -> float:
    """Return the percentage, rounded down: nothing but all points, as the page shows them, is 100."""
    if out_of <= 0:
        return 0.0
    return 100.0 if _is_all(points, out_of) else min(99.9, int(1000 * points / out_of) / 10)


def _is_all(points: float, out_of: float) -> bool:
    """Whether points read the same as what they are out of; shares of a point need not add up exactly."""
    return wording.number(points) == wording.number(out_of)


def _findings(question: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the checks that did not pass, those together that tell the reader the very same thing."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for check in question["checks"]:
        if not _is_whole(check):
            found.setdefault(_told_by(check), []).append(check)
    return list(found.values())


def _is_whole(check: dict[str, Any]) -> bool:
    """Whether a check passed and has nothing to say; one that passed in part says why."""
    return check["verdict"] == Verdict.PASS and (not check["message"] or _is_all(check["points"], check["out_of"]))


def _told_by(check: dict[str, Any]) -> tuple[str, ...]:
    """Return what two checks must share to be told as one; the id when a check has more to say than a message."""
    says_more = any(check.get(key) for key in ("counterexample", "traceback", "reproduce", "stood_in", "picture", "measurement"))
    needs_no_message = check["verdict"] in (Verdict.MISSING, Verdict.NOT_RUN, Verdict.FAULT)
    alone = says_more or not (check["message"] or needs_no_message)
    return (check["verdict"], check["message"], check["id"] if alone else "")


def _is_wide(counterexample: dict[str, str]) -> bool:
    """Whether what came and what should have come are too wide to stand side by side."""
    lines = [line for key in ("got", "expected") for line in in_rows(counterexample[key]).splitlines()]
    return max(map(len, lines), default=0) > SIDE_BY_SIDE


def _is_import_of(snippet: str, files: list[str]) -> bool:
    """Whether a snippet imports from one of the submission's files, and so belongs beside it."""
    modules = [path.removesuffix(".py") for path in files if path.endswith(".py")]
    return any(f"from {module} import " in snippet for module in modules)


def _picture_of(check: dict[str, Any], question: dict[str, Any]) -> str:
    """Return the picture that stands beside a check: one for all checks that judged the same figure, failed ones first."""
    picture = str(check.get("picture", ""))
    if not picture or size_of(picture) is None:
        return ""
    in_order = sorted(question["checks"], key=_is_whole)
    return picture if next(each for each in in_order if each.get("picture") == picture) is check else ""


def _plot_of(check: dict[str, Any]) -> Markup:
    """Return the plot of what a check measured; empty where it measured nothing."""
    if not check.get("measurement"):
        return Markup()
    from grader.report.measured import measurement_plot  # matplotlib is slow to import, and few pages have a plot

    return measurement_plot(check["measurement"])


def _parts(questions: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the questions in their order, together with the heading of the part that they belong to."""
    return [(part or "Questions", list(group)) for part, group in groupby(questions, key=lambda question: question["part"])]


def _written(result: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the written answers and their heading: that of their part, where they have one for themselves."""
    parts = {answer["part"] for answer in result["written"]}
    others = {question["part"] for question in result["questions"]}
    heading = parts.pop() if len(parts) == 1 and not parts & others else ""
    return heading or "Written answers", result["written"]


def _left_out(questions: list[dict[str, Any]]) -> int:
    """Return how many checks were not run that need no other machine than this one."""
    return sum(
        check["verdict"] == Verdict.NOT_RUN
        for question in questions
        if question["kind"] != Kind.GPU
        for check in question["checks"]
    )


def _is_undecided(questions: list[dict[str, Any]]) -> bool:
    return any(check["verdict"] == Verdict.INCONCLUSIVE for question in questions for check in question["checks"])


def _tally(result: dict[str, Any]) -> list[tuple[wording.Sign, int]]:
    """Return how often each sign was given to a question, in the order of the verdicts; written answers come last."""
    counts = Counter(wording.sign_of(question["verdict"]) for question in result["questions"])
    order = list(wording.SIGNS.values())
    written = Counter(wording.sign_of_answer(answer["found"]) for answer in result["written"])
    return [*sorted(counts.items(), key=lambda item: order.index(item[0])), *written.items()]
