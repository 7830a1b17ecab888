"""Draws what was measured: each pair of times as a dot, what was asked for as a line, the interval as a band."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from grader.report.drawing import BAR, INK, TRACK, figure_of, plain_axes
from grader.report.visible import visible
from grader.report.wording import first_line

_HEIGHT = 150
_NAME = 40  # characters


def measurement_plot(measured: dict[str, Any]) -> Markup:
    """Return the ratio of the two times of each pair, in the order of the pairs; nothing where there is no pair."""
    ratios = [slow_s / fast_s for fast_s, slow_s in zip(measured["fast_s"], measured["slow_s"], strict=True) if fast_s > 0]
    if not ratios:
        return Markup()
    wanted, median = float(measured["wanted"]), float(measured["ratio"])
    fast, slow = (first_line(visible(measured[side]), _NAME) for side in ("fast", "slow"))
    title = f"How many times as fast {fast} was as {slow} in each pair: {median:.2f} in the median; {wanted:g} was asked for."
    with figure_of(title, _HEIGHT) as (figure, drawn):
        axes = plain_axes(figure)
        if measured["interval"]:
            axes.axhspan(*measured["interval"], color=TRACK)
        axes.axhline(median, color=BAR, linewidth=1.5)
        axes.axhline(wanted, color=INK, linewidth=1.5, linestyle=(0, (4, 3)), clip_on=False)
        places = range(1, len(ratios) + 1)
        for place, ratio in zip(places, ratios, strict=True):
            axes.plot((place, place), (ratio, ratio), color=BAR, linewidth=6, solid_capstyle="round", clip_on=False)
        axes.set_xlim(0.4, len(ratios) + 0.6)
        axes.set_ylim(0, 1.15 * max(*ratios, wanted))
        axes.set_xlabel("pairs of measurements")  # without the names: the page's caption has them, and letters move a drawing
        above = median >= wanted
        axes.annotate(
            f"asked for: {wanted:g}",
            (0, wanted),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            xytext=(2, -4 if above else 4),
            va="top" if above else "bottom",
            color=INK,
        )
    return drawn()
