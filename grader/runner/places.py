"""Colab's folder `/content`, which is not on this machine: paths below it lead to the submission's own folder.

Only Python's own ways to name a file are led there. On a machine that has a `/content` nothing is changed.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from grader.runner.noting import Notes

PLACE = "/content"
_DRIVE = f"{PLACE}/drive"
_OF_OS = (
    *("open", "stat", "lstat", "access", "listdir", "scandir", "mkdir", "remove", "unlink", "rmdir", "truncate", "utime"),
    *("chmod", "rename", "replace", "link", "symlink", "readlink", "statvfs"),
)
_IN_COMMANDS = re.compile(rf"(?<![\w./-]){PLACE}(?=[/\s'\";]|$)")


class Places:
    """Leads Colab's paths to the folder of one submission."""

    def __init__(self, folder: str, notes: Notes) -> None:
        self._folder = folder
        self._notes = notes
        self._changed_folder = os.chdir
        self.is_needed = not os.path.isdir(PLACE)

    def lead(self) -> None:
        """Lead every later path of this process; do nothing where the machine has that folder."""
        if not self.is_needed:
            return
        module: Any
        for name in _OF_OS:
            if hasattr(os, name):
                self._lead_of_os(name)
        for module in (io, builtins, sys.modules.get("IPython.core.interactiveshell"), sys.modules.get("tarfile")):
            for name in ("open", "io_open", "bltn_open"):
                if hasattr(module, name):
                    setattr(module, name, self._led(getattr(module, name)))
        os.chdir = self._change_folder
        if "torch" in sys.modules:  # it opens the files that it writes in C++
            self._lead_torch(sys.modules["torch"])

    def in_command(self, command: str) -> str:
        """Return a shell command with its paths led to the folder."""
        return _IN_COMMANDS.sub(lambda match: self._folder, command) if self.is_needed else command

    def led_to(self, path: object) -> Any:
        """Return the path as it is on this machine; whatever else is given comes back as it is."""
        text = os.fspath(path) if isinstance(path, os.PathLike) else path
        if not isinstance(text, str) or not f"{text}/".startswith(f"{PLACE}/"):
            return path
        self._notes.add(f"Paths below `{PLACE}`, which is Colab's, were led to the folder of what was handed in.")
        own = self._folder + text.removeprefix(PLACE)
        return self._in_drive(own) if f"{text}/".startswith(f"{_DRIVE}/") else own

    def _in_drive(self, own: str) -> str:
        """Return the file handed in that a path in somebody's Drive meant, or a path at which it can be written."""
        if os.path.lexists(own):
            return own
        parts = own.removeprefix(f"{self._folder}/drive/").split("/")[1:]  # without MyDrive
        for start in range(len(parts)):
            handed_in = os.path.join(self._folder, *parts[start:])
            if os.path.lexists(handed_in):
                return handed_in
        os.makedirs(os.path.dirname(own), exist_ok=True)  # on the Drive of who wrote it that folder was there
        return own

    def _lead_of_os(self, name: str) -> None:
        own = getattr(os, name)
        led = self._led(own)
        setattr(os, name, led)
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if own in able:
                able.add(led)

    def _led(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def led(*args: Any, **options: Any) -> Any:
            if args and isinstance(args[0], str | os.PathLike):
                args = (*(self.led_to(arg) for arg in args[:2]), *args[2:])
            return function(*args, **options)

        return led

    def _change_folder(self, path: Any) -> None:
        target = self.led_to(path)
        if target is not path and not os.path.isdir(target):
            target = self._folder  # a folder in a Drive or a repository that is not here: its files lie at the top
        self._changed_folder(target)

    def _lead_torch(self, torch: Any) -> None:
        writer = torch._C.PyTorchFileWriter

        def lead_writer(target: object, *args: object, **options: object) -> object:
            return writer(self.led_to(target), *args, **options)

        torch._C.PyTorchFileWriter = lead_writer
