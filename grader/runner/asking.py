"""Questions to somebody at a keyboard, where nobody is: each is answered as by pressing Enter, and not for ever."""

from __future__ import annotations

import builtins
import getpass
import sys
from collections.abc import Callable
from typing import Any

from grader.runner.noting import Notes

PATIENCE = 25  # empty answers before a loop that waits for a better one is ended


def answer_for_nobody(notes: Notes) -> Callable[..., str]:
    """Let `input`, `getpass` and `breakpoint` come back at once; return what answers, for others who ask."""
    asked = 0

    def answer(prompt: object = "", *_: object, **__: object) -> str:
        nonlocal asked
        asked += 1
        notes.add("It asked for input: nobody is there to type, so each question was answered with an empty line.")
        if asked > PATIENCE:
            raise EOFError(f"nobody is there to type, and input was asked for more than {PATIENCE} times")
        print(prompt)  # noqa: T201  # the prompt is the submission's own output
        return ""

    replaced: Any = builtins
    replaced.input = answer
    getpass.getpass = answer
    sys.breakpointhook = _pass_over
    return answer


def _pass_over(*_: object, **__: object) -> None:
    """Stand for a debugger that is left at once."""
