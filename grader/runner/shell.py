"""Runs a notebook cell by cell in IPython's InteractiveShell, in this very process."""

from __future__ import annotations

import sys
import types
from typing import Any

from grader.runner.adapting import adapt
from grader.runner.commands import Commands
from grader.runner.describing import Origin, describe_exception
from grader.runner.loading import Loaded
from grader.runner.retrying import Trail


def load_notebook(cells: list[str], folder: str) -> Loaded:
    """Run the code cells in order; a cell that raises loses what it would have defined and no more."""
    from IPython.core.interactiveshell import InteractiveShell  # imported in advance where a notebook is expected
    from traitlets.config import Config

    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.path.insert(0, "")
    adapted = adapt(folder)
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    shell: Any = InteractiveShell.instance(config=config, user_module=main)
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None  # the report shows them, in its own words
    Commands(shell, adapted.places, adapted.notes).take_over()
    adapted.own.namespace = shell.user_ns
    loaded = Loaded(origin=Origin(folder, shell.user_ns), namespace=shell.user_ns)
    _run_all(shell, cells, loaded, adapted.notes)
    loaded.notes += adapted.notes.sentences
    return loaded


def _run_all(shell: Any, cells: list[str], loaded: Loaded, notes: Any) -> None:
    incidents: dict[int, dict[str, object]] = {}

    def run(number: int, source: str) -> BaseException | None:
        shell.compile.get_code_name = lambda raw, transformed, count: f"cell {number}"
        result = shell.run_cell(source, store_history=True)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        if error is not None:
            incidents[number] = {"where": f"cell {number}", **describe_exception(error, loaded.origin)}
        _close_figures()
        sys.stdout.flush()
        return error

    trail = Trail(shell.user_ns)
    for number, source in enumerate(cells, start=1):
        trail.begin()
        trail.end(number, source, run(number, source))
    for number in trail.run_again(run, notes):
        del incidents[number]
    loaded.incidents += [incidents[number] for number in sorted(incidents)]


def _close_figures() -> None:
    """Forget the figures of a cell, as Jupyter does at its end: the next one draws on a new one."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
