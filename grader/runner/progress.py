"""Stands in for tqdm where it is not installed: loops run, and no bar is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Any


class Bar:
    """Hands on what it is given; everything that would be drawn is accepted and left out."""

    def __init__(self, iterable: Iterable[Any] | None = None, desc: str | None = None, total: float | None = None, **_: object):
        self.iterable = iterable
        self.desc = desc
        self.total = len(iterable) if total is None and isinstance(iterable, Sized) else total
        self.n: float = 0
        self.disable = True
        self.format_dict: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable if self.iterable is not None else ():
            yield item
            self.n += 1

    def __len__(self) -> int:
        return int(self.total or 0)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def update(self, n: float = 1) -> None:
        """Count on."""
        self.n += n

    def close(self) -> None:
        """Do nothing: nothing is drawn."""

    def reset(self, total: float | None = None) -> None:
        """Start again at nought."""
        self.n, self.total = 0, self.total if total is None else total

    def set_description(self, desc: str | None = None, refresh: bool = True) -> None:
        """Keep what would stand before the bar."""
        self.desc = desc

    set_description_str = set_description

    def _accept(self, *_: object, **__: object) -> None:
        """Leave it out."""

    set_postfix = set_postfix_str = refresh = clear = display = unpause = _accept

    @staticmethod
    def write(text: object, *_: object, **__: object) -> None:
        """Print a line, as tqdm does above its bar."""
        print(text)  # noqa: T201  # the submission's own output

    @classmethod
    def pandas(cls, *_: object, **__: object) -> None:
        """Accept that pandas shall have bars."""


def trange(*args: int, **options: Any) -> Bar:
    """Stand for `tqdm(range(...))`."""
    return Bar(range(*args), **options)


NAMES: dict[str, object] = {"tqdm": Bar, "trange": trange, "tqdm_notebook": Bar, "tnrange": trange, "__version__": "none"}
