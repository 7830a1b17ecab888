"""What the runner left out or replaced, in sentences for the report."""

from __future__ import annotations

MAX_NOTES = 60
_MAX_CHARACTERS = 400


class Notes:
    """Sentences in the order in which they came, each of them once."""

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        """Note something unless it has been noted, or there are too many notes already."""
        if len(self._sentences) < MAX_NOTES:
            self._sentences.setdefault(sentence[:_MAX_CHARACTERS])

    @property
    def sentences(self) -> list[str]:
        """All of them so far."""
        return list(self._sentences)
