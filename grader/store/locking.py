"""Lets one batch at a time work in a folder; the kernel frees it when its holder is gone, however it went."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import secrets
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from grader.store.clock import now
from grader.store.failing import BusyError, StoreError

_LOCK, _HOLDER = ".lock", ".lock-holder.json"
_MAX_SHOWN = 200  # characters of a command


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if needed, for this process alone; raises BusyError when another has it, or StoreError."""
    lock = FileLock(folder / _LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise BusyError(f"another batch is at work in {folder}{_holder(folder)}; wait for it or choose another folder") from None
    except (OSError, NotImplementedError) as error:  # the second: a disk without locks
        raise StoreError(f"{folder} cannot be used ({error}); choose another folder that you may write to") from error
    try:
        _sign(folder)
        yield
    finally:
        with contextlib.suppress(OSError):  # the name is for messages; it must not keep the folder from being freed
            (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _sign(folder: Path) -> None:
    """Say who holds the folder, in a file that is whole or not there."""
    holder = {"process": os.getpid(), "host": platform.node(), "since": now(), "command": shlex.join(sys.argv)}
    temporary = folder / f"{_HOLDER}.{secrets.token_hex(4)}"
    try:
        temporary.write_text(json.dumps(holder), encoding="utf-8")
        os.replace(temporary, folder / _HOLDER)
    except OSError as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            temporary.unlink(missing_ok=True)
        raise StoreError(f"{folder} cannot be written to ({error}); make room there or choose another folder") from error


def _holder(folder: Path) -> str:
    """Return who holds the folder, in brackets; nothing when it has not said so yet."""
    try:
        holder = json.loads((folder / _HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(holder["since"]).astimezone()
        told = f"process {holder['process']} on {holder['host']} since {_shown(since)}, `{holder['command']}`"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    printable = "".join(character if character.isprintable() else "?" for character in told)
    return f" ({printable if len(printable) <= _MAX_SHOWN else printable[:_MAX_SHOWN] + '...'})"


def _shown(moment: datetime) -> str:
    """Return a time of this day, or day and time."""
    today = datetime.now().astimezone().date()
    return f"{moment:%H:%M:%S}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M:%S}"
