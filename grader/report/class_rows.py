"""Writes the rows of the table of submissions; ten thousand of them, so without a template. Every text is escaped here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup, escape

from grader.class_results import ClassResult, QuestionOutcome, Standing, flags_of, percent
from grader.model import Verdict
from grader.report.visible import visible
from grader.report.wording import SIGNS, number

# One letter for each verdict: a symbol of its own for each of 160,000 cells would weigh ten times as much.
LETTERS = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.ERROR: "!",
    Verdict.TIMEOUT: "◷",
    Verdict.MEMORY: "▦",
    Verdict.CRASH: "↯",
    Verdict.MISSING: "∅",
    Verdict.INCONCLUSIVE: "≈",
    Verdict.NOT_RUN: "–",
    Verdict.FAULT: "?",
}
_NOTHING = Markup('<td class="i">–</td>')


def href(result: ClassResult) -> str:
    """Return the address of a submission's report, as it stands in the page beside the folder `reports`."""
    return f"reports/{_quoted(result.id)}/index.html"


def rows(results: Sequence[ClassResult], question_ids: Sequence[str]) -> Markup:
    """Return a table row for each result."""
    return Markup("\n").join(_row(result, question_ids) for result in results)


def legend(results: Iterable[ClassResult]) -> list[tuple[str, str]]:
    """Return the letters that occur in the rows with their meaning, in the order of the verdicts."""
    readable = [result for result in results if result.standing is not Standing.UNREADABLE]
    seen = Counter(question.verdict for result in readable for question in result.questions)
    return [(letter, SIGNS[verdict].word) for verdict, letter in LETTERS.items() if seen[verdict]]


def points_shown(result: ClassResult) -> str:
    """Return the points as one may read them: what is not known is no zero."""
    return _known(result, number(result.points))


def percent_shown(result: ClassResult) -> str:
    """Return the percentage in the same way."""
    return _known(result, number(percent(result.points, result.out_of)))


def link(result: ClassResult) -> Markup:
    """Return the name of a submission's student, linked to its report where there is one."""
    name = escape(visible(result.name or result.student))
    return Markup('<a href="{}">{}</a>').format(href(result), name) if result.has_report else Markup("<b>{}</b>").format(name)


def _row(result: ClassResult, question_ids: Sequence[str]) -> Markup:
    found = {question.id: question for question in result.questions}
    readable = result.standing is not Standing.UNREADABLE
    cells = [_cell(found[id_]) if readable and id_ in found else _NOTHING for id_ in question_ids]
    return Markup(
        '<tr{}><th scope="row">{}{}</th><td class="n">{}</td><td class="n">{}</td>{}<td>{}</td><td class="n">{}</td></tr>'
    ).format(
        _kinds(result),
        link(result),
        Markup(" <small>{}</small>").format(visible(result.student)) if result.name else "",
        points_shown(result),
        percent_shown(result),
        Markup("").join(cells),
        _flags(result),
        f"{result.wall_s:.1f}" if result.has_report else "–",
    )


def _cell(question: QuestionOutcome) -> Markup:
    return _shared_cell(question.verdict, question.points, question.out_of)


@lru_cache(maxsize=4096)
def _shared_cell(verdict: Verdict, points: float, out_of: float) -> Markup:
    if verdict is Verdict.FAULT or (verdict.is_left_out and not out_of):
        return Markup('<td class="{}">{}</td>').format("o" if verdict is Verdict.FAULT else "i", LETTERS[verdict])
    shown = number(points)
    tone = "g" if shown == number(out_of) else "p" if shown != "0" else "b"
    return Markup('<td class="{}">{} {}</td>').format(tone, LETTERS[verdict], shown)


def _known(result: ClassResult, shown: str) -> str:
    """Mark what is only a lower bound, and what is not there."""
    if result.standing is Standing.WAITING:
        return "–"
    if result.standing is Standing.INCOMPLETE:
        return f"≥ {shown}"
    return "0" if result.standing is Standing.UNREADABLE else shown


def _kinds(result: ClassResult) -> Markup:
    """Return the attribute by which the page's script filters rows."""
    kinds = [] if result.standing is Standing.GRADED else [result.standing.name.lower()]
    kinds += ["late"] * result.late + ["attempts"] * (result.attempts > 1)
    return Markup(' data-kinds="{}"').format(" ".join(kinds)) if kinds else Markup("")


def _flags(result: ClassResult) -> Markup:
    shown = [Markup('<span class="flag">{}</span>').format(flag) for flag in flags_of(result)]
    others = [
        Markup('<a href="reports/{}/index.html">other attempt{}</a>').format(
            _quoted(id_), f" {place}" if result.others[1:] else ""
        )
        for place, id_ in enumerate(result.others, start=1)
    ]
    return Markup(" ").join(shown + others)


def _quoted(id_: str) -> str:
    """Return an id as a part of an address; the bytes of a file name that are no UTF-8 stay those bytes."""
    try:
        return quote(id_, safe="", errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(id_, safe="", errors="replace")
