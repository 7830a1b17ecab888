"""Runs one command: its wall time, and the most memory that the process itself, without its children, held."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.1  # between two looks at the memory
_TAIL = 4000  # characters of the output that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One command that has ended."""

    wall_s: float
    code: int
    output: str  # the last of stdout and stderr together
    peak_bytes: int | None  # resident, of the process itself; None where the system does not say


def run_command(
    command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str] | None = None, limit_s: float | None = None
) -> Ran:
    """Run a command in a folder to its end; raises subprocess.TimeoutExpired after the limit."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=dict(environment) if environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        watch = _Watch(process.pid)
        try:
            # A wait with a limit looks again every 50 ms, which would be part of the time.
            timer = threading.Timer(limit_s, process.kill) if limit_s else None
            if timer:
                timer.start()
            code = process.wait()
            wall_s = time.perf_counter() - start
        finally:
            if timer:
                timer.cancel()
            process.kill()
            watch.end()
        if limit_s and wall_s >= limit_s:
            raise subprocess.TimeoutExpired(command, limit_s)
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - _TAIL))
        return Ran(wall_s=wall_s, code=code, output=output.read().decode(errors="replace"), peak_bytes=watch.peak_bytes)


class _Watch(threading.Thread):
    """Reads the high-water mark of a process's resident memory until it has ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self._ended = threading.Event()
        self.peak_bytes: int | None = None
        self.start()

    def run(self) -> None:
        """Look until told to end."""
        while not self._ended.wait(_EVERY_S):
            try:
                text = self._status.read_text()
            except OSError:  # no /proc on this system, or the process is gone
                return
            kibibytes = next((line.split()[1] for line in text.splitlines() if line.startswith("VmHWM")), None)
            if kibibytes is not None:  # a process that is about to be reaped has none
                self.peak_bytes = int(kibibytes) * 1024

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
        self.join()
