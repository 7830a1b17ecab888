"""Draws a class's figures."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from grader.item_analysis.distributing import Bin, Distribution
from grader.item_analysis.questions import QuestionAnalysis
from grader.report.drawing import BAR, INK, LINE, SOFT, TRACK, bare, figure_of, plain_axes
from grader.report.visible import visible
from grader.report.wording import first_line, seconds

_FEW_BINS = 12  # up to which the counts stand on the bars
_ROW = 21.0  # height of a question's row
_ID = 8  # characters of a question's id


def score_plot(scores: Distribution) -> Markup:
    """Return the histogram of the scores in percent, with their median."""
    title = f"How many submissions have how many percent of the points; the median is {scores.median:.0f} %."
    with figure_of(title, 190) as (figure, drawn):
        axes = plain_axes(figure)
        width = scores.bins[0].high - scores.bins[0].low
        _bars(axes, [bin.low + width / 2 for bin in scores.bins], scores.bins, width)
        axes.set_xlim(0, 100)
        axes.set_xticks([bin.low for bin in scores.bins if bin.low % 10 == 0] + [100])
        axes.set_xlabel("percent of the points")
        axes.axvline(scores.median, color=INK, linewidth=1.5, linestyle=(0, (4, 3)), clip_on=False)
        place = ("right", -5) if scores.median > 50 else ("left", 5)
        axes.annotate(
            f"median {scores.median:.0f} %",
            (scores.median, 1.02),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            xytext=(place[1], 4),
            ha=place[0],
            color=INK,
        )
    return drawn()


def time_plot(times: Distribution) -> Markup:
    """Return the histogram of the times that gradings took."""
    title = f"How many submissions took how long; the median is {seconds(times.median)}."
    with figure_of(title, 170) as (figure, drawn):
        axes = plain_axes(figure)
        _bars(axes, [place + 0.5 for place in range(len(times.bins))], times.bins, 1.0)
        axes.set_xlim(0, len(times.bins))
        edges = [times.bins[0].low, *(bin.high for bin in times.bins)]
        axes.set_xticks(range(len(edges)), [f"{edge:g}" for edge in edges])
        axes.set_xlabel("seconds")
    return drawn()


def question_plot(questions: Sequence[QuestionAnalysis]) -> Markup:
    """Return each question's mean share of points as a bar and its discrimination as a dot with its interval."""
    rows = range(len(questions))
    with figure_of("The mean share of points of each question and its discrimination.", _ROW * len(questions) + 62) as (
        figure,
        drawn,
    ):
        shares, discriminations = figure.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": (1, 1), "wspace": 0.12})
        for axes in (shares, discriminations):
            bare(axes)
            axes.set_ylim(len(questions) - 0.4, -0.6)
        shares.set_yticks(rows, [first_line(visible(one.question.id), _ID) for one in questions], color=INK)
        shares.barh(rows, [100] * len(questions), height=0.52, color=TRACK, clip_on=False)
        shares.barh(rows, [100 * (one.mean_share or 0) for one in questions], height=0.52, color=BAR, clip_on=False)
        shares.set_xlim(0, 100)
        shares.set_xticks((0, 50, 100), ("0", "50", "100 %"))
        shares.set_xlabel("mean share of the points")
        _dots(discriminations, questions)
    return drawn()


def _dots(axes: Axes, questions: Sequence[QuestionAnalysis]) -> None:
    found = [one.discrimination for one in questions]
    lowest = min((one.low for one in found if one.value is not None), default=0.0)
    axes.set_xlim(min(-0.3, lowest - 0.05), 1.05)
    axes.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
    axes.set_xlabel("discrimination")
    axes.tick_params(labelleft=False)
    axes.axvline(0, color=LINE, linewidth=1)
    for row, one in enumerate(found):
        if one.value is None:
            axes.text(0.05, row, "undefined", va="center", color=SOFT)
            continue
        axes.plot((one.low, one.high), (row, row), color=BAR, linewidth=1.5, clip_on=False)
        axes.plot((one.value, one.value), (row, row), color=INK, linewidth=7, solid_capstyle="round", clip_on=False)


def _bars(axes: Axes, places: Sequence[float], bins: Sequence[Bin], width: float) -> None:
    """Draw a histogram: the counts stand on the bars or, where there are many, on an axis."""
    highest = max(bin.count for bin in bins)
    axes.bar(places, [bin.count for bin in bins], width=0.92 * width, color=BAR, clip_on=False)
    axes.set_ylim(0, 1.16 * highest)
    if len(bins) > _FEW_BINS:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.grid(axis="y", color=LINE, linewidth=1)
        axes.set_axisbelow(True)
        return
    axes.set_yticks([])
    for place, bin in zip(places, bins, strict=True):
        if bin.count:
            axes.annotate(f"{bin.count:,}", (place, bin.count), textcoords="offset points", xytext=(0, 4), ha="center", color=INK)
