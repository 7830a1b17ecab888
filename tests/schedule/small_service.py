"""A real service without torch: what tests of the workers let run in forks."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from grader.errors import CheckError, SandboxError
from grader.schedule.forking import Fork, Forks


class SmallService:
    """Answers small words."""

    description = "a small service"

    def __init__(self) -> None:
        """Start with nothing."""
        self._forks = Forks()

    def start(self, request: object) -> Fork:
        """Let a fork do what the request says."""
        word, value = request  # type: ignore[misc]
        if word == "end the service":
            os.kill(os.getpid(), signal.SIGKILL)
        return self._forks.start(lambda: _do(word, value), wall_s=value if word == "hang" else 30.0)

    def take(self, fork: Fork) -> bytes:
        """Return the answer."""
        return self._forks.take(fork)

    def close(self) -> None:
        """Nothing is left."""


def _do(word: str, value: Any) -> object:
    if word in ("sleep", "hang"):
        time.sleep(value if word == "sleep" else 60)
    if word == "die":
        os._exit(int(value))
    if word == "echo":
        return value
    if word == "raise":
        raise CheckError("the check is wrong")
    return word, value, os.getpid()


def prepare() -> SmallService:
    """Return the service."""
    return SmallService()


def prepare_badly() -> SmallService:
    """Fail as walls do that are asked for and not there."""
    raise SandboxError("the sandbox cannot reach level A here")


def prepare_and_die() -> SmallService:
    """End the warm process before it is ready."""
    os._exit(9)
