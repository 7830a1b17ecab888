"""Windows on a screen, where there is none: a backend of matplotlib that needs one is passed over; figures are drawn."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from grader.runner.noting import Notes


def draw_without_windows(notes: Notes) -> None:
    """Let `matplotlib.use("TkAgg")` and `plt.switch_backend("QtAgg")` leave the backend as it is.

    Where matplotlib is not there by now, the submission does not mention it.
    """
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is not None:
        import matplotlib.pyplot as pyplot

        matplotlib.use = _passing_over(matplotlib.use, notes)
        pyplot.switch_backend = _passing_over(pyplot.switch_backend, notes)


def _passing_over(choose: Callable[..., None], notes: Notes) -> Callable[..., None]:
    def choose_if_it_needs_no_window(backend: str, *args: Any, **options: Any) -> None:
        try:
            choose(backend, *args, **options)
        except ImportError:
            notes.add(f"The backend {backend} of matplotlib is not here or needs a screen: figures were drawn without a window.")

    return choose_if_it_needs_no_window
