"""How a runner was lost or which limit it met, as a verdict and a sentence that names the limit and what was used."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from grader.model import Limits, Verdict

_MEMORY_WORDS = ("can't allocate memory", "out of memory", "Cannot allocate memory", "not enough memory")


class LostError(Exception):
    """The runner is gone: why, as a verdict and a sentence."""

    def __init__(self, verdict: Verdict, message: str) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a runner's process ended, or why it was killed, as the one that started it saw it."""

    code: int = 0  # of its exit, or minus the number of the signal that ended it
    cpu_s: float = 0.0
    limit: str = ""  # else: the field of Limits for which it was killed, or "depth" (of its folders)
    used: float = 0.0  # of that


def how_it_ended(end: End | None, limits: Limits) -> tuple[Verdict, str]:
    """Return the verdict and the sentence for a process that hung up."""
    if end is None:
        return Verdict.CRASH, "its process is gone or closed its connection"
    if end.limit:
        return _passed(end, limits)
    if end.code >= 0:
        return Verdict.CRASH, f"its process ended itself with exit code {end.code}"
    name = signal.Signals(-end.code).name if -end.code in set(signal.Signals) else f"signal {-end.code}"
    if name in ("SIGKILL", "SIGXCPU") and end.cpu_s >= limits.cpu_s - 1:
        return Verdict.TIMEOUT, f"it used {end.cpu_s:.0f} s of processor time; {limits.cpu_s:g} s are allowed"
    if name == "SIGKILL":
        return Verdict.CRASH, "its process was killed (SIGKILL), by itself or for lack of memory on this machine"
    return Verdict.CRASH, f"its process crashed ({name})"


def _passed(end: End, limits: Limits) -> tuple[Verdict, str]:
    """Return the verdict of a limit that the kernel does not keep by itself."""
    if end.limit == "memory_bytes":
        return Verdict.MEMORY, f"it held {_mib(end.used)} of memory; {_mib(limits.memory_bytes)} are allowed"
    if end.limit == "disk_bytes":
        return Verdict.CRASH, f"its files took {_mib(end.used)}; {_mib(limits.disk_bytes)} are allowed"
    if end.limit == "depth":
        return Verdict.CRASH, f"it nested its folders {end.used:.0f} deep; that is not allowed"
    return Verdict.CRASH, f"it wrote {end.used:.0f} files; {limits.files:,} are allowed"


def is_lack_of_memory(kinds: tuple[str, ...], text: str) -> bool:
    """Whether an exception with these classes and this text says that no more memory was to be had."""
    return "MemoryError" in kinds or "OutOfMemoryError" in kinds or any(word in text for word in _MEMORY_WORDS)


def limit_behind(kinds: tuple[str, ...], text: str, limits: Limits) -> str:
    """Return the limit that an exception speaks of, in words, or nothing. It explains, and decides nothing."""
    if is_lack_of_memory(kinds, text):
        return f"{_mib(limits.memory_bytes)} of memory are allowed"
    for words, limit in (
        ("[Errno 28]", f"{_mib(limits.disk_bytes)} in {limits.files:,} files may be written"),
        ("[Errno 27]", f"a file may have {_mib(limits.file_bytes)}"),
        ("[Errno 24]", f"{limits.open_files} files may be open"),
        ("[Errno 11]", f"{limits.processes} processes and threads are allowed"),
        ("can't start new thread", f"{limits.processes} processes and threads are allowed"),
    ):
        if words in text:
            return limit
    return ""


def _mib(size: float) -> str:
    return f"{size / 2**20:,.0f} MiB"
