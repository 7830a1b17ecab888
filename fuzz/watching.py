"""What must hold around any call on bytes of strangers: little time, little memory, and no hand outside."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Whatever changes a file, starts a process or talks to anyone.
_FORBIDDEN = (
    *("os.chmod", "os.chown", "os.exec", "os.fork", "os.forkpty", "os.link", "os.mkdir", "os.posix_spawn", "os.putenv"),
    *("os.remove", "os.rename", "os.rmdir", "os.symlink", "os.system", "os.truncate", "os.utime", "pickle.find_class"),
    *("pty.spawn", "shutil.", "signal.pthread_kill", "socket.bind", "socket.connect", "subprocess.Popen", "tempfile."),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Broken(Exception):
    """A promise did not hold for this input; for the fuzzer it is a crash."""


class Watch:
    """Notes what the code under test does that it must not do; an exception out of the hook could be swallowed by it."""

    def __init__(self, *, may_read: tuple[str, ...] = (), may_import: tuple[str, ...] = ()):
        """Allow to read below some folders and to import modules with some beginnings, and nothing else of the kind."""
        self._may_read = may_read
        self._may_import = may_import
        self._is_watching = False
        self._seen: list[str] = []
        sys.dont_write_bytecode = True
        sys.addaudithook(self._hook)

    @contextmanager
    def __call__(self, *, cpu_s: float = 2.0) -> Iterator[None]:
        """Watch the body of a with statement, and raise Broken behind it."""
        self._seen.clear()
        start = time.process_time()
        self._is_watching = True
        try:
            yield
        finally:
            self._is_watching = False
            used_s = time.process_time() - start
        if self._seen:
            raise Broken(f"it did what it must not do: {self._seen[:5]}")
        if used_s > cpu_s:
            raise Broken(f"it took {used_s:.1f} s of processor time, {cpu_s:g} s allowed")

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._is_watching:
            return
        if event.startswith(_FORBIDDEN):
            self._seen.append(f"{event} {args!r:.200}")
        elif event == "import" and not str(args[0]).startswith(self._may_import):
            self._seen.append(f"import {args[0]!r:.200}")
        elif event == "open" and not self._is_innocent(args):
            self._seen.append(f"open {args!r:.200}")

    def _is_innocent(self, args: tuple[Any, ...]) -> bool:
        path, _, flags = args
        # A descriptor that is open already; or "<unknown>", where the parser looks for the line of an error.
        if isinstance(path, int) or path == "<unknown>":
            return True
        return not flags & _WRITING and os.path.realpath(os.fsdecode(path)).startswith(self._may_read)


def limit_memory(spare_bytes: int) -> None:
    """Let this process take so much more private memory and no more: what asks for gigabytes ends in a MemoryError."""
    with open("/proc/self/status") as status:
        held = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    resource.setrlimit(resource.RLIMIT_DATA, (held + spare_bytes, resource.RLIM_INFINITY))


def arguments(seeds: Iterable[bytes], *defaults: str) -> list[str]:
    """Return the fuzzer's command line: ours, libFuzzer's defaults, and a folder with the seeds where no path is given."""
    given = sys.argv[1:]
    options = [option for option in defaults if not any(arg.startswith(option.partition("=")[0] + "=") for arg in given)]
    if any(not arg.startswith("-") for arg in given):
        return [sys.argv[0], *options, *given]
    corpus = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number:02}").write_bytes(seed)
    sys.stderr.write(f"the corpus grows in {corpus}\n")
    return [sys.argv[0], *options, *given, os.fspath(corpus)]


def refused(call: Callable[[], object], *allowed: type[Exception]) -> tuple[object, Exception | None]:
    """Return what a call gives, or the error with which it refused; every other exception goes on to the fuzzer."""
    try:
        return call(), None
    except allowed as error:
        return None, error
