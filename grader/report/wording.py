"""The words in which a report speaks to a student: verdicts, numbers, plurals. Pure text, no HTML."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How a verdict is shown: never by its colour alone."""

    word: str
    icon: str  # name of a symbol in the template
    tone: str  # name of a pair of colours in the style sheet
    many: str = ""  # the word for several, where that differs


SIGNS = {
    Verdict.PASS: Sign(word="right", icon="tick", tone="good"),
    Verdict.FAIL: Sign(word="wrong answer", many="wrong answers", icon="cross", tone="bad"),
    Verdict.ERROR: Sign(word="raised an exception", icon="mark", tone="bad"),
    Verdict.TIMEOUT: Sign(word="no answer in time", icon="clock", tone="warn"),
    Verdict.MEMORY: Sign(word="out of memory", icon="chip", tone="warn"),
    Verdict.CRASH: Sign(word="process ended", icon="bolt", tone="bad"),
    Verdict.MISSING: Sign(word="not defined", icon="gap", tone="warn"),
    Verdict.INCONCLUSIVE: Sign(word="not decided", icon="clock", tone="idle"),
    Verdict.NOT_RUN: Sign(word="not run", icon="dash", tone="idle"),
    Verdict.FAULT: Sign(word="not graded (our problem)", icon="wrench", tone="ours"),
}

_FOUND = Sign(word="to be read", icon="pen", tone="idle")
_NOT_FOUND = Sign(word="no answer found", many="no answers found", icon="gap", tone="warn")

# Words that are no names of code, so that a capital does not spoil them.
_OPENERS = ("the ", "a ", "an ", "no ", "it ", "its ", "this ", "these ", "there ")


def sign_of(verdict: str) -> Sign:
    """Return how this verdict is shown."""
    return SIGNS[Verdict(verdict)]


def sign_of_answer(found: str) -> Sign:
    """Return how a written answer is shown that was found at this place, or, empty, nowhere."""
    return _FOUND if found else _NOT_FOUND


def number(value: float) -> str:
    """Return a number of points with at most two decimals and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def counted(count: float, one: str, many: str = "") -> str:
    """Return "1 check", "2 checks", "1,200 checks"; `many` is for plurals that do not end in s."""
    shown = f"{count:,}" if isinstance(count, int) else number(count)
    return f"{shown} {one if shown == '1' else many or one + 's'}"


def seconds(value_s: float) -> str:
    """Return a time with a precision that a reader has use for."""
    return f"{value_s:.0f} s" if value_s >= 10 else f"{value_s:.1f} s" if value_s >= 1 else f"{value_s * 1000:.0f} ms"


def sentence(text: str) -> str:
    """Return `text` as a sentence: most messages begin small and end without a full stop."""
    text = text.strip()
    if text.startswith(_OPENERS):
        text = text[0].upper() + text[1:]
    return f"{text}." if text and (text[-1].isalnum() or text[-1] in ")]}`'\"") else text


def first_line(text: str, limit: int = 160) -> str:
    """Return the first line that says something, cut at `limit` characters."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def cut(text: str, limit: int = 20_000) -> str:
    """Return at most `limit` characters, and say how many are left out; the rest is in `result.json`."""
    left_out = len(text) - limit
    return text if left_out <= 0 else f"{text[:limit]}\n… {counted(left_out, 'more character')} in result.json"
