"""Lays a printed tensor or array out row by row, so that two of them can be compared by eye."""

from __future__ import annotations

STARTS = ("torch.tensor(", "tensor(", "np.array(", "array(")
ONE_LINE = 44  # characters; what is not longer stays as it is


def in_rows(text: str) -> str:
    """Return `text` with a line for each row if it is an array printed on one long line, else as it is."""
    if len(text) <= ONE_LINE or "\n" in text or not text.startswith(STARTS):
        return text
    lines = [""]
    columns: list[int] = []  # of the brackets that are open
    for place, character in enumerate(text):
        if columns and character == "[" and text[place - 3 : place] == "], ":
            lines[-1] = lines[-1].rstrip()
            lines.append(" " * (columns[-1] + 1))
        if character == "[":
            columns.append(len(lines[-1]))
        elif character == "]" and columns:
            columns.pop()
        lines[-1] += character
    return "\n".join(lines)
