"""How a process is started that must not import from the folder in which this one stands: it may be full of hand-ins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_NAME = "PYTHONSAFEPATH"  # `python -c`, with which a process is spawned, else looks into the current folder first


@contextmanager
def away_from_the_current_folder() -> Iterator[None]:
    """Let interpreters that are started meanwhile import from the installed libraries and from our own path alone."""
    before = os.environ.get(_NAME)
    os.environ[_NAME] = "1"
    try:
        yield
    finally:
        del os.environ[_NAME]
        if before is not None:
            os.environ[_NAME] = before
