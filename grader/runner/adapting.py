"""What a submission finds changed: nobody at the keyboard, no network, none of Colab's own things, perhaps no other process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.runner.absent import Own, let_absent_modules_pass
from grader.runner.asking import answer_for_nobody
from grader.runner.datasets import serve_data_sets
from grader.runner.noting import Notes
from grader.runner.places import Places
from grader.runner.windows import draw_without_windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """What was changed in this process for one submission."""

    notes: Notes
    own: Own
    places: Places
    answer: Callable[..., str]  # stands for a person at the keyboard


def adapt(folder: str) -> Adapted:
    """Let what students' code expects of their own machine, or of Colab, do something sensible in this process."""
    notes = Notes()
    own, places = Own(folder), Places(folder, notes)
    let_absent_modules_pass(own, notes)
    serve_data_sets(notes)
    places.lead()
    draw_without_windows(notes)
    _pass_over_restarts(notes)
    return Adapted(notes=notes, own=own, places=places, answer=answer_for_nobody(notes))


def _pass_over_restarts(notes: Notes) -> None:
    """Let `os.kill(os.getpid(), 9)`, with which a notebook starts Colab's runtime again, end its cell alone."""
    kill = os.kill
    deadly = {getattr(signal, name, None) for name in ("SIGKILL", "SIGTERM")}

    def kill_others(process: int, number: int) -> None:
        if process == os.getpid() and number in deadly:
            notes.add("The runtime was to be started again: it was not, and what stands below ran.")
            raise SystemExit("the runtime is not started again here")
        kill(process, number)

    os.kill = kill_others


def load_data_in_this_process() -> str:
    """Let every DataLoader read its data itself, however many workers it is asked for; return a note for the report."""
    from torch.utils.data import DataLoader

    loader: Any = DataLoader
    iterate = loader._get_iterator

    def iterate_here(self: Any) -> Any:
        asked = self.num_workers, self.timeout
        self.num_workers, self.timeout = 0, 0
        try:
            return iterate(self)
        finally:
            self.num_workers, self.timeout = asked

    loader._get_iterator = iterate_here
    return "no other process can be started in this sandbox: data loaders read their data in the submission's own"
