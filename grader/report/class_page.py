"""Renders what is known of a class as one self-contained HTML page; it sees results alone, so rendering never grades again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, Template
from markupsafe import Markup

from grader.class_results import CheckOutcome, ClassResult, Standing, questions_of
from grader.item_analysis import ClassAnalysis, analyse
from grader.item_analysis.checks import (
    ABOUT_AS_OFTEN,
    ALWAYS_AT_LEAST,
    BEST_AT_LEAST,
    NEVER_AT_LEAST,
    Suspicion,
)
from grader.report import class_rows
from grader.report.class_advice import is_told_whole, needs_of, told
from grader.report.rendering import digest_of, new_environment, source_of
from grader.report.rows import in_rows
from grader.report.wording import Sign, seconds
from grader.report.writing import replace_text

PAGE = "index.html"
LINKED = 100  # members of one group whose names stand in it; the table has all of them
TOLD_AT_ONCE = 8  # groups of one wrong answer that are not folded away
TOLD_AT_ALL = 100
SIDE_BY_SIDE = 60  # characters in a line of which two blocks fit beside each other

_SIGNS = {
    Standing.GRADED: Sign(word="graded", many="graded", icon="tick", tone="good"),
    Standing.INCOMPLETE: Sign(word="incomplete", many="incomplete", icon="wrench", tone="ours"),
    Standing.UNREADABLE: Sign(word="unreadable", many="unreadable", icon="gap", tone="warn"),
    Standing.WAITING: Sign(word="not graded yet", many="not graded yet", icon="clock", tone="idle"),
}
_KINDS = {
    "late": "late ones",
    "attempts": "several attempts",
    "incomplete": "incomplete ones",
    "unreadable": "unreadable ones",
    "waiting": "not graded yet",
}
_CONTENTS = {
    "scores": "Scores",
    "submissions": "Submissions",
    "answers": "Wrong answers",
    "questions": "Questions",
    "checks": "Checks",
    "times": "Time used",
    "problems": "Not graded",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How and when a class was graded, as its page says it."""

    when: str  # for people
    wall_s: float
    grader: str  # its version
    seed: int | None = None
    isolation: tuple[str, ...] = ()  # each level that was used, in words
    notes: tuple[str, ...] = ()  # one sentence each


def render_class_page(
    title: str,
    results: Sequence[ClassResult],
    *,
    ran: Ran,
    misconceptions: Mapping[tuple[str, str, str], str] | None = None,
) -> str:
    """Return the page of a class whose reports lie in the folder `reports` beside it; equal results give equal text.

    `misconceptions` gives (check id, call, got) the name of a known one: "rounds up instead of down".
    """
    analysis = analyse(results, misconceptions)
    style, script = _sources()
    return _template().render(
        title=title,
        ran=ran,
        analysis=analysis,
        needs=needs_of(analysis),
        plots=_plots(analysis),
        style=Markup(style),
        style_hash=digest_of(style),
        script=Markup(script),
        script_hash=digest_of(script),
        **_parts(analysis),
    )


def write_class_page(
    folder: Path,
    title: str,
    results: Sequence[ClassResult],
    *,
    ran: Ran,
    misconceptions: Mapping[tuple[str, str, str], str] | None = None,
) -> Path:
    """Write the page as `index.html` into `folder`, whole or not at all, and return its path; raises GraderError."""
    replace_text(folder / PAGE, render_class_page(title, results, ran=ran, misconceptions=misconceptions))
    return folder / PAGE


def _parts(analysis: ClassAnalysis) -> dict[str, object]:
    """Return what the template shows beside the analysis itself."""
    results = analysis.counted
    questions = questions_of(results)
    there = {
        "scores": analysis.scores,
        "submissions": True,
        "answers": analysis.clusters,
        "questions": questions,
        "checks": questions,
        "times": analysis.times,
        "problems": analysis.faults or analysis.unreadable or dict(analysis.standings)[Standing.WAITING],
    }
    places = {result.id: place for place, result in enumerate(results)}
    return {
        "questions": questions,
        "rows": class_rows.rows(results, [question.id for question in questions]),
        "places": places,
        "legend": class_rows.legend(results),
        "kinds": list(_KINDS.items()),
        "contents": [(anchor, name) for anchor, name in _CONTENTS.items() if there[anchor]],
        "waiting": [result for result in results if result.standing is Standing.WAITING],
        "suspects": [one for one in analysis.checks if one.suspicion in (Suspicion.ALWAYS, Suspicion.BEST)],
        "never": [one for one in analysis.checks if one.suspicion is Suspicion.NEVER],
    }


def _plots(analysis: ClassAnalysis) -> dict[str, Markup]:
    """Return the figures; a class without results has none."""
    from grader.report import plots  # here: it imports matplotlib, which nobody needs who makes no page

    drawn = {}
    if analysis.scores:
        drawn["scores"] = plots.score_plot(analysis.scores)
    if analysis.questions:
        drawn["questions"] = plots.question_plot(analysis.questions)
    if analysis.times:
        drawn["times"] = plots.time_plot(analysis.times)
    return drawn


@cache
def _environment() -> Environment:
    environment = new_environment()
    environment.filters |= {"told": told, "signed": _signed, "duration": _duration}
    environment.tests |= {"told_whole": is_told_whole, "wide": _is_wide}
    environment.globals |= {
        "link": class_rows.link,
        "linked": LINKED,
        "told_at_once": TOLD_AT_ONCE,
        "told_at_all": TOLD_AT_ALL,
        "standing_signs": _SIGNS,
        "limits": {"always": ALWAYS_AT_LEAST, "best": BEST_AT_LEAST, "often": ABOUT_AS_OFTEN, "never": NEVER_AT_LEAST},
    }
    return environment


@cache
def _template() -> Template:
    return _environment().get_template("class.html.j2")


@cache
def _sources() -> tuple[str, str]:
    """Return the style sheet and the script, which go into the page unchanged."""
    environment = _environment()
    style = source_of(environment, "report.css") + source_of(environment, "class.css")
    return style, source_of(environment, "class.js")


def _is_wide(check: CheckOutcome) -> bool:
    """Whether what came and what should have come are too wide to stand side by side."""
    lines = [line for text in (check.got, check.expected) for line in in_rows(text).splitlines()]
    return max(map(len, lines), default=0) > SIDE_BY_SIDE


def _signed(value: float) -> str:
    """Return a correlation with two decimals and a minus sign that cannot be mistaken for a dash."""
    shown = f"{value:.2f}"
    return "0.00" if shown == "-0.00" else shown.replace("-", "−")


def _duration(value_s: float) -> str:
    """Return how long a batch took."""
    if value_s < 120:
        return seconds(value_s)
    hours, minutes = divmod(round(value_s / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
