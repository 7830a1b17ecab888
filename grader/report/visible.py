"""Makes characters visible that a reader would not see, or that would change how the text beside them looks."""

from __future__ import annotations

import re
import unicodedata

_MARKS = 4  # on one letter; writing rarely needs three, and a heap of them is painted over the lines around it
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")  # a terminal's colour codes, which IPython puts into its tracebacks
_LINE_BREAK = re.compile(r"\r\n?")
# Blank on the screen although Unicode counts them as letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def visible(text: str) -> str:
    """Return `text` with every control, bidirectional and invisible character written as its code point.

    So are accents beyond the fourth on one letter. Lines and tabs stay. A carriage return becomes a
    new line: a terminal would write over what stands there, and a report hides nothing. Lone
    surrogates become U+FFFD, as in `result.json`.
    """
    text = _LINE_BREAK.sub("\n", _COLOUR.sub("", text))
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    shown = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        shown.append(_shown(character) if marks <= _MARKS else _code_point(character))
    return "".join(shown)


def _shown(character: str) -> str:
    if character in "\n\t" or (character.isprintable() and not _is_blank(character)):
        return character
    return "\ufffd" if "\ud800" <= character <= "\udfff" else _code_point(character)


def _code_point(character: str) -> str:
    return f"‹U+{ord(character):04X}›"


def _is_blank(character: str) -> bool:
    """Whether nothing of it is seen; the two variation selectors that emoji need stay."""
    return character in _BLANK or "\ufe00" <= character <= "\ufe0d" or "\U000e0100" <= character <= "\U000e01ef"
